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
