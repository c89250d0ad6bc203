import { expect, test } from 'vitest'
import { Checksum, checksum } from './checksum.ts'
import { decodeColumns, encodeColumns } from './codec.ts'
import { columnsOf } from './columns-of.ts'

const columns = columnsOf({
  model: 'cas-register',
  initial: 0,
  operations: [
    { id: 0, process: 0, input: { f: 'write', key: 'k', value: 'ä' }, output: { version: 1 }, call: 1, return: 2.5 },
    {
      id: 2,
      process: 1,
      input: { f: 'cas', value: [1, 'b'] },
      output: undefined,
      call: 3,
      return: Infinity,
      node: 'n1',
    },
    { id: 5, process: 3, input: { f: 'read', key: 'k' }, output: { value: null }, call: 4, return: 9, completedAt: 7 },
  ],
})!
const source = { bytes: 12, checksum: 'abc' }
const encoded = encodeColumns(columns, source)

test('columns are read as they were written, wherever the bytes lie', () => {
  expect(decodeColumns(encoded)).toEqual({ columns, source })
  expect(decodeColumns(encodeColumns(columns))).toEqual({ columns, source: undefined })
  for (const shift of [1, 4]) {
    const moved = new Uint8Array(encoded.length + shift).subarray(shift)
    moved.set(encoded)
    expect(decodeColumns(moved)).toEqual({ columns, source })
  }
})

test('they are looked at where they lie', () => {
  const decoded = decodeColumns(encoded)
  expect('columns' in decoded && decoded.columns.call.buffer).toBe(encoded.buffer)
})

test('any changed byte, and any other length, is a problem', () => {
  for (let at = 0; at < encoded.length; at++) {
    const damaged = encoded.slice()
    damaged[at]! ^= 1 << (at % 8)
    // The length of the description is no part of the sum; a wrong one can not be read.
    if (at >= 12 && at < 16) continue
    expect(decodeColumns(damaged), `byte ${at}`).toEqual({ problem: expect.any(String) })
  }
  for (let length = 0; length < encoded.length; length += 7) {
    expect(decodeColumns(encoded.slice(0, length))).toEqual({ problem: expect.any(String) })
  }
})

test('a checksum does not depend on how the bytes come, and tells each changed byte and length', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i * 37) % 251)
  const sum = checksum(bytes)
  expect(sum).toMatch(/^[0-9a-f]{16}$/)
  for (const size of [1, 3, 8, 13, 64]) {
    const pieces = new Checksum()
    for (let at = 0; at < bytes.length; at += size) pieces.update(bytes.subarray(at, at + size))
    expect(pieces.digest()).toBe(sum)
  }
  const others = new Set([sum])
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const changed = bytes.slice()
      changed[at]! ^= 1 << bit
      others.add(checksum(changed))
    }
  }
  for (let length = 0; length < 20; length++) others.add(checksum(new Uint8Array(length)))
  expect(others.size).toBe(1 + 800 + 20)
})

test('what columns can not hold is not put into them', () => {
  const write = { id: 0, process: 0, input: { f: 'write', value: 1 }, output: {}, call: 0, return: 1 } as const
  const holds = (change: object) =>
    columnsOf({ model: 'register', operations: [{ ...write, ...change }] }) !== undefined
  expect(holds({})).toBe(true)
  expect(holds({ output: { version: 2 ** 31 } })).toBe(false)
  expect(holds({ output: { version: -1 } })).toBe(false)
  expect(holds({ output: undefined })).toBe(false)
  expect(holds({ output: { value: 1 } })).toBe(false)
  expect(holds({ input: { f: 'write', value: Number.NaN } })).toBe(false)
  expect(holds({ input: { f: 'write', value: '\ud800' } })).toBe(false)
  expect(holds({ id: 2 ** 31 })).toBe(false)
  expect(holds({ call: 5 })).toBe(false)
})
