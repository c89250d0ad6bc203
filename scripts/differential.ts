/**
 * Differential test of the checker's engines over random histories, on all cores; 1 as its exit code if any disagree.
 * Each mismatch is printed with its seed, and made small.
 *
 *   npm run differential -- [--histories 1000000] [--from 0] [--jobs CORES] [--budget 20000] [--mutant NAME]
 *
 * With `--mutant`, one engine runs alone with one of its soundness conditions switched off: mismatches are the wish.
 */
import { availableParallelism } from 'node:os'
import { oneOrMore, wholeNumber } from '../controller/commands/options.ts'
import { type Batch, merge, type Tally } from './differential/batch.ts'
import { mutantEngines } from './differential/mutants.ts'
import { runPool } from './differential/pool.ts'
import { scriptCommand } from './script-command.ts'

const batchSize = 500
const tellEveryMs = 10_000
const mostTold = 5

const args = scriptCommand('differential', "the checker's engines against each other, over random histories")
  .option('--histories <n>', 'how many', oneOrMore, 1_000_000)
  .option('--from <seed>', 'their seeds are this number and the next ones', wholeNumber, 0)
  .option('--jobs <n>', 'worker threads', oneOrMore, availableParallelism())
  .option('--budget <n>', 'configurations that an engine may expand', oneOrMore, 20_000)
  .option('--mutant <name>', 'one engine alone, with this soundness condition switched off')
  .parse()
  .opts<{ histories: number; from: number; jobs: number; budget: number; mutant?: string }>()
const last = args.from + args.histories
const mutant: { mutant?: string } = args.mutant === undefined ? {} : { mutant: args.mutant }
if (args.mutant !== undefined) mutantEngines(args.mutant) // An unknown name is an error at once.

const startMs = performance.now()
let toldMs = startMs
let next: number = args.from
let total: Tally = { histories: 0, operations: 0, counts: {}, failures: [] }
await runPool({
  jobs: args.jobs,
  nextBatch(): Batch | undefined {
    if (next >= last) return undefined
    const from = next
    next = Math.min(last, from + batchSize)
    return { from, count: next - from, budget: args.budget, ...mutant }
  },
  onTally(tally) {
    for (const { text } of tally.failures.slice(0, Math.max(0, mostTold - total.failures.length))) console.log(text)
    total = merge(total, tally)
    if (performance.now() - toldMs < tellEveryMs) return
    toldMs = performance.now()
    console.log(progress())
  },
})
const names = Object.keys(total.counts).sort()
for (const name of names) console.log(`${String(total.counts[name]).padStart(9)}  ${name}`)
console.log(progress())
if (mismatches() > 0) process.exitCode = 1

function mismatches(): number {
  return total.counts.mismatches ?? 0
}

function progress(): string {
  const seconds = (performance.now() - startMs) / 1000
  const rate = Math.round(total.histories / seconds)
  return `${total.histories} histories, ${total.operations} operations: ${mismatches()} mismatches, in ${Math.round(seconds)} s (${rate} a second)`
}
