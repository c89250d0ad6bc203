/** Whole episodes on simulated nodes: clients, faults, heal, recovery, final reads, verdict. */
import { check } from 'porcupine-ts'
import { type HistoryEvent, pairs } from 'porcupine-ts/formats'
import { isModelName, models } from 'porcupine-ts/models'
import { describe, expect, test } from 'vitest'
import type { NodeProgram } from '../cluster/node/program.ts'
import { raftKv } from '../cluster/node/raft-kv.ts'
import { singleCopy } from '../cluster/node/single-copy.ts'
import { staleReplica } from '../cluster/node/stale-replica.ts'
import { seededRandom } from '../cluster/random.ts'
import { Scheduler } from '../cluster/sim/scheduler.ts'
import { simSystem } from '../cluster/sim/system.ts'
import { History, interpret, Leaders, workloadNamed, workloadOptions, workloads } from '../workloads/index.ts'
import type { FaultEvidence, Recovery } from './evidence.ts'
import { checkRecovery, composites, drawFaults, faults, runSchedule } from './index.ts'

interface Episode {
  readonly program: NodeProgram
  readonly nodes: number
  readonly links?: 'peers' | 'clients'
  readonly options?: Readonly<Record<string, unknown>>
  readonly workload: string
  readonly seed: string
  readonly durationMs?: number
  /** All of the registry unless told. */
  readonly faultNames?: readonly string[]
  readonly composites?: boolean
}

interface Result {
  readonly events: readonly HistoryEvent[]
  readonly evidence: readonly FaultEvidence[]
  readonly recovery: Recovery | undefined
  readonly verdict: string
  /** Nodes that died though nobody wanted that. */
  readonly crashes: readonly string[]
}

function play(episode: Episode): Result {
  const { program, nodes, links = 'peers', options = {}, workload: name, seed, durationMs = 10_000 } = episode
  const { faultNames = Object.keys(faults), composites = false } = episode
  const random = seededRandom(seed)
  const clock = new Scheduler()
  const ids = Array.from({ length: nodes }, (_, index) => `n${index + 1}`)
  const system = simSystem({ program, nodes: ids, options, scheduler: clock, random: random.fork('system'), links })
  const workload = workloadNamed(name)
  const drawn = workloadOptions(name)
  const leaders = new Leaders(system)
  let phase = 'start'
  const until = (wanted: string): void => {
    for (let step = 0; phase !== wanted; step++) {
      if (step > 5_000_000 || !clock.step()) throw new Error(`it never came to ${wanted}`)
    }
  }
  const enter = (next: string) => (): void => {
    phase = next
  }
  system.start(enter('started'))
  until('started')
  const startUs = clock.monotonicUs()
  const crashes: string[] = []
  system.subscribe((event) => {
    if (event.type === 'node-dead' && !event.wanted) crashes.push(`${event.node}: ${event.how}`)
  })
  const history = new History({
    clock,
    startUs,
    clients: 5,
    sink: ({ type, f }) => {
      if (type === 'ok' && f !== 'read') schedule.acknowledged()
    },
  })
  const shared = { system, clock, clients: 5, opTimeoutMs: 500, history, leaders }
  const planned = drawFaults({ faults: faultNames, random: random.fork('nemesis'), durationMs, nodes, composites })
  const schedule = runSchedule({ faults: planned, system, clock, startUs })
  const main = interpret({
    ...shared,
    random: random.fork('main'),
    generator: workload.generator(drawn, random.fork('ops')),
    done: enter('worked'),
  })
  clock.after(durationMs * 1000, () => {
    schedule.heal()
    main.stop()
  })
  until('worked')
  let recovery: Recovery | undefined
  checkRecovery({
    system,
    clock,
    boundMs: 10_000,
    done: (result) => {
      recovery = result
      phase = 'recovered'
    },
  })
  until('recovered')
  const final = workload.final?.(drawn, random.fork('final'), history.events)
  if (final !== undefined) {
    interpret({ ...shared, random: random.fork('last'), generator: final, done: enter('over') })
    until('over')
  }
  schedule.stop()
  if (!isModelName(workload.model)) throw new Error(`no model ${workload.model}`)
  const { verdict } = check(models[workload.model], pairs(history.events).operations)
  return { events: history.events, evidence: schedule.evidence(), recovery, verdict, crashes }
}

const names = Object.keys(workloads)
const bitten = (evidence: readonly FaultEvidence[]) =>
  new Set(evidence.filter(({ bit }) => bit !== undefined).map(({ planned }) => planned.fault))
const bites = (evidence: readonly FaultEvidence[]) => evidence.filter(({ bit }) => bit !== undefined).length

describe.each(names)('%s', (workload) => {
  test('a right cluster passes under every fault, and comes back', () => {
    for (const seed of ['1', '2', '3']) {
      const { verdict, evidence, recovery, events, crashes } = play({ program: raftKv, nodes: 5, workload, seed })
      expect([verdict, crashes]).toEqual(['valid', []])
      expect(bites(evidence)).toBeGreaterThan(1)
      expect(recovery?.caughtUpMs).toBeLessThan(10_000)
      expect(events.filter(({ type }) => type === 'ok').length).toBeGreaterThan(200)
    }
  })

  test('a single copy passes under every fault, also when cut from its clients', () => {
    // It takes no snapshot at which it could die.
    const faultNames = Object.keys(faults).map((name) => (name === 'crash-point' ? 'crash-point:after-sync' : name))
    const copy = { program: singleCopy, nodes: 1, links: 'clients', faultNames, workload } as const
    for (const seed of ['1', '2', '3']) {
      const { verdict, evidence, crashes } = play({ ...copy, seed, durationMs: 20_000 })
      expect([verdict, crashes]).toEqual(['valid', []])
      expect(bitten(evidence)).toEqual(new Set(Object.keys(faults)))
    }
  })

  test('a replica that answers stale reads is caught', () => {
    expect(play({ program: staleReplica, nodes: 3, workload, seed: '1' }).verdict).toBe('illegal')
  })

  test('the same seed gives the same history and evidence, byte by byte', () => {
    const bytes = (seed: string) =>
      JSON.stringify(play({ program: raftKv, nodes: 3, workload, seed, durationMs: 6000 }))
    expect(bytes('a')).toBe(bytes('a'))
    expect(bytes('a')).not.toBe(bytes('b'))
  })
})

test.each(Object.keys(faults))('a right cluster passes under %s alone, which bites', (fault) => {
  for (const [seed, nodes] of [
    ['1', 3],
    ['2', 5],
  ] as const) {
    const options = { snapshotEvery: 40, keepEntries: 10, maxEntriesPerAppend: 4 }
    const episode = { program: raftKv, nodes, options, workload: 'append', faultNames: [fault], seed }
    const { verdict, evidence, recovery, crashes } = play(episode)
    expect([verdict, crashes]).toEqual(['valid', []])
    expect(bitten(evidence)).toEqual(new Set([fault]))
    expect(recovery?.caughtUpMs).toBeLessThan(10_000)
  }
})

test('a right cluster passes under patterns of faults, and every kind of fault and pattern bites', () => {
  const kinds = new Set<string>()
  for (const seed of ['1', '2', '3', '4', '5', '6', '7', '8']) {
    const options = { snapshotEvery: 20, preVote: false, checkQuorum: seed > '4' }
    const episode = { program: raftKv, nodes: 5, options, workload: 'register', composites: true, seed }
    const { verdict, evidence, recovery, crashes } = play({ ...episode, durationMs: 20_000 })
    expect([verdict, crashes]).toEqual(['valid', []])
    expect(recovery?.caughtUpMs).toBeLessThan(10_000)
    for (const { planned, bit } of evidence) if (bit !== undefined) kinds.add(planned.composite ?? planned.fault)
  }
  expect(kinds).toEqual(new Set([...Object.keys(faults), ...Object.keys(composites)]))
})
