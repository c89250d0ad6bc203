/**
 * `faultline simulate` with seeds that nobody has tried, for as long as told. Failures are collected: each is stored
 * below `results/runs`, with the command that shows it again and the one that keeps its plan in `regressions/`.
 *
 *   npm run soak -- [--for 10m] [--first-seed N] [whatever else `faultline simulate` takes]
 */
import { randomInt } from 'node:crypto'
import module from 'node:module'

const typed = process.argv.slice(2)
const unlessTyped = (flag: string, value: string): string[] =>
  typed.some((word) => word === flag || word.startsWith(`${flag}=`)) ? [] : [flag, value]

process.argv.length = 2
process.argv.push(
  'simulate',
  '--keep-going',
  ...unlessTyped('--for', '10m'),
  ...unlessTyped('--first-seed', String(randomInt(1_000_000_000))),
  ...typed,
)
module.enableCompileCache()
await import('../controller/cli.ts')
