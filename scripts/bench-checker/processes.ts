/** What only whole processes show: start-up and parsing, a first decision in a fresh one, and the most memory held. */
import { spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { packChecker } from '../pack-checker.ts'
import { named, names } from './corpus.ts'
import { estimate, type Measured, type MeasureOptions, measure, ratio } from './measure.ts'
import type { OneCase } from './one-case.ts'
import { type Answer, Peer, writePeerHistory } from './peer.ts'
import { etcdLogs, recorded } from './recorded.ts'
import { msText, type Settings, timesText } from './row.ts'
import { benchThreads } from './threads.ts'

export interface ProcessOptions {
  readonly only: RegExp
  readonly settings: Settings
}

const rounds: MeasureOptions = { budgetMs: 10_000, fewest: 7, most: 21, warmUps: 2 }
const root = join(import.meta.dirname, '../..')
/** From here on a history gets a process of its own to show how much memory it takes. */
const bigSize = 100_000

export async function benchProcesses({ only, settings }: ProcessOptions): Promise<void> {
  console.log('\nwhole processes\n')
  const scripts = await packed(settings.folder)
  if (etcdLogs().length > 0) await benchEndToEnd(scripts, settings)
  await benchFresh(scripts, settings)
  const codes = [0, 1, 2]
  await benchThreads(settings.folder, (given) => timed(process.execPath, [scripts.command, ...given], codes))
  console.log(
    '\nfresh processes, first decision, but for "again", the median of five more in one process; "all" is with loading or parsing; MB is the most that the process held\n',
  )
  console.log('| history | verdict | operations | columns | again | columns, all | MB | JSON Lines, all | MB |')
  console.log('|---|---|---|---|---|---|---|---|---|')
  for (const name of names) if (only.test(name) && named(name).size >= bigSize) await tellMemory(name, settings.folder)
}

/** All etcd logs as one suite: start, parse, decide, end. */
async function benchEndToEnd({ files: script, command }: Packed, settings: Settings): Promise<void> {
  const files = etcdLogs()
  const launcher = join(root, 'controller/launch.js')
  const node = (given: readonly string[], codes: readonly number[]) => () => timed(process.execPath, given, codes)
  const contenders = [
    { name: 'porcupine-ts --brief', decide: node([command, '--brief', ...files], [1]) },
    { name: 'a script of the packed library', decide: node([script, ...files], [0]) },
    { name: 'porcupine-ts, with causes', decide: node([command, ...files], [1]) },
    { name: 'faultline check, from its sources', decide: node([launcher, 'check', ...files], [1]) },
  ]
  if (settings.peer !== undefined) {
    const peer = settings.peer
    const paths = files.map((file) => {
      const path = join(settings.folder, `${basename(file)}.ops.jsonl`)
      const { header, operations } = recorded(file)
      writePeerHistory(path, header, operations)
      return path
    })
    contenders.push({ name: 'peer', decide: () => timedPeer(peer, paths, settings.limitMs) })
  }
  const [ours, ...others] = await measure(contenders, rounds)
  if (ours === undefined) throw new Error('nothing was measured')
  console.log(`${files.length} etcd logs, end to end, ${ours.name}: ${intervalText(ours)}`)
  for (const other of others) {
    const { median, low, high } = ratio(other, ours, settings.limitMs)
    console.log(
      `  ${other.name}: ${intervalText(other)}, ${timesText(median)} times ours (${timesText(low)}–${timesText(high)})`,
    )
  }
}

/** The package as it is published, in a process that does nothing else, beside one that does nothing at all. */
async function benchFresh({ operations: script, command }: Packed, { folder }: Settings): Promise<void> {
  const base = join(folder, 'fresh')
  for (const name of ['unique-1e3-c5-i5-valid', 'v5-1e3-c20-i5-blind-valid', 'unique-1e3-c20-i0-illegal']) {
    writeFileSync(`${base}.json`, JSON.stringify(named(name).operations()))
    await run(process.execPath, [join(import.meta.dirname, 'one-case.ts'), 'prepare', name, base])
    const node = (...given: readonly string[]) => timed(process.execPath, given, [0, 1])
    const [nothing, ...fresh] = await measure(
      [
        { name: 'node -e 0', decide: () => node('-e', '0') },
        { name: 'packed library', decide: () => node(script, `${base}.json`) },
        { name: 'porcupine-ts --brief FILE', decide: () => node(command, '--brief', `${base}.jsonl`) },
      ],
      rounds,
    )
    if (nothing === undefined) throw new Error('nothing was measured')
    console.log(`${name} in a fresh process; node -e 0: ${intervalText(nothing)}`)
    for (const each of fresh) {
      const more = each.samples.map((ms, round) => ms - (nothing.samples[round] ?? Number.NaN))
      const { median, low, high } = estimate(more)
      console.log(`  ${each.name}: ${intervalText(each)}, ${msText(median)} more (${msText(low)}–${msText(high)})`)
    }
  }
}

interface Packed {
  /** Scripts that decide what they are given: operations as JSON, or recorded files. */
  readonly operations: string
  readonly files: string
  /** The package's own command. */
  readonly command: string
}

/** Packs and unpacks the checker, and writes beside it what a user would. */
async function packed(folder: string): Promise<Packed> {
  await run('tar', ['xf', await packChecker(folder), '-C', folder])
  const manifest = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'))
  const target = (entry: string): string => JSON.stringify(`./package/${manifest.exports[entry].default.slice(2)}`)
  const head = `import { readFileSync } from 'node:fs'
import { check } from ${target('.')}
`
  const operations = join(folder, 'operations.mjs')
  writeFileSync(
    operations,
    `${head}import { casRegister } from ${target('./models')}
const operations = JSON.parse(readFileSync(process.argv[2], 'utf8'), (key, value) =>
  key === 'return' && value === null ? Infinity : value)
console.log(check(casRegister, operations).verdict)
`,
  )
  const files = join(folder, 'files.mjs')
  writeFileSync(
    files,
    `${head}import { models, withInitial } from ${target('./models')}
import { pairs, readHistory } from ${target('./formats')}
for (const file of process.argv.slice(2)) {
  const { events, model, initial } = readHistory(readFileSync(file, 'utf8'))
  console.log(file, check(withInitial(models[model], initial), pairs(events).operations).verdict)
}
`,
  )
  return { operations, files, command: join(folder, 'package', manifest.bin['porcupine-ts']) }
}

async function tellMemory(name: string, folder: string): Promise<void> {
  const base = join(folder, name)
  const runs: Record<string, OneCase> = {}
  for (const mode of ['operations', 'prepare', 'columns', 'again', 'jsonl']) {
    const { output } = await run(process.execPath, [join(import.meta.dirname, 'one-case.ts'), mode, name, base])
    runs[mode] = JSON.parse(output)
  }
  rmSync(`${base}.jsonl`)
  rmSync(`${base}.columns`)
  const { operations, columns, again, jsonl } = runs
  if (operations === undefined || columns === undefined || again === undefined || jsonl === undefined) return
  const all = ({ loadMs, checkMs }: OneCase): string => msText(loadMs + checkMs)
  const verdicts = [...new Set([operations, columns, again, jsonl].map(({ verdict }) => verdict))].join(' and ')
  const times = [operations.checkMs, columns.checkMs, again.checkMs].map(msText)
  console.log(`| ${[name, verdicts, ...times, all(columns), columns.peakMb, all(jsonl), jsonl.peakMb].join(' | ')} |`)
}

function intervalText({ samples }: Measured): string {
  const { median, low, high } = estimate(samples)
  return `${msText(median)} (${msText(low)}–${msText(high)})`
}

async function timed(command: string, given: readonly string[], codes: readonly number[]): Promise<Answer> {
  const start = performance.now()
  await run(command, given, { codes })
  return { verdict: 'valid', ms: performance.now() - start }
}

async function timedPeer(command: string, paths: readonly string[], limitMs: number): Promise<Answer> {
  const start = performance.now()
  const peer = new Peer(command, paths)
  await peer.decide(limitMs)
  peer.stop()
  return { verdict: 'valid', ms: performance.now() - start }
}

interface RunOptions {
  readonly cwd?: string
  /** Exit codes that are no failure. */
  readonly codes?: readonly number[]
}

function run(
  command: string,
  given: readonly string[],
  { cwd, codes = [0] }: RunOptions = {},
): Promise<{ output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, given, { stdio: ['ignore', 'pipe', 'inherit'], ...(cwd === undefined ? {} : { cwd }) })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (codes.includes(code ?? -1)) resolve({ output })
      else reject(new Error(`${command} ${given[0]} ended with ${code}`))
    })
  })
}
