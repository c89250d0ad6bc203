import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { check } from '../check.ts'
import type { HistoryEvent } from '../formats/event.ts'
import { pairs, readHistory } from '../formats/index.ts'
import { casRegister, models } from '../models/index.ts'
import type { KvValue } from '../models/kv.ts'
import { chances } from '../register/versions.suite.ts'
import { HistoryMonitor } from './history-monitor.ts'

const fixtures = join(import.meta.dirname, '..', 'fixtures')
/** Answers carry versions only after something without one was forgotten. */
const changesKind = ['illegal-counted-twice.jsonl']

describe('a recorded history gets the verdict of `check`, also from one who looks all the time', () => {
  test.each(readdirSync(fixtures).filter((name) => name.endsWith('.jsonl')))('%s', (name) => {
    const { events, model } = readHistory(readFileSync(join(fixtures, name), 'utf8'))
    const monitor = new HistoryMonitor(models[model], { interval: 0 })
    for (const event of events) monitor.see(event)
    const { verdict } = check(models[model], pairs(events).operations)
    expect(verdict).toBe(name.split('-')[0])
    expect(monitor.end().verdict).toBe(changesKind.includes(name) ? 'unknown' : verdict)
  })
})

/** Ten clients on four keys; now and then an op is lost, and took effect or not. */
function* work(ops: number, hasVersions: boolean): Generator<HistoryEvent> {
  const below = chances(7)
  const registers = Array.from({ length: 4 }, () => ({ value: null as KvValue, version: 0 }))
  const open: (HistoryEvent | undefined)[] = Array.from({ length: 10 }, () => undefined)
  const processes = Array.from(open.keys())
  for (let index = 0, timeUs = 0, ended = 0; ended < ops; index++) {
    timeUs += 10 + below(100)
    const client = below(10)
    const invoked = open[client]
    const process = processes[client]!
    if (invoked === undefined) {
      const at = below(4)
      const f = ['read', 'read', 'write', 'cas'][below(4)]!
      const value = f === 'write' ? index : f === 'cas' ? [registers[at]!.value, index] : null
      open[client] = { index, timeUs, process, type: 'invoke', f, key: `${at}`, ...(f === 'read' ? {} : { value }) }
      yield open[client]
      continue
    }
    const register = registers[Number(invoked.key)]!
    const [from, to] = Array.isArray(invoked.value) ? invoked.value : [register.value, invoked.value]
    const isLost = below(100) === 0
    const found = register.value
    const swapped = found === from
    if (invoked.f !== 'read' && swapped && !(isLost && below(2) === 0)) {
      register.value = to as KvValue
      register.version++
    }
    const version = hasVersions ? { version: register.version } : {}
    const output = {
      ...version,
      ...(invoked.f === 'read'
        ? { value: found }
        : invoked.f === 'cas'
          ? { swapped, ...(swapped ? {} : { found }) }
          : {}),
    }
    open[client] = undefined
    ended++
    if (isLost) processes[client] = process + 10
    const base = { index, timeUs, process, f: invoked.f, key: invoked.key! }
    yield isLost ? { ...base, type: 'info' } : { ...base, type: 'ok', output }
  }
}

test.each([
  ['versions', true],
  ['values that occur once', false],
])('what is kept of a history with %s is the open window, and little for each lost op', (_title, hasVersions) => {
  const ops = 40_000
  const monitor = new HistoryMonitor(casRegister)
  let lost = 0
  let most = 0
  for (const event of work(ops, hasVersions)) {
    expect(monitor.see(event)).toBeUndefined()
    if (event.type === 'info' && event.f !== 'read') lost++
    // 1024 happenings between two looks; 10 clients; for each lost op itself and two others.
    most = Math.max(most, monitor.kept.operations - 3 * lost)
  }
  expect(lost).toBeGreaterThan(100)
  expect(most).toBeLessThan(1024 + 100)
  expect(monitor.kept.bytes).toBeLessThan((1124 + 3 * lost) * 200)
  const { verdict, keys } = monitor.end()
  expect(verdict).toBe('valid')
  const answered = keys.reduce((sum, { returned }) => sum + returned, 0)
  expect(keys.reduce((sum, { verified }) => sum + verified, 0)).toBe(answered)
  expect(answered).toBeGreaterThan(ops * 0.98)
})

describe('events that do not fit together are refused', () => {
  const event = (index: number, process: number, type: HistoryEvent['type'], f = 'read'): HistoryEvent => ({
    index,
    timeUs: index,
    process,
    type,
    f,
  })

  test.each<[string, readonly HistoryEvent[], RegExp]>([
    [
      'two open operations',
      [event(0, 1, 'invoke'), event(1, 1, 'invoke')],
      /event 1: process 1 begins while its event 0/,
    ],
    ['an end without a begin', [event(0, 1, 'ok')], /event 0: process 1 completes what it did not begin/],
    ['another function', [event(0, 1, 'invoke'), event(1, 1, 'ok', 'write')], /event 1: write completes read/],
    ['one that nobody knows', [event(0, 1, 'invoke', 'jump')], /event 0: nobody knows what "jump" means/],
  ])('%s', (_title, events, message) => {
    const monitor = new HistoryMonitor(casRegister)
    expect(() => events.map((each) => monitor.see(each))).toThrow(message)
  })
})
