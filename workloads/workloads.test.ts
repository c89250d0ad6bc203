import { models } from 'porcupine-ts/models'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../cluster/random.ts'
import { Scheduler } from '../cluster/sim/scheduler.ts'
import { timeLimit } from './combinators.ts'
import { type Answer, type Call, ScriptedSystem } from './fixtures/scripted-system.ts'
import { History, interpret, Leaders, UsageError, workloadOptions, workloads } from './index.ts'
import type { DrawnOp } from './op.ts'
import type { Workload } from './workload.ts'

const registry: readonly [string, Workload][] = Object.entries(workloads)

/** The first ops of a client, as fast as it can. */
function ops(name: keyof typeof workloads, given: Record<string, unknown>, count: number, client = 0): DrawnOp[] {
  let generator = workloads[name].generator(workloadOptions(name, { rate: 0, ...given }), seededRandom('seed'))
  return Array.from({ length: count }, (_, index) => {
    const next = generator.next({ timeUs: 0, client, count: index })
    if (next.type !== 'op') throw new Error(`op ${index} is ${next.type}`)
    generator = next.next
    return next.op
  })
}

const tally = (items: readonly string[]) =>
  Object.fromEntries(
    Map.groupBy(items, (item) => item)
      .entries()
      .map(([item, all]) => [item, all.length]),
  )

describe('every workload', () => {
  test.each(registry)('%s is judged by a model that exists', (_name, workload) => {
    expect(Object.keys(models)).toContain(workload.model)
  })

  test.each(registry)('%s never writes a value twice', (name) => {
    const values = [0, 1, 2, 999, 1000, 1001, 2000, 9999].flatMap((client) =>
      ops(name as keyof typeof workloads, {}, 300, client).flatMap(({ request }) =>
        request.f === 'write' || request.f === 'append'
          ? [request.value]
          : request.f === 'cas-seen'
            ? [request.to]
            : [],
      ),
    )
    expect(values.length).toBeGreaterThan(500)
    expect(new Set(values).size).toBe(values.length)
  })

  test.each(registry)('%s retires keys after their share of ops', (name) => {
    const keys = ops(name as keyof typeof workloads, { keys: 3, opsPerKey: 10 }, 3000).map(({ request }) => request.key)
    const counts = Object.values(tally(keys))
    expect(counts.length).toBeGreaterThan(95)
    expect(Math.max(...counts)).toBeLessThan(30)
    for (let at = 0; at + 10 < keys.length; at++) expect(new Set(keys.slice(at, at + 10)).size).toBeLessThanOrEqual(5)
  })

  test.each(registry)('%s runs against a store, and reads every key twice at the end', (_name, workload) => {
    const clock = new Scheduler()
    const system = new ScriptedSystem({ nodes: ['n1', 'n2', 'n3'], scheduler: clock, answer: sometimesDown() })
    const history = new History({ clock, startUs: 0, clients: 3 })
    const leaders = new Leaders(system)
    const options = { system, clock, clients: 3, opTimeoutMs: 100, history, leaders }
    const drawn = workloadOptions(workload === workloads.append ? 'append' : 'register')
    const phases: string[] = []
    interpret({
      ...options,
      random: seededRandom('main'),
      generator: timeLimit(2_000_000, workload.generator(drawn, seededRandom('ops'))),
      done: () => void phases.push('main'),
    })
    clock.runUntil(3_000_000)
    expect(phases).toEqual(['main'])
    const main = history.events.length
    expect(history.counts().ok).toBeGreaterThan(60)
    const final = workload.final?.(drawn, seededRandom('final'), history.events)
    if (final === undefined) throw new Error('no final ops')
    interpret({ ...options, random: seededRandom('f'), generator: final, done: () => void phases.push('final') })
    clock.runUntil(20_000_000)
    expect(phases).toEqual(['main', 'final'])
    const touched = new Set(history.events.slice(0, main).map(({ key }) => key))
    const reads = history.events.slice(main).filter(({ type }) => type === 'ok')
    expect(new Set(reads.map(({ f }) => f))).toEqual(new Set(['read']))
    expect(tally(reads.map(({ key }) => key ?? ''))).toEqual(Object.fromEntries([...touched].map((key) => [key, 2])))
  })
})

/** Answers ok, but each seventh call is lost and each eleventh refused. */
function sometimesDown() {
  return ({ number, request }: Call): Answer => {
    if (number % 7 === 6) return 'silent'
    if (number % 11 === 10) return { type: 'fail', error: 'connection refused' }
    return { type: 'ok', output: request.f === 'read' ? { value: null } : {} }
  }
}

describe('register', () => {
  test('draws its ops by their weights', () => {
    const given = { reads: 50, writes: 30, cas: 20, deletes: 0 }
    const {
      read = 0,
      write = 0,
      'cas-seen': cas = 0,
      delete: deleted = 0,
    } = tally(ops('register', given, 2000).map(({ request }) => request.f))
    expect(deleted).toBe(0)
    expect(Math.abs(read - 1000)).toBeLessThan(100)
    expect(Math.abs(write - 600)).toBeLessThan(100)
    expect(Math.abs(cas - 400)).toBeLessThan(100)
  })

  test('sends a share of its reads to the previous leader and to any node', () => {
    const reads = ops('register', { previousReads: 0.5, anyReads: 0.25 }, 4000).filter(
      ({ request }) => request.f === 'read',
    )
    const { previous = 0, any = 0 } = tally(reads.map(({ aim }) => aim.at))
    expect(previous / reads.length).toBeCloseTo(0.5, 1)
    expect(any / reads.length).toBeCloseTo(0.25, 1)
  })

  test('in classic mode values are 0 to 4 and compare-and-sets are blind', () => {
    const values = ops('register', { classic: true }, 500).flatMap(({ request }) =>
      request.f === 'write' ? [request.value] : request.f === 'cas' ? request.value : [],
    )
    expect(new Set(values)).toEqual(new Set([0, 1, 2, 3, 4]))
  })
})

describe('options', () => {
  test('are complete, and text counts as what it spells', () => {
    const options = workloadOptions('register', { keys: '7', classic: 'true', anyReads: 0 })
    expect(options).toMatchObject({ keys: 7, classic: true, anyReads: 0, opsPerKey: 15 })
    expect(Object.keys(options)).toEqual(Object.keys(workloads.register.options))
  })

  test.each([
    ['regster', {}, /given workload 'regster'; expected one of register, append/],
    ['toString', {}, /given workload 'toString'/],
    ['register', { key: 3 }, /given option 'key' of workload 'register'; expected one of rate, keys/],
    ['register', { keys: 'many' }, /given keys=many .*expected a whole number from 1 to 1000\. Type: keys=4/],
    ['register', { keys: 1.5 }, /a whole number from 1/],
    ['register', { keys: '' }, /a whole number from 1/],
    ['register', { rate: -1 }, /expected a number of at least 0/],
    ['register', { rate: Number.POSITIVE_INFINITY }, /expected a number of at least 0/],
    ['register', { anyReads: 1.1 }, /expected a number from 0 to 1/],
    ['register', { classic: 1 }, /expected true or false/],
    ['append', { reads: 0, appends: 0 }, /expected options that allow at least one op/],
  ])('%s %j is refused', (name, given, message) => {
    expect(() => workloadOptions(name, given)).toThrow(UsageError)
    expect(() => workloadOptions(name, given)).toThrow(message)
  })
})
