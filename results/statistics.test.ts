import { describe, expect, test } from 'vitest'
import type { SystemEvent } from '../cluster/system.ts'
import type { FaultEvidence } from '../nemesis/evidence.ts'
import type { Span } from './spans.ts'
import {
  buckets,
  countsOf,
  type Gap,
  latencies,
  leaderships,
  longestUnavailability,
  quantile,
  recoveries,
} from './statistics.ts'

/** `ok 10-20` is an answered op from 10 to 20; `info 10-` never ended. */
function spans(...texts: string[]): Span[] {
  return texts.map((text, process) => {
    const [, outcome, from, to, key] = /^(ok|fail|info) (\d+)-(\d*) ?(\w*)$/.exec(text) ?? []
    if (outcome !== 'ok' && outcome !== 'fail' && outcome !== 'info') throw new Error(`not an op: ${text}`)
    return {
      process,
      f: 'read',
      text: 'read',
      outcome,
      callUs: Number(from),
      ...(to === '' ? {} : { endUs: Number(to) }),
      ...(key === '' || key === undefined ? {} : { key }),
    }
  })
}

test.each([
  [[5], 0.5, 5],
  [[1, 2, 3, 4], 0.5, 2],
  [[1, 2, 3, 4], 0.51, 3],
  [[1, 2, 3, 4], 0.99, 4],
  [[1, 2, 3, 4], 0, 1],
  [[1, 2, 3, 4], 1, 4],
])('of %j the %d-quantile is %d', (values, q, expected) => {
  expect(quantile(values, q)).toBe(expected)
})

test('a quantile of nothing is an error, not a number', () => {
  expect(() => quantile([], 0.5)).toThrow('no 0.5-quantile among 0 values')
})

test('ops are counted by outcome, and keys once', () => {
  expect(countsOf(spans('ok 1-2 a', 'ok 3-4 a', 'fail 5-6 b', 'info 7-', 'info 8-9'))).toEqual({
    ok: 2,
    fail: 1,
    info: 2,
    keys: 2,
  })
})

test('latency is told by outcome and op, without ops that never ended', () => {
  const [first, ...others] = spans('ok 0-30', 'ok 0-10', 'ok 0-20', 'fail 0-5', 'info 0-')
  const found = latencies([{ ...first!, f: 'write' }, ...others])
  expect(found).toEqual([
    { f: 'read', outcome: 'ok', count: 2, p50Us: 10, p90Us: 20, p99Us: 20, maxUs: 20 },
    { f: 'write', outcome: 'ok', count: 1, p50Us: 30, p90Us: 30, p99Us: 30, maxUs: 30 },
    { f: 'read', outcome: 'fail', count: 1, p50Us: 5, p90Us: 5, p99Us: 5, maxUs: 5 },
  ])
})

test('throughput counts ops where they ended, and the last moment belongs to the last piece', () => {
  expect(buckets(spans('ok 0-9', 'ok 5-10', 'fail 11-12', 'info 13-20', 'info 14-'), 10, 20)).toEqual([
    { fromUs: 0, ok: 1, fail: 0, info: 0, p50Us: 9, p99Us: 9, maxUs: 9 },
    { fromUs: 10, ok: 1, fail: 1, info: 1, p50Us: 5, p99Us: 5, maxUs: 5 },
  ])
})

const gaps: [title: string, ops: string[], gap: Gap | undefined][] = [
  ['no op', [], undefined],
  ['steady answers', ['ok 0-10', 'ok 5-20', 'ok 21-30'], { fromUs: 0, toUs: 10 }],
  ['silence in the middle', ['ok 0-10', 'fail 20-30', 'ok 40-90', 'ok 50-95'], { fromUs: 10, toUs: 90 }],
  ['silence until the end', ['ok 0-10', 'info 20-300'], { fromUs: 10, toUs: 300 }],
  ['never an answer', ['fail 7-10', 'info 20-'], { fromUs: 7, toUs: 20 }],
]

test.each(gaps)('the longest time without an answer: %s', (_title, ops, gap) => {
  expect(longestUnavailability(spans(...ops))).toEqual(gap)
})

describe('recovery', () => {
  const fault = (id: string, endedUs?: number): FaultEvidence => ({
    planned: { id, fault: 'pause', target: { pick: 'leader', draw: 0 }, begin: { atMs: 0 }, forMs: 1 },
    ...(endedUs === undefined ? {} : { beganUs: 0, endedUs }),
  })

  test('each fault that ended is followed by the next answer, if there is one', () => {
    const found = recoveries(spans('ok 0-10', 'fail 11-25', 'ok 12-40'), [
      fault('f1', 50),
      fault('f2'),
      fault('f3', 20),
    ])
    expect(found).toEqual([
      { id: 'f3', fault: 'pause', endedUs: 20, nextOkUs: 40 },
      { id: 'f1', fault: 'pause', endedUs: 50 },
    ])
  })
})

test('leaderships end with the role, with the node, or with the run, and may overlap', () => {
  const role = (timeUs: number, node: string, name: 'leader' | 'follower', term: number): SystemEvent => ({
    timeUs,
    type: 'trace',
    node,
    event: { type: 'role', role: name, term },
  })
  const events: SystemEvent[] = [
    role(10, 'n1', 'leader', 1),
    role(30, 'n2', 'leader', 2),
    role(40, 'n1', 'follower', 2),
    { timeUs: 50, type: 'node-dead', node: 'n2', wanted: true, how: 'SIGKILL' },
    { timeUs: 55, type: 'node-dead', node: 'n3', wanted: true, how: 'SIGKILL' },
    role(60, 'n3', 'leader', 3),
  ]
  expect(leaderships(events, 90)).toEqual([
    { node: 'n1', term: 1, fromUs: 10, toUs: 40 },
    { node: 'n2', term: 2, fromUs: 30, toUs: 50 },
    { node: 'n3', term: 3, fromUs: 60, toUs: 90 },
  ])
})
