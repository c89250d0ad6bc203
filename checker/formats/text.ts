/** The text that a file's bytes are. What is no UTF-8 would be read as something else, so it is an error. */
import { FormatError } from './format-error.ts'

const newline = 0x0a
const decoder = new TextDecoder('utf-8', { fatal: true })

/** Without the mark at the beginning that some editors put there. Throws a `FormatError`. */
export function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new FormatError('this is compressed by gzip; unpack it first', 1, 1)
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new FormatError('this is UTF-16; UTF-8 was expected', 1, 1)
  }
  return decoded(bytes) ?? fail(bytes)
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    const isTooLong = error instanceof Error && 'code' in error && error.code === 'ERR_STRING_TOO_LONG'
    throw isTooLong ? new FormatError('this is longer than a text can be', 1, 1, { cause: error }) : error
  }
}

/** No character goes over the end of a line, so lines can be looked at one by one. */
function fail(bytes: Uint8Array): never {
  let line = 1
  for (let start = 0; start <= bytes.length; line++) {
    const found = bytes.indexOf(newline, start)
    const end = found === -1 ? bytes.length : found
    const ofLine = bytes.subarray(start, end)
    if (decoded(ofLine) === undefined) throw new FormatError('this is no UTF-8', line, columnOf(ofLine))
    start = end + 1
  }
  throw new FormatError('this is no UTF-8', 1, 1)
}

/** The first place where a character stands that was put there for what could not be read. */
function columnOf(line: Uint8Array): number {
  const shown = new TextDecoder('utf-8').decode(line)
  for (let at = shown.indexOf('\ufffd'); at !== -1; at = shown.indexOf('\ufffd', at + 1)) {
    // Somebody may have written this very character before.
    const before = new TextEncoder().encode(shown.slice(0, at)).length
    if (line[before] !== 0xef || line[before + 1] !== 0xbf || line[before + 2] !== 0xbd) return at + 1
  }
  return 1
}
