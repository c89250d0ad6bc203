/**
 * The columns beside a history: what `history.jsonl` says, in a form that loads without being parsed. They are only a
 * copy. Whoever reads them makes sure that the readable file is still the one that they were made from.
 */
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import {
  Checksum,
  checksum,
  columnsFromJsonl,
  decodeColumns,
  encodeColumns,
  type HistoryColumns,
} from 'porcupine-ts/columns'
import { files } from './layout.ts'

/** Lies beside the history. */
export const columnsFile = 'history.columns'

/** A history smaller than this is parsed in no time. */
const worthwhileBytes = 1 << 20

/**
 * Writes the columns of a finished run, unless its history is small, torn or odd. True if they were written. A disk
 * that is full is no error here: the run has all that it needs without them.
 */
export function writeColumns(dir: string, leastBytes = worthwhileBytes): boolean {
  const history = join(dir, files.history)
  if (!existsSync(history) || statSync(history).size < leastBytes) return false
  const bytes = readFileSync(history)
  const columns = columnsFromJsonl(bytes)
  if (columns === undefined) return false
  const path = join(dir, columnsFile)
  const fresh = join(dir, `.${columnsFile}.new`)
  try {
    writeFileSync(fresh, encodeColumns(columns, { bytes: bytes.length, checksum: checksum(bytes) }))
    renameSync(fresh, path)
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    rmSync(fresh, { force: true })
    return false
  }
}

/** The columns of a history file; why not, where they can not stand for it; `undefined` where there are none. */
export function readColumns(history: string): HistoryColumns | { readonly note: string } | undefined {
  const path = join(dirname(history), columnsFile)
  if (!existsSync(path)) return undefined
  const decoded = decodeColumns(readFileSync(path))
  if ('problem' in decoded) return { note: `${columnsFile} was not used: ${decoded.problem}` }
  const { source, columns } = decoded
  const isSame = source !== undefined && source.bytes === statSync(history).size && source.checksum === sumOf(history)
  return isSame ? columns : { note: `${columnsFile} was not used: ${files.history} has changed since it was made` }
}

const pieceBytes = 1 << 22

/** In pieces, as the file may be large. */
function sumOf(path: string): string {
  const file = openSync(path, 'r')
  try {
    const sum = new Checksum()
    const piece = new Uint8Array(pieceBytes)
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) sum.update(piece.subarray(0, read))
    return sum.digest()
  } finally {
    closeSync(file)
  }
}
