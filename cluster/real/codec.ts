/** Frames on a byte stream: four bytes of length, big-endian, then so many bytes of JSON in UTF-8. */

/** The longest body of a frame, in bytes; a snapshot has to fit. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024

/** The other side does not speak our language; its connection is of no more use. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

/** One frame holding `value`; throws `FrameError` where it would be too long. */
export function encodeFrame(value: unknown): Uint8Array {
  const text = stringify(value)
  const length = Buffer.byteLength(text)
  if (length > MAX_FRAME_BYTES) throw new FrameError(`a frame of ${length} bytes is longer than ${MAX_FRAME_BYTES}`)
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length)
  frame.writeUInt32BE(length, 0)
  frame.write(text, HEADER_BYTES)
  return frame
}

/** Cuts a stream into frames, wherever the chunks end. */
export class FrameDecoder {
  #chunks: Uint8Array[] = []
  #bytes = 0
  /** Bytes to wait for: a header, or a header and its body. */
  #wanted = HEADER_BYTES

  /** Calls `each` for every frame that `chunk` completes, in order. Throws `FrameError` at nonsense, for good. */
  push(chunk: Uint8Array, each: (value: unknown) => void): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes < this.#wanted) return // Joining only once all is there keeps a long frame in linear time.

    const buffer = this.#chunks.length === 1 ? asBuffer(chunk) : Buffer.concat(this.#chunks, this.#bytes)
    let offset = 0
    this.#wanted = HEADER_BYTES
    while (buffer.length - offset >= HEADER_BYTES) {
      const length = buffer.readUInt32BE(offset)
      if (length > MAX_FRAME_BYTES) throw new FrameError(`a frame claims ${length} bytes`)
      const end = offset + HEADER_BYTES + length
      if (end > buffer.length) {
        this.#wanted = HEADER_BYTES + length
        break
      }
      each(parse(buffer.subarray(offset + HEADER_BYTES, end)))
      offset = end
    }
    this.#chunks = offset === buffer.length ? [] : [buffer.subarray(offset)]
    this.#bytes = buffer.length - offset
  }
}

const HEADER_BYTES = 4
const utf8 = new TextDecoder('utf-8', { fatal: true })

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new FrameError('a frame is longer than a string may be', { cause })
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body))
  } catch (cause) {
    throw new FrameError('a frame is not JSON', { cause })
  }
}
