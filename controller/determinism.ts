/**
 * The proof that a seed decides everything: the same seeds are run again and again, in this process and in others, and
 * every time plan, events of all nodes and ops of all clients must be the same.
 */
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { encodeEvent } from 'porcupine-ts/formats'
import { TraceHash } from '../cluster/sim/trace-hash.ts'
import type { Plan } from '../nemesis/plan.ts'
import { drawSimPlan } from './draw-sim-plan.ts'
import { runSimulated } from './simulate.ts'

/** Runs seeds once, somewhere. */
export interface Pass {
  readonly name: string
  /** A fingerprint for each seed, in order. */
  fingerprints(seeds: readonly string[]): Promise<readonly string[]>
  /** Every event of one seed, a line each. */
  trace(seed: string): Promise<readonly string[]>
}

/** A seed of which two passes made different runs, and the first event in which they differ. */
export interface Difference {
  readonly seed: string
  readonly passes: readonly [string, string]
  readonly at: number
  /** `undefined`: that run had already ended. */
  readonly events: readonly [string | undefined, string | undefined]
}

/** The first seed on which a pass disagrees with the first one. One pass runs after another unless it is a process. */
export async function findDifference(
  passes: readonly Pass[],
  seeds: readonly string[],
): Promise<Difference | undefined> {
  const fingerprints = await Promise.all(passes.map((pass) => pass.fingerprints(seeds)))
  for (const [index, seed] of seeds.entries()) {
    const other = passes.findIndex((_pass, at) => fingerprints[at]?.[index] !== fingerprints[0]?.[index])
    const [one, two] = [passes[0], passes[other]]
    if (one && two) return await explain(one, two, seed)
  }
  return undefined
}

async function explain(one: Pass, two: Pass, seed: string): Promise<Difference> {
  const [first, second] = [await one.trace(seed), await two.trace(seed)]
  const length = Math.max(first.length, second.length)
  let at = 0
  while (at < length && first[at] === second[at]) at++
  return { seed, passes: [one.name, two.name], at, events: [first[at], second[at]] }
}

/** `seed 7 differs …` with both events; a run that differs only now and then may agree when it is looked at. */
export function differenceText({ seed, passes, at, events }: Difference): string {
  const [one, two] = events
  if (one === undefined && two === undefined)
    return `seed ${seed} differed between ${passes.join(' and ')}, but not when it was traced`
  return [
    `seed ${seed} differs between ${passes.join(' and ')}, first at event ${at}:`,
    `  ${passes[0]}: ${one ?? 'nothing more'}`,
    `  ${passes[1]}: ${two ?? 'nothing more'}`,
  ].join('\n')
}

/** In this process; `planOf` is the swarm of `faultline simulate` unless told. */
export function passHere(name: string, planOf: (seed: string) => Plan = swarmPlan): Pass {
  return {
    name,
    fingerprints: (seeds) => Promise.resolve(seeds.map((seed) => fingerprint(planOf(seed)))),
    trace: (seed) => Promise.resolve(traceLines(planOf(seed))),
  }
}

/** In a process of its own. */
export function passElsewhere(name: string): Pass {
  const child = fileURLToPath(new URL('./determinism-child.ts', import.meta.url))
  const ask = async (...words: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await execa(process.execPath, [child, ...words], { lines: true, maxBuffer: 1_000_000_000 })
    return stdout
  }
  return {
    name,
    fingerprints: (seeds) => ask('fingerprints', ...seeds),
    trace: (seed) => ask('trace', seed),
  }
}

export function swarmPlan(seed: string): Plan {
  return drawSimPlan({ isSwarm: true }, seed)
}

/** Over plan, (time, node, event) of all that nodes got and did, and what clients saw. */
export function fingerprint(plan: Plan): string {
  const hash = new TraceHash()
  traceInto(plan, (timeUs, node, what) => hash.add(timeUs, node, what))
  return hash.digest
}

export function traceLines(plan: Plan): string[] {
  const lines: string[] = []
  traceInto(plan, (timeUs, node, what) => lines.push(`${timeUs} ${node} ${what.replaceAll('\n', ' ')}`))
  return lines
}

function traceInto(plan: Plan, add: (timeUs: number, node: string, what: string) => void): void {
  add(0, 'plan', JSON.stringify(plan))
  const { result, outcome } = runSimulated(plan, { onTrace: add })
  for (const event of result.events) add(event.timeUs, 'clients', encodeEvent(event))
  add(0, 'outcome', `${outcome.outcome}: ${outcome.cause}`)
}
