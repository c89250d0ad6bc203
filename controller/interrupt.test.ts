import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Interrupt, interruptSignal } from './interrupt.ts'

/** Signals are emitted, not sent: nothing of ours may end the process that runs the tests. */
let interrupt: Interrupt
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  interrupt = interruptSignal()
})
afterEach(() => {
  interrupt.release()
  vi.useRealTimers()
})

const ctrlC = (): void => {
  vi.advanceTimersByTime(1_000)
  process.emit('SIGINT', 'SIGINT')
}

async function isResolved(promise: Promise<void>): Promise<boolean> {
  let resolved = false
  void promise.then(() => {
    resolved = true
  })
  await Promise.resolve()
  return resolved
}

test('the first Ctrl-C aborts, the next one is waited for', async () => {
  expect(interrupt.signal.aborted).toBe(false)
  ctrlC()
  expect(interrupt.signal.aborted).toBe(true)
  const next = interrupt.next()
  expect(await isResolved(next)).toBe(false)
  ctrlC()
  expect(await isResolved(next)).toBe(true)
})

test('one Ctrl-C that arrives three times, by way of terminal, npm and launcher, is one', () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
  ctrlC()
  process.emit('SIGINT', 'SIGINT')
  vi.advanceTimersByTime(20)
  process.emit('SIGINT', 'SIGINT')
  expect(exit).not.toHaveBeenCalled()
  ctrlC()
  ctrlC()
  expect(exit).toHaveBeenCalledExactlyOnceWith(130)
  exit.mockRestore()
})

test('after a SIGTERM nobody will ask again', async () => {
  process.emit('SIGTERM', 'SIGTERM')
  expect(interrupt.signal.aborted).toBe(true)
  expect(await isResolved(interrupt.next())).toBe(true)
})

test('once released, signals are no business of ours', () => {
  const before = process.listenerCount('SIGINT')
  interrupt.release()
  expect(process.listenerCount('SIGINT')).toBe(before - 1)
})
