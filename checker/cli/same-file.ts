/** Whether a page would take the place of the history that it shows. */
import { existsSync, fstatSync, statSync } from 'node:fs'

/** By whatever name or link; a terminal may be both read and written. */
export function isSameFile(page: string, history: string): boolean {
  if (!existsSync(page) || (history !== '-' && !existsSync(history))) return false
  const written = statSync(page, { bigint: true })
  const read = history === '-' ? fstatSync(0, { bigint: true }) : statSync(history, { bigint: true })
  return written.isFile() && written.dev === read.dev && written.ino === read.ino
}
