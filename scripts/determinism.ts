/**
 * Proof of determinism: seeds of the swarm, each twice in this process and twice in two processes of their own; exits
 * with 1, and prints the first event in which two runs of a seed differ, unless all four are the same.
 *
 *   npm run determinism -- [--seeds 200] [--first-seed 1]
 */
import { oneOrMore, seedNumber } from '../controller/commands/options.ts'
import { differenceText, findDifference, passElsewhere, passHere } from '../controller/determinism.ts'
import { scriptCommand } from './script-command.ts'

const { seeds: count, firstSeed } = scriptCommand(
  'determinism',
  'run seeds of the swarm twice in this process and twice in two others; all four must agree',
)
  .option('--seeds <n>', 'how many seeds', oneOrMore, 200)
  .option('--first-seed <n>', 'the seeds are this number and the next ones', seedNumber, 1)
  .parse()
  .opts<{ seeds: number; firstSeed: number }>()
const seeds = Array.from({ length: count }, (_none, at) => String(firstSeed + at))
const startMs = performance.now()
const passes = [
  passElsewhere('one process'),
  passElsewhere('another process'),
  passHere('this process'),
  passHere('this process again'),
]
const difference = await findDifference(passes, seeds)
if (difference) {
  console.log(differenceText(difference))
  process.exitCode = 1
} else {
  const seconds = Math.round((performance.now() - startMs) / 1000)
  console.log(
    `${seeds.length} seeds agree over plan, (time, node, event) and ops: twice in this process and in two processes of their own, in ${seconds} s`,
  )
}
