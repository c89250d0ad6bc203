import { expect, test } from 'vitest'
import { illegalRun } from '../examples.ts'
import { spansOf } from '../spans.ts'
import { focusPanel } from './focus.ts'
import type { State } from './lane-states.ts'

test('the window around an anomaly says in words which node was frozen or dead, and when', () => {
  const run = illegalRun({ ops: 400 })
  const state = (node: string, name: State['state'], text: string): State => ({
    node,
    state: name,
    text,
    fromUs: 0,
    toUs: 2e7,
  })
  const { markup } = focusPanel({
    spans: spansOf(run.history),
    bands: [],
    leaders: [],
    states: [state('n1', 'frozen', 'frozen'), state('n2', 'dead', 'dead: SIGKILL')],
    nodes: ['n1', 'n2', 'n3'],
    endUs: 2e7,
    anomaly: run.outcome!.anomaly,
  })
  expect(markup.match(/>n\d up</g)).toEqual(['>n1 up<', '>n2 up<', '>n3 up<'])
  expect(markup).toMatch(/class="frozen"[\s\S]*n1 frozen, 0\.000 s to 20\.000 s[\s\S]*>frozen</)
  expect(markup).toMatch(/class="dead"[\s\S]*n2 dead: SIGKILL, 0\.000 s to 20\.000 s[\s\S]*>dead: SIGKILL</)
})
