import { describe, expect, test } from 'vitest'
import { type CheckedHistory, checkHistory } from './check-history.ts'
import { load } from './load.ts'
import { doneFor } from './report.ts'

const valid = '[0 :invoke :write 1]\n[0 :ok :write 1]\n[0 :invoke :read nil]\n[0 :ok :read 1]\n'
const illegal = '[0 :invoke :read nil]\n[0 :ok :read 3]\n'

function checked(text: string): Promise<CheckedHistory> {
  return checkHistory(load(text, undefined, {}), { now: () => 0 })
}

describe('what was done', () => {
  test('is told in words, the same of the same', async () => {
    const words = ['jepsen', 'valid by greedy', 'digits of configurations: 1', 'no cause', 'no page']
    expect(doneFor({ file: 'a', checked: await checked(valid) })).toEqual(words)
    expect(doneFor({ file: 'b', checked: await checked(valid) })).toEqual(words)
  })

  test('is something else where there is a cause, a page, a long search or damage', async () => {
    const found = await checked(illegal)
    const told = doneFor({ file: 'a', page: 'a.html', checked: { ...found, explored: 12_345 } })
    expect(told).toEqual(['jepsen', 'illegal by blocks', 'digits of configurations: 5', 'cause', 'page'])
    expect(doneFor({ file: 'a', damage: { message: 'damaged' } })).toEqual(['damage'])
  })

  test('is not worth a cache where a history is large', async () => {
    const found = await checked(valid)
    expect(doneFor({ file: 'a', checked: { ...found, operations: 100_000 } })).not.toEqual([])
    expect(doneFor({ file: 'a', checked: { ...found, operations: 100_001 } })).toEqual([])
  })
})
