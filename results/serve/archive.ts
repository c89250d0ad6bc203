/** A run's directory as one archive. Links and whatever else is neither file nor directory stay out. */
import { closeSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { openPlain } from './run-files.ts'
import { type TarEntry, tarOf } from './tar.ts'

const pieceBytes = 1 << 16
const deepest = 16

/** The bytes of a tar below `name`, in a fixed order. Ends with an error where a file shrinks while it is read. */
export function archiveOf(dir: string, name: string, timeS: number): Iterable<Uint8Array> {
  return tarOf(entriesBelow(dir, name, [], 0), timeS)
}

/** A name that is safe in a header, and for whoever saves it. */
export function archiveName(run: string): string {
  const safe = run.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^\.+/, '')
  return `${safe === '' ? 'run' : safe}.tar.gz`
}

function* entriesBelow(dir: string, name: string, path: readonly string[], depth: number): Generator<TarEntry> {
  yield { path: `${[name, ...path].join('/')}/`, size: 0, content: [] }
  if (depth >= deepest) return
  for (const entry of childrenOf(join(dir, ...path))) {
    const below = [...path, entry.name]
    if (entry.isDirectory()) yield* entriesBelow(dir, name, below, depth + 1)
    if (!entry.isFile()) continue
    const file = openPlain(dir, below, '')
    if (file === undefined) continue // Gone meanwhile: nodes of a run that goes on remove old logs.
    try {
      yield { path: [name, ...below].join('/'), size: file.size, content: piecesOf(file.descriptor, file.size) }
    } finally {
      closeSync(file.descriptor)
    }
  }
}

/** By code units; a directory that is gone has none. */
function childrenOf(dir: string) {
  try {
    return readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** At most `size` bytes, also of a file that grows. */
function* piecesOf(descriptor: number, size: number): Generator<Uint8Array> {
  for (let at = 0; at < size; ) {
    const piece = Buffer.alloc(Math.min(pieceBytes, size - at))
    const read = readSync(descriptor, piece, 0, piece.length, at)
    if (read === 0) return
    at += read
    yield piece.subarray(0, read)
  }
}
