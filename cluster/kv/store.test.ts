import { expect, test } from 'vitest'
import { type Command, decodeCommand, encodeCommand } from './command.ts'
import { KvStore } from './store.ts'

test('every change counts a version up, and a delete is one', () => {
  const store = new KvStore()
  const results = (
    [
      { f: 'write', key: 'a', value: 1 },
      { f: 'cas', key: 'a', value: [2, 3] },
      { f: 'cas', key: 'a', value: [1, 'x'] },
      { f: 'append', key: 'a', value: 'y' },
      { f: 'delete', key: 'a' },
      { f: 'cas', key: 'a', value: [null, 5] },
      { f: 'delete', key: 'b' },
      { f: 'append', key: 'b', value: 'z' },
    ] satisfies Command[]
  ).map((command) => store.apply(decodeCommand(encodeCommand(command))))
  expect(results).toEqual([
    { version: 1 },
    { swapped: false, found: 1, version: 1 },
    { swapped: true, version: 2 },
    { version: 3 },
    { version: 4 },
    { swapped: true, version: 5 },
    { version: 1 },
    { version: 2 },
  ])
  expect([store.read('a'), store.read('b'), store.read('c')]).toEqual([
    { value: 5, version: 5 },
    { value: 'z', version: 2 },
    { value: null, version: 0 },
  ])
})

test('a restored snapshot holds the same values and versions, those of deleted keys too', () => {
  const store = new KvStore()
  store.apply({ f: 'write', key: '__proto__', value: 'p' })
  store.apply({ f: 'delete', key: 'gone' })
  const copy = new KvStore()
  copy.apply({ f: 'write', key: 'old', value: 1 })
  copy.restore(store.snapshot())
  expect([copy.read('__proto__'), copy.read('gone'), copy.read('old')]).toEqual([
    { value: 'p', version: 1 },
    { value: null, version: 1 },
    { value: null, version: 0 },
  ])
})
