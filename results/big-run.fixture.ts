/** Runs of any size for tests and benchmarks: clients of a store that keeps its promise, drawn from a seed. */
import type { HistoryEvent } from 'porcupine-ts/formats'
import { seededRandom } from '../cluster/random.ts'
import { validRun } from './examples.ts'
import type { LoadedRun } from './run.ts'

const gapUs = 9_000

interface Value {
  readonly value: number | null
  readonly version: number
}

/**
 * A linearizable history of `ops` ops: each takes effect at a moment between its call and its end. Some answers get
 * lost, some ops are refused. With `stale`, one read in the middle sees what had been overwritten.
 */
export function bigRun(ops: number, { clients = 20, keys = 25, stale = false } = {}): LoadedRun {
  const random = seededRandom(`big run of ${ops}`)
  const store = new Map<string, Value[]>()
  const staleAt = stale ? ops / 2 : Number.POSITIVE_INFINITY
  let isStale = stale
  const moments: { timeUs: number; order: number; act: () => void }[] = []
  const events: Omit<HistoryEvent, 'index'>[] = []
  for (let at = 0; at < ops; at++) {
    const client = at % clients
    const callUs = Math.floor(at / clients) * gapUs + random.below(400)
    const tookUs = random.between(300, 4_000) * (random.chance(0.02) ? 2 : 1)
    const key = `k${random.below(keys)}`
    const f = random.chance(0.55) ? 'read' : 'write'
    const who = { process: client, client, node: `n${random.between(1, 3)}`, f, key }
    const asked = f === 'read' ? {} : { value: at }
    const isRefused = random.chance(0.03)
    const isLost = f === 'read' && random.chance(0.01)
    let output: { value?: number | null; version: number } = { version: 0 }
    const takeEffect = (): void => {
      if (isRefused) return
      const past = store.get(key) ?? [{ value: null, version: 0 }]
      const now = past.at(-1) ?? { value: null, version: 0 }
      const isWrong = isStale && at >= staleAt && past.length > 4 && f === 'read' && !isLost
      if (isWrong) isStale = false
      if (f === 'read') output = (isWrong ? past.at(-4) : now) ?? now
      else {
        output = { version: now.version + 1 }
        store.set(key, [...past.slice(-4), { value: at, version: now.version + 1 }])
      }
    }
    moments.push(
      { timeUs: callUs, order: 0, act: () => events.push({ ...who, ...asked, type: 'invoke', timeUs: callUs }) },
      { timeUs: callUs + random.below(tookUs), order: 1, act: takeEffect },
      {
        timeUs: callUs + tookUs,
        order: 2,
        act: () => {
          const ended = { ...who, ...asked, timeUs: callUs + tookUs }
          if (isRefused) events.push({ ...ended, type: 'fail', error: 'not_leader' })
          else if (isLost) events.push({ ...ended, type: 'fail', error: 'connection refused' })
          else events.push({ ...ended, type: 'ok', output: { ...output } })
        },
      },
    )
  }
  for (const { act } of moments.sort((a, b) => a.timeUs - b.timeUs || a.order - b.order)) act()
  const history = events.map((event, index) => ({ index, ...event }))
  const frame = validRun({ ops: 10 })
  return { ...frame, header: { 'faultline-history': 1, workload: 'register', model: 'cas-register' }, history }
}
