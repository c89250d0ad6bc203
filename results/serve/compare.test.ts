import { expect, test } from 'vitest'
import { illegalRun, validRun } from '../examples.ts'
import { summaryOf } from '../summaries/run-summary.ts'
import { differences, figures, latencyFigures, planDifferences } from './compare.ts'

test('leaves that differ are named by their path, in an order that a person expects', () => {
  const left = { seed: '1', list: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], only: {}, same: { deep: [true] } }
  const right = { seed: 1, list: [0, 1, 9, 3, 4, 5, 6, 7, 8, 9], same: { deep: [true] }, more: null }
  expect(differences(left, right)).toEqual([
    { path: 'list.2', left: '2', right: '9' },
    { path: 'list.10', left: '10' },
    { path: 'more', right: 'null' },
    { path: 'only', left: '{}' },
    { path: 'seed', left: '"1"', right: '1' },
  ])
  expect(differences(left, left)).toEqual([])
  expect(differences(undefined, { a: 1 })).toEqual([
    { path: '', left: 'undefined' },
    { path: 'a', right: '1' },
  ])
})

test('a planned fault is one line, and what is none stays as it is', () => {
  const fault = { id: 'f1', fault: 'kill', target: { pick: 'leader', draw: 3 }, begin: { atMs: 1500 }, forMs: 1080 }
  const late = { ...fault, begin: { on: 'leader-elected', notBeforeMs: 0, afterMs: 40 } }
  expect(planDifferences({ faults: [fault, 7] }, { faults: [late, '<b>'] })).toEqual([
    {
      path: 'faults.0',
      left: '"kill leader at 1.5 s for 1.08 s"',
      right: '"kill leader 40 ms after leader-elected for 1.08 s"',
    },
    { path: 'faults.1', left: '7', right: '"<b>"' },
  ])
})

test('counts and latencies stand side by side, with what changed', () => {
  const [left, right] = [summaryOf(validRun({ ops: 400 })), summaryOf(illegalRun({ ops: 200 }))]
  const rows = figures(left, right)
  const answered = rows.find(({ name }) => name === 'answered ops')
  expect(answered).toEqual({
    name: 'answered ops',
    left: String(left.ops.ok),
    right: String(right.ops.ok),
    change: `×${(right.ops.ok / left.ops.ok).toFixed(2)}`,
  })
  expect(
    figures(left, left)
      .map(({ change }) => change)
      .join(''),
  ).toBe('')
  const { recovery: _recovery, ...never } = left
  expect(figures(left, never).find(({ name }) => name.startsWith('served'))).toMatchObject({ right: '–', change: '' })
  expect(latencyFigures(left, right).map(({ name }) => name)).toContain('ok read, 99 %')
})
