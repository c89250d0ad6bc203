/** One line of the table: a history, and how long each contender takes to decide it. */
import type { CheckOptions, CheckResult } from '../../checker/check.ts'
import { noRules } from '../../checker/general/search.ts'
import type { KvOperation } from './generate.ts'
import {
  type Contender,
  type Estimate,
  estimate,
  type Measured,
  type MeasureOptions,
  measure,
  ratio,
} from './measure.ts'
import { type Answer, Peer, type PeerHeader, writePeerHistory } from './peer.ts'

export interface Settings {
  /** A checker to measure beside ours. */
  readonly peer?: string
  /** Where histories for the peer are written. */
  readonly folder: string
  readonly rounds: MeasureOptions
  /** How long each contender may take for one decision; the baseline has less. */
  readonly limitMs: number
  readonly baselineLimitMs: number
  /** The in-house baseline: `plain` is Wing & Gong with Lowe's memory, `general` has the rules but no procedures. */
  readonly baseline: 'plain' | 'general' | 'none'
}

export interface Subject {
  readonly name: string
  readonly header: PeerHeader
  readonly check: (options: CheckOptions) => CheckResult<KvOperation>
  readonly operations: readonly KvOperation[]
  readonly expected?: 'valid' | 'illegal'
}

export interface Row {
  readonly name: string
  readonly size: number
  readonly verdict: Answer['verdict']
  /** Who decided, or did not, the most partitions. */
  readonly engine: string
  readonly ours: Measured
  readonly others: readonly Other[]
  /** Bytes in our own tables after the check. */
  readonly tableBytes: number
}

export interface Other {
  readonly measured: Measured
  /** How many times as long as ours. */
  readonly ratio: Estimate
  /** What a decision that was cut off is counted as. */
  readonly limitMs: number
}

const unlimited = 1e12

/** Throws where a verdict is not the expected one, or contenders contradict each other. */
export async function measureRow(subject: Subject, settings: Settings): Promise<Row> {
  const { name, operations } = subject
  const { verdict, engine } = describe(subject, settings)
  const peer = settings.peer === undefined ? undefined : startPeer(subject, settings, settings.peer)
  const contenders: Contender[] = [{ name: 'porcupine-ts', decide: () => decide(subject, settings.limitMs, {}) }]
  if (peer !== undefined) {
    contenders.push({ name: 'peer', decide: async () => (await peer.decide(settings.limitMs))[0] ?? noAnswer })
  }
  if (settings.baseline !== 'none') {
    const internal = settings.baseline === 'plain' ? plain : { procedures: [] }
    contenders.push({ name: 'baseline', decide: () => decide(subject, settings.baselineLimitMs, { internal }) })
  }
  const [ours, ...others] = await measure(contenders, settings.rounds).finally(() => peer?.stop())
  if (ours === undefined) throw new Error('nothing was measured')
  agree(subject, [ours, ...others])
  return {
    name,
    size: operations.length,
    verdict,
    engine,
    ours,
    others: others.map((measured) => {
      const limitMs = measured.name === 'peer' ? settings.limitMs : settings.baselineLimitMs
      return { measured, limitMs, ratio: ratio(measured, ours, limitMs) }
    }),
    tableBytes: process.memoryUsage().arrayBuffers,
  }
}

const plain = { procedures: [], rules: noRules, simplify: false }
const noAnswer: Answer = { verdict: 'unknown', ms: Number.POSITIVE_INFINITY }

export function decide({ check }: Subject, limitMs: number, options: CheckOptions): Answer {
  const start = performance.now()
  const { verdict } = check({
    timeLimitMs: limitMs,
    maxConfigurations: unlimited,
    ...options,
  })
  const ms = performance.now() - start
  return verdict === 'unknown' ? { verdict, ms: Number.POSITIVE_INFINITY, reason: 'time' } : { verdict, ms }
}

function describe({ check }: Subject, { limitMs }: Settings): Pick<Row, 'verdict' | 'engine'> {
  const { verdict, partitions } = check({
    timeLimitMs: limitMs,
    maxConfigurations: unlimited,
  })
  const engines = new Map<string, number>()
  for (const { engine, verdict: each } of partitions) {
    // Of an illegal history, the one that found it.
    if (verdict === 'illegal' && each !== 'illegal') continue
    engines.set(engine, (engines.get(engine) ?? 0) + 1)
  }
  return { verdict, engine: [...engines].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? 'none' }
}

function startPeer({ name, header, operations }: Subject, { folder }: Settings, command: string): Peer {
  const path = `${folder}/${name.replaceAll(/[^\w.-]+/g, '_')}.ops.jsonl`
  writePeerHistory(path, header, operations)
  return new Peer(command, [path])
}

function agree({ name, expected }: Subject, all: readonly Measured[]): void {
  const said = new Set(all.flatMap(({ verdicts }) => [...verdicts].filter((verdict) => verdict !== 'unknown')))
  if (expected !== undefined) said.add(expected)
  if (said.size < 2) return
  const each = all.map((one) => `${one.name} says ${[...one.verdicts].join(' and ')}`).join(', ')
  throw new Error(`${name}: ${each}; expected is ${expected ?? 'nothing'}`)
}

/** Milliseconds with three digits that count. */
export function msText(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toPrecision(3)} s`
  return `${ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3)} ms`
}

export function rowText({ name, size, verdict, engine, ours, others, tableBytes }: Row): string {
  const cells = [
    name,
    size,
    verdict,
    engine,
    timeText(ours, Number.POSITIVE_INFINITY),
    ...others.flatMap((other) => [timeText(other.measured, other.limitMs), ratioText(other)]),
    `${(tableBytes / 2 ** 20).toFixed(0)} MB`,
  ]
  return `| ${cells.join(' | ')} |`
}

export function headText(hasPeer: boolean, baseline: Settings['baseline']): string {
  const cells = [
    'history',
    'ops',
    'verdict',
    'engine',
    'porcupine-ts',
    ...(hasPeer ? ['peer', 'ratio'] : []),
    ...(baseline === 'none' ? [] : [`baseline (${baseline})`, 'ratio']),
    'tables',
  ]
  return `| ${cells.join(' | ')} |\n|${cells.map(() => '---').join('|')}|`
}

function timeText({ samples, reason }: Measured, limitMs: number): string {
  const { median, low, high } = estimate(samples)
  if (median === Number.POSITIVE_INFINITY) return reason === 'time' ? `> ${msText(limitMs)}` : (reason ?? 'none')
  return `${msText(median)} (${msText(low)}–${msText(high)})`
}

function ratioText({ measured, ratio: { median, low, high } }: Other): string {
  const isCut = measured.samples[0] === Number.POSITIVE_INFINITY
  return `${isCut ? '> ' : ''}${timesText(median)} (${timesText(low)}–${timesText(high)})`
}

export function timesText(times: number): string {
  return times >= 100 ? times.toFixed(0) : times.toPrecision(2)
}
