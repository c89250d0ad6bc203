import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SystemEvent } from '../../cluster/system.ts'
import { readLogs } from './logs.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'faultline-logs-'))
  mkdirSync(join(dir, 'logs'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const log = (node: string, ...lines: string[]): string => {
  writeFileSync(join(dir, 'logs', `${node}.log`), lines.map((line) => `${line}\n`).join(''))
  return `logs/${node}.log`
}
const role = (timeUs: number, node: string, name: 'leader' | 'follower', term: number): SystemEvent => ({
  timeUs,
  type: 'trace',
  node,
  event: { type: 'role', role: name, term },
})

test('log lines stand on the clock of the history, by the changes of role that both tell of', () => {
  const files = [
    log(
      'n1',
      '2026-01-31T14:25:03.500Z role leader, term 1',
      '2026-01-31T14:25:04.000Z snapshot, taken',
      '  more of it',
    ),
    log('n2', '2026-01-31T14:25:02.900Z recovered'),
  ]
  expect(readLogs({ dir, files, events: [role(380_000, 'n1', 'leader', 1)] })).toEqual([
    {
      node: 'n1',
      isCut: false,
      lines: [
        { timeUs: 380_000, text: 'role leader, term 1' },
        { timeUs: 880_000, text: 'snapshot, taken' },
        { text: '  more of it' },
      ],
    },
    { node: 'n2', isCut: false, lines: [{ timeUs: -220_000, text: 'recovered' }] },
  ])
})

test('where nothing ties the clocks together, lines keep their own times', () => {
  const line = '2026-01-31T14:25:03.500Z role leader, term 1'
  expect(readLogs({ dir, files: [log('n1', line)], events: [] })).toEqual([
    { node: 'n1', isCut: false, lines: [{ text: line }] },
  ])
})

test('of a long log the end is read, beginning with a whole line', () => {
  const lines = Array.from({ length: 9_000 }, (_, at) => `line ${at} ${'x'.repeat(at % 40)}`)
  const [read] = readLogs({ dir, files: [log('n1', ...lines)], events: [] })
  expect(read!.isCut).toBe(true)
  expect(read!.lines.map(({ text }) => text)).toEqual(lines.slice(-read!.lines.length))
})

test('a log that is empty or gone is none', () => {
  expect(readLogs({ dir, files: [log('n1'), 'logs/n9.log', 'plan.json'], events: [] })).toEqual([])
})
