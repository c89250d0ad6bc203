import { describe, expect, test } from 'vitest'
import { drawPlan } from './draw-plan.ts'
import { type PlanSource, type SimSummary, simulateSeed } from './sim-job.ts'
import { runPool, SeedError } from './sim-pool.ts'

const short: PlanSource = { draw: { isSwarm: true, durationMs: 2_000, recoveryMs: 5_000 } }

/** Seeds 1, 2 … up to `last`. */
function upTo(last: number): () => string | undefined {
  let given = 0
  return () => (given < last ? String(++given) : undefined)
}

function bySeed(summaries: readonly SimSummary[]): Omit<SimSummary, 'ms'>[] {
  return summaries.map(({ ms: _ms, ...rest }) => rest).sort((a, b) => Number(a.seed) - Number(b.seed))
}

describe('two workers', () => {
  test.each<[string, PlanSource]>([
    ['plans that are drawn', short],
    ['one plan in many worlds', { reroll: drawPlan({ seed: '1', durationMs: 4_000, bug: 'leader-local-read' }) }],
  ])('see of %s exactly what one thread sees', async (_title, source) => {
    const seen: SimSummary[] = []
    await runPool({ source, jobs: 2, nextSeed: upTo(5), onSummary: (summary) => seen.push(summary) > 0 })
    expect(bySeed(seen)).toEqual(bySeed(['1', '2', '3', '4', '5'].map((seed) => simulateSeed(source, seed))))
    expect(new Set(seen.map(({ events }) => events)).size).toBe(5)
  })

  test('end what they have begun when they are told to stop, and begin nothing more', async () => {
    const given: string[] = []
    const seen: string[] = []
    const next = upTo(50)
    await runPool({
      source: short,
      jobs: 2,
      nextSeed: () => {
        const seed = next()
        if (seed !== undefined) given.push(seed)
        return seed
      },
      onSummary: ({ seed }) => seen.push(seed) < 3,
    })
    expect(seen.length).toBeGreaterThanOrEqual(3)
    expect(seen.length).toBeLessThanOrEqual(4)
    expect(seen.toSorted()).toEqual(given.toSorted())
  })
})

test('a simulation that fails ends it all, and names its seed and the cause', async () => {
  const seen: string[] = []
  const broken = { draw: { isSwarm: true, bug: 'no-such-bug' } }
  const error: unknown = await runPool({
    source: broken,
    jobs: 2,
    nextSeed: upTo(9),
    onSummary: ({ seed }) => seen.push(seed) > 0,
  }).catch((cause) => cause)
  expect(error).toBeInstanceOf(SeedError)
  expect(error).toMatchObject({
    seed: expect.stringMatching(/^[12]$/),
    message: expect.stringMatching(/^the simulation of seed [12] failed$/),
    cause: { message: expect.stringContaining("bug 'no-such-bug'") },
  })
  expect(seen).toEqual([])
})

test('without seeds nothing is started', async () => {
  await runPool({
    source: short,
    nextSeed: () => undefined,
    onSummary: () => {
      throw new Error('nothing was run')
    },
  })
})
