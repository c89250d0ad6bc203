import { describe, expect, test } from 'vitest'
import type { SimAsked } from './draw-sim-plan.ts'
import { quoted, repeatCommand, repeatInSimulation, repeatSimulated, repeatSimulatedPlan } from './typed-command.ts'

const simulate = 'npm run --silent faultline -- simulate'

test.each([
  ['results/runs/a-1', 'results/runs/a-1'],
  ['k=1', 'k=1'],
  ['', "''"],
  ['two words', "'two words'"],
  ["it's", "'it'\\''s'"],
  ['$HOME;ls', "'$HOME;ls'"],
])('a shell reads %j back from %j', (word, typed) => {
  expect(quoted(word)).toBe(typed)
})

test('a real run is repeated by all that was asked for, and by its seed', () => {
  expect(
    repeatCommand({
      seed: 'a b',
      bug: 'leader-local-read',
      nodes: 3,
      faults: ['kill', 'pause:leader'],
      durationMs: 2_500,
      systemOptions: { tickMs: 5 },
      workloadOptions: { keys: 2 },
    }),
  ).toBe(
    "npm start -- --bug leader-local-read --nodes 3 --faults kill,pause:leader --time 2.5 --set tickMs=5 --with keys=2 --seed 'a b'",
  )
})

test.each<[string, SimAsked, string]>([
  ['of a swarm', { isSwarm: true }, '--seed 7'],
  ['without faults', { isSwarm: true, faults: [] }, '--faults none --seed 7'],
  ['of a plain plan', { isSwarm: false, clients: 3 }, '--plain --clients 3 --seed 7'],
  ['in another world', { isSwarm: true, worldSeed: '7/2' }, '--seed 7 --world 7/2'],
])('a simulated run %s is repeated by its seed', (_title, asked, words) => {
  expect(repeatSimulated(asked, '7')).toBe(`${simulate} ${words}`)
})

describe('the plan of a real run is repeated in simulation', () => {
  test('by what repeats it, and the seed of the world', () => {
    const real = repeatCommand({ seed: '7', bug: 'leader-local-read', durationMs: 5_000 })
    expect(repeatInSimulation(real, '7/12')).toBe(
      `${simulate} --plain --bug leader-local-read --time 5 --seed 7 --world 7/12`,
    )
  })

  test.each(['npm start -- --plan plan.json', 'faultline run --seed 1', ''])(
    'only by its file where it came of one, or of another version: %j',
    (real) => {
      expect(repeatInSimulation(real, '7/12')).toBeUndefined()
      expect(repeatSimulatedPlan('my run/plan.json')).toBe(`${simulate} --plan 'my run/plan.json'`)
    },
  )
})
