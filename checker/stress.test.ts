/** Histories of the size and kind that a run makes: they must be decided within a small budget. */
import { describe, expect, test } from 'vitest'
import { check } from './check.ts'
import { appendKv, casRegister, type KvModel, type KvOutput } from './models/index.ts'
import type { KvInput, KvState } from './models/kv.ts'
import type { Operation } from './operation.ts'

type KvOperation = Operation<KvInput, KvOutput>
type Chance = (bound: number) => number

interface Shape {
  readonly model: KvModel
  readonly input: (below: Chance, id: number, state: KvState) => KvInput
  readonly hasVersions: boolean
  readonly showsFound: boolean
}

const unique = (below: Chance, id: number, state: KvState): KvInput =>
  pick(below, [{ f: 'read' }, { f: 'read' }, { f: 'write', value: id }, { f: 'cas', value: [state.value, id] }])
const few = (below: Chance): KvInput =>
  pick(below, [{ f: 'read' }, { f: 'write', value: below(5) }, { f: 'cas', value: [below(5), below(5)] }])
const deletes = (below: Chance, id: number, state: KvState): KvInput =>
  pick(below, [{ f: 'delete' }, unique(below, id, state), unique(below, id, state), unique(below, id, state)])
const appends = (below: Chance, id: number): KvInput =>
  pick(below, [{ f: 'read' }, { f: 'append', value: `${id} ` }, { f: 'append', value: `${id} ` }])
const appendsAndMore = (below: Chance, id: number): KvInput =>
  pick(below, [
    appends(below, id),
    appends(below, id),
    appends(below, id),
    { f: 'write', value: `${id}!` },
    { f: 'delete' },
  ])

const shapes: Record<string, Shape> = {
  'unique values': { model: casRegister, input: unique, hasVersions: false, showsFound: true },
  'unique values, versions': { model: casRegister, input: unique, hasVersions: true, showsFound: true },
  'unique values, deletes': { model: casRegister, input: deletes, hasVersions: false, showsFound: true },
  'unique values, deletes, versions': { model: casRegister, input: deletes, hasVersions: true, showsFound: true },
  'unique values, blind refusals': { model: casRegister, input: unique, hasVersions: false, showsFound: false },
  'five values, blind refusals': { model: casRegister, input: few, hasVersions: false, showsFound: false },
  'five values, versions': { model: casRegister, input: few, hasVersions: true, showsFound: true },
  appends: { model: appendKv, input: appends, hasVersions: false, showsFound: false },
  'appends, versions': { model: appendKv, input: appends, hasVersions: true, showsFound: false },
  'appends, writes, deletes': { model: appendKv, input: appendsAndMore, hasVersions: false, showsFound: false },
  'appends, writes, deletes, versions': {
    model: appendKv,
    input: appendsAndMore,
    hasVersions: true,
    showsFound: false,
  },
}

/** 10 clients that are always busy, `count` operations, a tenth of them without an answer, half of those take effect. */
function run({ model, input, hasVersions, showsFound }: Shape, count: number, seed: number): KvOperation[] {
  const below = chances(seed)
  const operations: KvOperation[] = []
  const free = Array.from({ length: 10 }, (_, process) => ({ process, at: below(100) }))
  const drafts: { id: number; process: number; call: number; moment: number; end: number; isOpen: boolean }[] = []
  for (let id = 1; id <= count; id++) {
    const client = free.reduce((a, b) => (b.at < a.at ? b : a))
    const call = client.at
    const end = call + 10 + below(200)
    const isOpen = below(10) === 0
    // A pending operation may take effect long after its client gave up.
    const moment = call + below(isOpen ? 1000 : end - call)
    drafts.push({ id, process: client.process, call, moment, end, isOpen })
    client.at = end + 1
    if (isOpen) client.process += 10
  }
  let state = model.init()
  for (const { id, process, call, end, isOpen } of drafts.toSorted((a, b) => a.moment - b.moment)) {
    const asked = input(below, id, state)
    const before = state
    if (!isOpen || below(2) === 0) state = model.step(state, asked, undefined)[0]!
    let output: KvOutput = hasVersions ? { version: state.version } : {}
    if (asked.f === 'read') output = { ...output, value: state.value }
    if (asked.f === 'cas') output = { ...output, swapped: before.value === asked.value[0] }
    if (output.swapped === false && showsFound) output = { ...output, found: before.value }
    operations.push({
      id,
      process,
      input: asked,
      output: isOpen ? undefined : output,
      call,
      return: isOpen ? Infinity : end,
    })
  }
  return operations
}

/** One read near the end that sees the value of an earlier one, once that is surely gone. */
function withStaleRead(operations: readonly KvOperation[]): KvOperation[] {
  const reads = operations.filter(({ input, output }) => input.f === 'read' && output !== undefined)
  const late = reads.at(-3)!
  const early = reads.findLast((read) => read.return < late.call - 600 && read.output?.value !== late.output?.value)!
  return operations.map((each) => (each === late ? { ...late, output: early.output! } : each))
}

function pick<T>(below: Chance, items: readonly T[]): T {
  return items[below(items.length)]!
}

/** A small generator of its own (mulberry32), so that the package needs nothing. */
function chances(seed: number): Chance {
  let state = seed
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }
}

describe.each(Object.entries(shapes))('ten busy clients on one key, a tenth without an answer: %s', (_, shape) => {
  test.each([
    ['as users check', {}],
    ['by the general search alone', { internal: { procedures: [] } }],
  ])('150 operations are decided within 100 000 configurations, %s', (_name, options) => {
    const most = { maxConfigurations: 100_000, ...options }
    let illegal = 0
    for (let seed = 1; seed <= 12; seed++) {
      const operations = run(shape, 150, seed)
      expect({ seed, verdict: check(shape.model, operations, most).verdict }).toEqual({ seed, verdict: 'valid' })
      // A stale value may come back by chance, so not every one of these is illegal; but each is decided.
      const { verdict } = check(shape.model, withStaleRead(operations), most)
      expect({ seed, verdict }).not.toEqual({ seed, verdict: 'unknown' })
      if (verdict === 'illegal') illegal++
    }
    expect(illegal).toBeGreaterThan(2)
  })
})
