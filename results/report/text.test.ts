import { expect, test } from 'vitest'
import { illegalRun, stuckRun, validRun } from '../examples.ts'
import { coreLanes, reportText } from './text.ts'

test('an illegal run reads as a story from the verdict to the command that repeats it', () => {
  expect(`\n${reportText(illegalRun())}`).toMatchInlineSnapshot(`
    "
    ILLEGAL: c3 read a value of k2 that had been overwritten, and acknowledged, before the read began.
    That means: clients saw what no single copy of the data can show: an anomaly.

    stale read on key k2 (confirmed by an exhaustive search)
    c3 read k2 = 9001 at 9.253 s, but k2 = 9002 was acknowledged to c4 at 9.246 s, before that read began, and nothing wrote 9001 again: a stale read.

      c1  write 9001: ok (version 901)       │├──────┤                                │ 9.231 s, took 4.1 ms
      c4  write 9002: ok (version 902)       │               ├────────┤               │ 9.241 s, took 5.7 ms
      c3  read: 9001 (version 901)           │                                   ├───┤│ 9.253 s, took 2.3 ms
                                              9.231 s                          9.255 s

    system    raft-kv with the bug read-without-quorum, 3 nodes, workload register, seed 1729
    ops       2,926 answered, 27 failed, 42 without an answer, on 6 keys
    away      at the longest 417 ms, from 23.599 s on
    faults    4 bit, of 5 begun and 6 planned; did not bite: f4 pause; skipped: f5 (raft-kv has no control over the delay of links)
    recovery  After the last heal a write and a read were served within 312 ms, and every node had caught up after 1.24 s.
              After a fault's end the next answer came within 118 ms.
    checker   illegal: 6 partitions, 18,204 configurations, 41 ms

    report  /runs/20260131-142503-register-ok-1729/report.html
    repeat  faultline run --system raft-kv --workload register --clients 8 --duration 20 --seed 1729
    "
  `)
})

test('a valid run says what was proved and which faults bit', () => {
  expect(`\n${reportText(validRun())}`).toMatchInlineSnapshot(`
    "
    VALID: Every answer fits into one order of all ops that respects real time.
    That means: every client saw one copy of the data, in an order that respects real time.

    system    raft-kv, 3 nodes, workload register, seed 1729
    ops       2,931 answered, 27 failed, 42 without an answer, on 6 keys
    away      at the longest 417 ms, from 23.599 s on
    faults    4 bit, of 5 begun and 6 planned; did not bite: f4 pause; skipped: f5 (raft-kv has no control over the delay of links)
    recovery  After the last heal a write and a read were served within 312 ms, and every node had caught up after 1.24 s.
              After a fault's end the next answer came within 118 ms.
    checker   valid: 6 partitions, 18,204 configurations, 41 ms

    report  /runs/20260131-142503-register-ok-1729/report.html
    repeat  faultline run --system raft-kv --workload register --clients 8 --duration 20 --seed 1729
    "
  `)
})

test('a stuck run names the nodes and faults that it did not come back from', () => {
  const text = reportText(stuckRun())
  expect(text).toContain('STUCK: No client was served within 10 s after everything was healed.')
  expect(text).toContain('No answer came after the end of f6 pause.')
})

test('a run that was cut short says so and is not called a pass', () => {
  const { outcome: _, ...run } = validRun()
  const text = reportText({ ...run, notes: ['There is no outcome: the run was cut short.'] })
  expect(text).toMatch(/^NO OUTCOME: the run ended before anything was decided\n/)
  expect(text).toContain('note: There is no outcome: the run was cut short.')
})

test('lanes are true to time; an op without an answer stays open', () => {
  const op = (process: number, text: string, callUs: number, returnUs?: number) => ({
    process,
    client: process,
    f: 'read',
    text,
    callUs,
    ...(returnUs === undefined ? {} : { returnUs }),
  })
  const lanes = coreLanes([
    op(12, 'read: absent', 70_000, 100_000),
    op(1, 'write 1: ok', 0, 50_000),
    op(2, 'write 2: no answer', 20_000),
  ])
  expect(`\n${lanes.join('\n')}\n`).toMatchInlineSnapshot(`
    "
      c1   write 1: ok                        │├───────────────────┤                   │ 0.000 s, took 50 ms
      c2   write 2: no answer                 │        ├───────────────┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄?│ 0.020 s, never answered
      c12  read: absent                       │                           ├───────────┤│ 0.070 s, took 30 ms
                                               0.000 s                          0.100 s
    "
  `)
})

test('the proof of the page is told step by step, where it is known what the ops mean', () => {
  const run = illegalRun()
  const header = { 'faultline-history': 1, workload: 'register', model: 'cas-register' } as const
  const text = reportText({ ...run, header })
  expect(text.slice(text.indexOf('Why'), text.indexOf('system '))).toMatchInlineSnapshot(`
    "Why there is no order:
      · c1 write 9001: ok (version 901): comes next, for it was answered before any other began; then 9001 is there, version 901
      · c4 write 9002: ok (version 902): comes next, for it was answered before any other began; then 9002 is there, version 902
      ✕ c3 read: 9001 (version 901): it saw version 901, but version 902 had been reached

    "
  `)
  expect(reportText(run)).not.toContain('Why there is no order')
})
