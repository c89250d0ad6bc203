import { describe, expect, test } from 'vitest'
import type { Plan } from '../nemesis/plan.ts'
import { differenceText, findDifference, fingerprint, passHere, traceLines } from './determinism.ts'
import { drawSimPlan } from './draw-sim-plan.ts'

/** Short runs of the swarm. */
const planOf = (seed: string): Plan => drawSimPlan({ isSwarm: true, durationMs: 2_000 }, seed)
const seeds = ['1', '2', '3']

test('the same seeds give the same fingerprints, each its own', async () => {
  const pass = passHere('one', planOf)
  expect(await findDifference([pass, passHere('two', planOf)], seeds)).toBeUndefined()
  expect(new Set(await pass.fingerprints(seeds)).size).toBe(3)
})

describe('the check finds', () => {
  test('another world: the first event that was not the same, of both', async () => {
    const other = (seed: string): Plan =>
      seed === '2' ? drawSimPlan({ isSwarm: true, durationMs: 2_000, worldSeed: 'another' }, seed) : planOf(seed)
    const difference = await findDifference([passHere('one', planOf), passHere('two', other)], seeds)
    expect(difference).toMatchObject({ seed: '2', passes: ['one', 'two'], at: 0 })
    expect(differenceText(difference!)).toMatch(
      /^seed 2 differs between one and two, first at event 0:\n {2}one: 0 plan .*\n {2}two: 0 plan .*"seed":"another"/,
    )
  })

  test('one event that is out of place, in whatever pass', async () => {
    const one = passHere('one', planOf)
    const bent = {
      name: 'bent',
      fingerprints: async () => (await one.fingerprints(seeds)).map((digest, at) => (at === 2 ? `${digest}!` : digest)),
      trace: async (seed: string) => (await one.trace(seed)).map((line, at) => (at === 700 ? `${line}!` : line)),
    }
    const lines = traceLines(planOf('3'))
    expect(await findDifference([one, passHere('two', planOf), bent], seeds)).toEqual({
      seed: '3',
      passes: ['one', 'bent'],
      at: 700,
      events: [lines[700], `${lines[700]}!`],
    })
  })

  test('a run that ends before the other', () => {
    const text = differenceText({ seed: '7', passes: ['a', 'b'], at: 9, events: ['1 n1 timer', undefined] })
    expect(text).toBe('seed 7 differs between a and b, first at event 9:\n  a: 1 n1 timer\n  b: nothing more')
  })

  test('a difference that does not show itself again, and says so', () => {
    const text = differenceText({ seed: '7', passes: ['a', 'b'], at: 9, events: [undefined, undefined] })
    expect(text).toBe('seed 7 differed between a and b, but not when it was traced')
  })
})

test('a fingerprint covers what nodes did and what clients saw', () => {
  const lines = traceLines(planOf('1'))
  expect(lines[0]).toMatch(/^0 plan \{"plan":1,"seed":"1"/)
  expect(lines.at(-1)).toMatch(/^0 outcome valid: /)
  expect(lines.filter((line) => / n\d .*timer/.test(line)).length).toBeGreaterThan(100)
  expect(lines.filter((line) => / clients \{.*"type":"ok"/.test(line)).length).toBeGreaterThan(10)
  expect(fingerprint(planOf('1'))).toMatch(/^[0-9a-f]{16}$/)
})
