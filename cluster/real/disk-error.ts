/** Which errors are the disk's: nobody breaks a real disk on purpose, so they are the environment's, not the node's. */

/** Full, over quota or over the limit of a file, read-only, broken. */
const codes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO'])

/** Whether the error, or what caused it, is that a disk failed. */
export function isOfDisk(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && typeof error.code === 'string' && codes.has(error.code)) || isOfDisk(error.cause)
}
