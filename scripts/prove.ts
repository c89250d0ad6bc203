/**
 * Proof that the tester would have found the bug: runs bugs of the zoo several times on real processes, just as
 * `npm start -- --bug NAME` does, and says how often each was seen, after how long, and under which fault. The name
 * `none` stands for the correct nodes under all faults.
 *
 *   npm run prove -- [--runs 10] [--first-seed 1] [--at-least N] [--time S] [none | BUG…]   (default: the whole zoo)
 *
 * With `--at-least N` it exits with 1 unless each bug ended `illegal` (`none`: `valid`) in N runs or more. The correct
 * nodes must not end `illegal`, `stuck`, `node-crash` or `unknown` even once.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { check, longestPrefix } from 'porcupine-ts'
import { pairs, type RecordedOperation } from 'porcupine-ts/formats'
import { isModelName, models } from 'porcupine-ts/models'
import { $ } from 'zx'
import { bugs } from '../cluster/bugs/index.ts'
import { oneOrMore, seedNumber } from '../controller/commands/options.ts'
import { type OutcomeName, outcomes } from '../results/outcome.ts'
import type { LoadedRun } from '../results/run.ts'
import { defaultRoot, listRuns, readRun, resolveRun } from '../results/store.ts'
import { workloadNamed } from '../workloads/index.ts'
import { named } from '../workloads/named.ts'
import { scriptCommand } from './script-command.ts'

const launcher = fileURLToPath(new URL('../controller/launch.js', import.meta.url))
const command = scriptCommand('prove', 'run bugs of the zoo on real processes, and say how often each was seen')
  .argument('[bugs...]', 'names of bugs, or none for the correct nodes (default: the whole zoo)')
  .option('--runs <n>', 'runs of each', oneOrMore, 10)
  .option('--first-seed <n>', 'the seeds are this number and the next ones', seedNumber, 1)
  .option('--at-least <n>', 'exit with 1 unless so many runs of each end as they should', oneOrMore)
  .option('--time <s>', 'length of the main phase in seconds (default: as of `run`)')
  .option('--root <dir>', 'where run directories go', defaultRoot)
  .parse()
const { runs, firstSeed, atLeast, time, root } = command.opts<ProveOptions>()
const names = command.args.length > 0 ? command.args : Object.keys(bugs)

interface ProveOptions {
  readonly runs: number
  readonly firstSeed: number
  readonly atLeast?: number
  readonly time?: string
  readonly root: string
}

interface Seen {
  readonly outcome: OutcomeName | 'no outcome'
  /** When the first op that no order can hold had returned, in s of the history. */
  readonly afterS: number | undefined
  /** What was on, or had been last, by then. */
  readonly fault: string | undefined
  readonly servedMs: number | undefined
  readonly caughtUpMs: number | undefined
  readonly appendsRefused: number
  readonly bits: string
  readonly notes: string
}

/** What a run of the correct nodes may end with: a busy machine is no finding, and neither is a fault that did not bite. */
const harmless = new Set<Seen['outcome']>(['valid', 'vacuous', 'harness'])
let isProved = true
for (const name of names) {
  if (name !== 'none') named('bug', bugs, name)
  const seen: Seen[] = []
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const one = await runOnce(name, String(seed))
    seen.push(one)
    console.log(
      [
        `${name} seed ${seed}: ${one.outcome}`,
        one.afterS === undefined ? '' : `after ${one.afterS.toFixed(1)} s, ${one.fault ?? 'no fault before'}`,
        `served ${one.servedMs ?? '-'} ms, caught up ${one.caughtUpMs ?? '-'} ms`,
        `${one.appendsRefused} appends refused`,
        one.bits,
        one.notes,
      ]
        .filter((part) => part !== '')
        .join(' · '),
    )
  }
  summarize(name, seen)
}
process.exitCode = isProved ? 0 : 1

async function runOnce(name: string, seed: string): Promise<Seen> {
  const bug = name === 'none' ? [] : ['--bug', name]
  const length = time === undefined ? [] : ['--time', time]
  // A root of its own, so that no other run can be taken for this one.
  const ownRoot = join(root, `prove-${process.pid}-${name}-${seed}`)
  const typed = [launcher, 'run', ...bug, ...length, '--seed', seed, '--quiet', '--root', ownRoot]
  const { exitCode, stderr } = await $({ nothrow: true, quiet: true })`${process.execPath} ${typed}`
  const [dir, ...others] = existsSync(ownRoot) ? listRuns(ownRoot) : []
  if (dir === undefined || others.length > 0)
    throw new Error(`${name} seed ${seed} left no run (exit ${exitCode}): ${stderr}`)
  const run = readRun(resolveRun(ownRoot, dir))
  const { outcome } = run
  if (outcome === undefined || outcomes[outcome.outcome].exitCode !== exitCode) {
    throw new Error(
      `${name} seed ${seed} ended with exit ${exitCode}, but its outcome is ${outcome?.outcome}: ${stderr}`,
    )
  }
  const firstUs = firstAnomalyUs(run)
  const before = run.evidence.filter(
    ({ beganUs }) => beganUs !== undefined && firstUs !== undefined && beganUs <= firstUs,
  )
  const last = before.at(-1)
  return {
    outcome: outcome?.outcome ?? 'no outcome',
    afterS: firstUs === undefined ? undefined : firstUs / 1e6,
    fault: last && `${last.planned.fault} ${last.planned.target.pick}`,
    servedMs: outcome?.recovery?.servedMs,
    caughtUpMs: outcome?.recovery?.caughtUpMs,
    appendsRefused: (outcome?.nodes ?? []).reduce((sum, { counters }) => sum + (counters.appendsRefused ?? 0), 0),
    bits: `${outcome?.faults.bit ?? 0} of ${outcome?.faults.planned ?? 0} faults bit`,
    notes: outcome?.outcome === 'valid' ? '' : (outcome?.cause ?? '').slice(0, 160),
  }
}

/** The earliest return that can not be passed, over all keys: the run itself stops at the first illegal key it meets. */
function firstAnomalyUs(run: LoadedRun): number | undefined {
  const { model } = workloadNamed(run.plan.workload.name)
  if (!isModelName(model) || run.outcome?.verdict !== 'illegal') return undefined
  const byKey = Map.groupBy(pairs(run.history).operations, (operation: RecordedOperation) => operation.input.key)
  const returns = [...byKey.values()].flatMap((operations) => {
    if (check(models[model], operations).verdict !== 'illegal') return []
    const { stuck } = longestPrefix(models[model], operations)
    return stuck ? [stuck.return] : []
  })
  return returns.length === 0 ? undefined : Math.min(...returns)
}

function summarize(name: string, seen: readonly Seen[]): void {
  const counts = Map.groupBy(seen, ({ outcome }) => outcome)
  const text = [...counts].map(([outcome, runs]) => `${runs.length} ${outcome}`).join(', ')
  const after = seen.flatMap(({ afterS }) => (afterS === undefined ? [] : [afterS]))
  const catchUps = seen.flatMap(({ caughtUpMs }) => (caughtUpMs === undefined ? [] : [caughtUpMs]))
  const wanted: OutcomeName = name === 'none' ? 'valid' : 'illegal'
  const hits = counts.get(wanted)?.length ?? 0
  console.log(
    `== ${name}: ${text} of ${seen.length} runs` +
      (after.length > 0 ? `; first anomaly after ${median(after).toFixed(1)} s (median)` : '') +
      (catchUps.length > 0
        ? `; caught up after ${median(catchUps).toFixed(0)} ms (median of ${catchUps.length})`
        : '') +
      `; ${median(seen.map(({ appendsRefused }) => appendsRefused))} appends refused (median)`,
  )
  if (atLeast === undefined) return
  const found = seen.filter(({ outcome }) => !harmless.has(outcome)).length
  if (hits >= atLeast && (name !== 'none' || found === 0)) return
  isProved = false
  console.log(
    `   NOT PROVED: ${wanted} in ${hits} runs, expected ${atLeast} or more${name === 'none' ? `; ${found} found something` : ''}`,
  )
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return (low + high) / 2
}
