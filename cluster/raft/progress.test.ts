import { expect, test } from 'vitest'
import { Progress } from './progress.ts'

test('a refusal that leads nowhere new waits for a heartbeat, or the two would toss it back and forth at full speed', () => {
  const progress = new Progress('n2', 10)
  progress.sent(12)
  progress.refused(9, 5)
  expect([progress.next, progress.maySend]).toEqual([5, true])
  progress.sent(12)
  progress.refused(4, 7)
  expect([progress.next, progress.maySend]).toEqual([4, true])
  progress.sent(12)
  progress.refused(4, 4)
  expect([progress.next, progress.maySend]).toEqual([4, false])
})

test('what is in flight and can not be asked about any more counts as lost, or nothing else would ever be sent', () => {
  const progress = new Progress('n2', 1)
  progress.acknowledged(10, 1)
  for (let last = 11; progress.maySend; last++) progress.sent(last)
  progress.acknowledged(0, 100)
  expect(progress.maySend).toBe(false)
  progress.outlived()
  progress.acknowledged(0, 100)
  expect([progress.next, progress.maySend]).toEqual([11, true])
})
