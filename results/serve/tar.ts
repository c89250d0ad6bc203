/**
 * A tar archive, written piece by piece (POSIX.1-2017, pax: ustar headers, with an extended header where a path does
 * not fit). Written here and not by the `tar` of the machine, as a command would take names from a run's directory for
 * options, and differs between machines; what is needed of the format is one screen. Owner, mode and time are the same
 * for all entries, so the same files give the same bytes.
 */

export interface TarEntry {
  /** With slashes, relative; a directory's ends with one. */
  readonly path: string
  readonly size: number
  /** Gives `size` bytes in all. */
  readonly content: Iterable<Uint8Array>
}

const block = 512
const largestSize = 8 ** 11 - 1

export function* tarOf(entries: Iterable<TarEntry>, timeS: number): Generator<Uint8Array> {
  for (const { path, size, content } of entries) {
    const isDirectory = path.endsWith('/')
    const long = longFields(path, size)
    if (long.length > 0) {
      const record = Buffer.from(long.map(paxRecord).join(''))
      yield header({ path: 'PaxHeader', size: record.length, type: 'x', timeS })
      yield padded(record)
    }
    const type = isDirectory ? '5' : '0'
    yield header({ path: ascii(path).slice(-99), size: Math.min(size, largestSize), type, timeS })
    let written = 0
    for (const piece of content) {
      written += piece.length
      yield piece
    }
    if (written !== size) throw new Error(`${path} has ${written} bytes, not ${size}: it changed while it was read`)
    if (size % block !== 0) yield new Uint8Array(block - (size % block))
  }
  yield new Uint8Array(2 * block)
}

/** What a ustar header has no room for. */
function longFields(path: string, size: number): [string, string][] {
  const isPlain = /^[\x20-\x7e]{1,99}$/.test(path)
  return [
    ...(isPlain ? [] : [['path', path] satisfies [string, string]]),
    ...(size > largestSize ? [['size', String(size)] satisfies [string, string]] : []),
  ]
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord([key, value]: [string, string]): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + 1
  while (String(length).length + rest !== length) length = String(length).length + rest
  return `${length} ${key}=${value}\n`
}

function header(fields: { path: string; size: number; type: string; timeS: number }): Uint8Array {
  const { path, size, type, timeS } = fields
  const bytes = Buffer.alloc(block)
  bytes.write(path, 0, 100, 'latin1')
  bytes.write(octal(type === '5' ? 0o755 : 0o644, 7), 100)
  bytes.write(octal(0, 7), 108)
  bytes.write(octal(0, 7), 116)
  bytes.write(octal(size, 11), 124)
  bytes.write(octal(timeS, 11), 136)
  bytes.write('        ', 148) // Counts as spaces in its own sum.
  bytes.write(type, 156)
  bytes.write('ustar\x0000', 257, 'latin1')
  bytes.write(octal(0, 7), 329)
  bytes.write(octal(0, 7), 337)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${octal(sum, 6)}\0 `, 148, 'latin1')
  return bytes
}

function octal(value: number, digits: number): string {
  return Math.max(0, Math.floor(value)).toString(8).padStart(digits, '0')
}

/** For readers that know no extended headers. */
function ascii(path: string): string {
  return path.replace(/[^\x20-\x7e]/g, '_')
}

function padded(bytes: Buffer): Uint8Array {
  return Buffer.concat([bytes, new Uint8Array((block - (bytes.length % block)) % block)])
}
