import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeFrame, FrameDecoder, FrameError, MAX_FRAME_BYTES } from './codec.ts'

/** Pushes the bytes in chunks of the given sizes, over and over, and returns what came out. */
function decode(bytes: Uint8Array, chunkSizes: readonly number[]): unknown[] {
  const decoder = new FrameDecoder()
  const values: unknown[] = []
  for (let offset = 0, turn = 0; offset < bytes.length; turn++) {
    const end = offset + (chunkSizes[turn % chunkSizes.length] ?? 1)
    decoder.push(bytes.subarray(offset, end), (value) => values.push(value))
    offset = end
  }
  return values
}

test('whatever goes in comes out, in order, wherever the chunks end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
      (values, chunkSizes) => {
        const stream = Buffer.concat(values.map((value) => encodeFrame(value)))
        expect(decode(stream, chunkSizes)).toEqual(values.map((value) => JSON.parse(JSON.stringify(value))))
      },
    ),
    { numRuns: 300 },
  )
})

test('a frame is its length in four bytes, big-endian, and its JSON', () => {
  expect(Buffer.from(encodeFrame({ a: 'é' })).toString('latin1')).toBe('\0\0\0\n{"a":"Ã©"}')
})

test('a frame of several MiB in small chunks takes no quadratic time', () => {
  const value = 'x'.repeat(4 * 1024 * 1024)
  expect(decode(encodeFrame(value), [1000])).toEqual([value])
})

test.each([
  ['a length beyond the bound', [0xff, 0xff, 0xff, 0xff]],
  ['a body that is not JSON', [0, 0, 0, 1, 0x7b]],
  ['an empty body', [0, 0, 0, 0]],
  ['a body that is not UTF-8', [0, 0, 0, 3, 0x22, 0xff, 0x22]],
])('%s is refused', (_, bytes) => {
  expect(() => decode(Uint8Array.from(bytes), [64])).toThrow(FrameError)
})

test('frames before a broken one are still delivered', () => {
  const values: unknown[] = []
  const stream = Buffer.concat([encodeFrame(1), Uint8Array.from([0, 0, 0, 1, 0x7b])])
  expect(() => new FrameDecoder().push(stream, (value) => values.push(value))).toThrow(FrameError)
  expect(values).toEqual([1])
})

test('a value too long for a frame is refused at the sender', () => {
  expect(() => encodeFrame('x'.repeat(MAX_FRAME_BYTES))).toThrow(FrameError)
})
