import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { LoopLag } from './loop-lag.ts'

test('a loop that was blocked shows by how much, until it is forgotten', async () => {
  const lag = new LoopLag(5)
  try {
    await sleep(20)
    block(80)
    await sleep(10)
    expect(lag.worstMs).toBeGreaterThan(60)
    expect(lag.worstMs).toBeLessThan(2_000)
    lag.reset()
    expect(lag.worstMs).toBe(0)
  } finally {
    lag.stop()
  }
})

test('what comes after the end does not count', async () => {
  const lag = new LoopLag(5)
  lag.stop()
  const worstMs = lag.worstMs
  block(30)
  await sleep(10)
  expect(lag.worstMs).toBe(worstMs)
})

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
