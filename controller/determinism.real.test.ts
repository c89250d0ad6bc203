import { expect, test } from 'vitest'
import { differenceText, findDifference, passElsewhere, passHere } from './determinism.ts'
import { drawSimPlan } from './draw-sim-plan.ts'

/** The slice of `npm run determinism` that runs with every change: whole runs of the swarm. */
const seeds = Array.from({ length: 12 }, (_none, at) => String(at + 1))

test('two processes agree on every event of twelve seeds', async () => {
  const difference = await findDifference([passElsewhere('one process'), passElsewhere('another process')], seeds)
  expect(difference && differenceText(difference)).toBeUndefined()
})

test('a process that runs something else is found out, event by event', async () => {
  const other = passHere('this process', (seed) => drawSimPlan({ isSwarm: true, worldSeed: 'another' }, seed))
  const difference = await findDifference([passElsewhere('a process'), other], ['5'])
  expect(difference).toMatchObject({ seed: '5', passes: ['a process', 'this process'], at: 0 })
  expect(difference?.events[0]).toMatch(/^0 plan \{"plan":1,"seed":"5"/)
  expect(difference?.events[1]).toContain('"seed":"another"')
})
