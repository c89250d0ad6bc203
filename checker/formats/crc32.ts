/** CRC-32 (IEEE 802.3, reflected, polynomial 0xedb88320) of a text's UTF-8 bytes, without any library. */
const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
  return rest
})
const encoder = new TextEncoder()

/** Eight lower-case hexadecimal digits. */
export function crc32(text: string): string {
  let sum = -1
  for (const byte of encoder.encode(text)) sum = (table[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8)
  return ((sum ^ -1) >>> 0).toString(16).padStart(8, '0')
}
