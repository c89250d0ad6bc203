/** What the characters of EDN and JSON texts are to their readers. */

const isSpaceBelow128 = new Uint8Array(128)
for (const code of [9, 10, 11, 12, 13, 28, 29, 30, 31, 32]) isSpaceBelow128[code] = 1
const comma = 0x2c

/** White space as Clojure and JavaScript have it, and the mark at the beginning of some files. */
export function isSpace(code: number): boolean {
  return code < 128 ? isSpaceBelow128[code] === 1 : code === 0xfeff || /\s/.test(String.fromCharCode(code))
}

const endsTokenBelow128 = new Uint8Array(128)
for (let code = 0; code < 128; code++) if (isSpace(code)) endsTokenBelow128[code] = 1
for (const char of ',()[]{}";') endsTokenBelow128[char.charCodeAt(0)] = 1

/** Whether a symbol, keyword or number of EDN ends before this character. */
export function endsToken(code: number): boolean {
  return code < 128 ? endsTokenBelow128[code] === 1 : isSpace(code)
}

const isEdnSpaceBelow128 = isSpaceBelow128.slice()
isEdnSpaceBelow128[comma] = 1

/** To EDN a comma is white space. */
export function isEdnSpace(code: number): boolean {
  return code < 128 ? isEdnSpaceBelow128[code] === 1 : isSpace(code)
}
