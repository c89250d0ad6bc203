/**
 * CRC-32 (IEEE 802.3, reflected, polynomial 0xedb88320) of a text's UTF-8 bytes, without any library. Eight bytes a
 * step (Kounavis & Berry 2005, "slicing-by-8"), as every line of a history has one.
 */
const slices = 8
const table = new Int32Array(256 * slices)
for (let byte = 0; byte < 256; byte++) {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
  table[byte] = rest
}
for (let entry = 256; entry < table.length; entry++) {
  const before = table[entry - 256] ?? 0
  table[entry] = (before >>> 8) ^ (table[before & 0xff] ?? 0)
}
const encoder = new TextEncoder()
let buffer = new Uint8Array(4096)

/** Eight lower-case hexadecimal digits. */
export function crc32(text: string): string {
  // A UTF-16 unit takes three bytes at most.
  if (text.length * 3 > buffer.length) buffer = new Uint8Array(text.length * 6)
  const { written } = encoder.encodeInto(text, buffer)
  return (~crc32Of(buffer, 0, written) >>> 0).toString(16).padStart(8, '0')
}

/** The bare register after some bytes, so that more can follow; inverted, it is the sum. */
export function crc32Of(bytes: Uint8Array, start: number, end: number, before = -1): number {
  let sum = before
  let i = start
  for (; i + 8 <= end; i += 8) {
    sum =
      (table[1792 + ((sum ^ (bytes[i] ?? 0)) & 0xff)] ?? 0) ^
      (table[1536 + (((sum >>> 8) ^ (bytes[i + 1] ?? 0)) & 0xff)] ?? 0) ^
      (table[1280 + (((sum >>> 16) ^ (bytes[i + 2] ?? 0)) & 0xff)] ?? 0) ^
      (table[1024 + (((sum >>> 24) ^ (bytes[i + 3] ?? 0)) & 0xff)] ?? 0) ^
      (table[768 + (bytes[i + 4] ?? 0)] ?? 0) ^
      (table[512 + (bytes[i + 5] ?? 0)] ?? 0) ^
      (table[256 + (bytes[i + 6] ?? 0)] ?? 0) ^
      (table[bytes[i + 7] ?? 0] ?? 0)
  }
  for (; i < end; i++) sum = (table[(sum ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (sum >>> 8)
  return sum
}
