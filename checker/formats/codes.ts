/**
 * The characters of a text as an array of numbers: to read one costs a third of `charCodeAt`, and far less before the
 * engine has compiled a reader. Behind the last stand zeros, so that one may look ahead.
 */

/** One byte each where the text is all ASCII, as most histories are. */
export type Codes = Uint8Array | Uint16Array

const beyond = 8
const encoder = new TextEncoder()

export function codesOf(text: string): Codes {
  const bytes = new Uint8Array(text.length + beyond)
  const { read, written } = encoder.encodeInto(text, bytes)
  // A character beyond ASCII takes more than one byte, so what was written is as long as what was read only without one.
  if (read === text.length && written === read) return bytes
  const units = new Uint16Array(text.length + beyond)
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i)
  return units
}
