/**
 * How fast the checker is, beside a baseline of our own and beside any other checker:
 *
 *   npm run bench:checker -- [--suite recorded,forty,random,processes] [--only REGEX] [--quick] [--peer CMD]
 *                            [--baseline plain|general|none] [--random 1000] [--random-peer 60]
 *
 * Contenders take turns over each history; a time is the median of the rounds with its 95 % interval, a ratio the
 * median of the rounds' ratios with its. What is cut off by a limit stands as `> limit` and counts as the limit. The
 * peer's command is started with paths of histories (`bench-checker/peer.ts` tells in which form), for instance
 * `--peer 'ulimit -v 12582912; exec ./peer'`. Recorded histories come from FAULTLINE_DATA (../shared/data).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { nameList, oneOrMore } from '../controller/commands/options.ts'
import { named, names, subjectOf } from './bench-checker/corpus.ts'
import { benchProcesses } from './bench-checker/processes.ts'
import { benchRandom } from './bench-checker/random-suite.ts'
import { recorded, recordedAsOne, recordedFiles } from './bench-checker/recorded.ts'
import { headText, measureRow, type Row, rowText, type Settings, type Subject } from './bench-checker/row.ts'
import { summary } from './bench-checker/summary.ts'
import { scriptCommand } from './script-command.ts'

const suites = ['recorded', 'forty', 'random', 'processes']

interface BenchOptions {
  readonly suite: readonly string[]
  readonly only: RegExp
  readonly quick: boolean
  readonly peer?: string
  readonly baseline: Settings['baseline']
  readonly random: number
  readonly randomPeer: number
}

const args = scriptCommand(
  'bench:checker',
  'one table: each engine beside the baseline and, with --peer, another checker',
)
  .option('--suite <names>', `some of ${suites.join(', ')}`, suiteList, suites)
  .option('--only <regex>', 'histories whose name fits', pattern, /(?:)/)
  .option('--quick', 'fewer rounds', false)
  .option('--peer <command>', 'another checker, run in the same rounds')
  .addOption(
    new Option('--baseline <which>', 'the general search without its rules, with them, or none')
      .choices(['plain', 'general', 'none'])
      .default('plain'),
  )
  .option('--random <n>', 'how many random histories', oneOrMore, 1000)
  .option('--random-peer <n>', 'how many of them the peer gets', oneOrMore, 60)
  .parse()
  .opts<BenchOptions>()
const { suite: chosen, only } = args
const folder = mkdtempSync(join(tmpdir(), 'bench-checker-'))
const settings: Settings = {
  ...(args.peer === undefined ? {} : { peer: args.peer }),
  folder,
  rounds: args.quick
    ? { budgetMs: 300, fewest: 3, most: 101, warmUps: 200 }
    : { budgetMs: 2000, fewest: 5, most: 501, warmUps: 1000 },
  limitMs: 60_000,
  baselineLimitMs: args.quick ? 500 : 2000,
  baseline: args.baseline,
}

console.log(`Node.js ${process.version}, ${process.platform} ${process.arch}`)
try {
  if (chosen.includes('recorded')) await bench('recorded histories', recordedSubjects())
  if (chosen.includes('forty')) await bench('synthetic histories', namedSubjects())
  if (chosen.includes('random')) await benchRandom({ count: args.random, peerCount: args.randomPeer, settings })
  if (chosen.includes('processes')) await benchProcesses({ only, settings })
} finally {
  rmSync(folder, { recursive: true })
}

function suiteList(text: string): string[] {
  const names = nameList(text)
  const unknown = names.find((name) => !suites.includes(name))
  if (names.length === 0 || unknown !== undefined)
    throw new InvalidArgumentError(`expected some of ${suites.join(', ')}.`)
  return names
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch {
    throw new InvalidArgumentError('expected a regular expression.')
  }
}

async function bench(title: string, subjects: Iterable<Subject>): Promise<void> {
  console.log(`\n${title}\n\n${headText(settings.peer !== undefined, settings.baseline)}`)
  const rows: Row[] = []
  for (const subject of subjects) {
    const row = await measureRow(subject, settings)
    rows.push(row)
    console.log(rowText(row))
  }
  console.log(`\n${summary(rows).join('\n')}`)
}

function* recordedSubjects(): Iterable<Subject> {
  const files = recordedFiles()
  if (files.length === 0) console.log('no recorded histories: set FAULTLINE_DATA to their folder')
  for (const file of files) if (only.test(file)) yield recorded(file)
  for (const file of files) if (only.test(file) && file.includes('/kv/c10')) yield recordedAsOne(file)
}

function* namedSubjects(): Iterable<Subject> {
  for (const name of names) {
    if (!only.test(name)) continue
    yield subjectOf(named(name))
  }
}
