/** How weak a history is: held against trying all orders, and told in sentences. */
import { describe, expect, test } from 'vitest'
import { check } from '../check.ts'
import { pairs, type RecordedOperation } from '../formats/pairs.ts'
import { anEvent, type Line, script } from '../formats/script.fixture.ts'
import { appendKv, casRegister, type KvModel } from '../models/index.ts'
import type { KvState, KvValue } from '../models/kv.ts'
import { leaves, needs } from '../models/kv-facts.ts'
import { plain, randomHistory, type Shape } from '../register/register-histories.fixture.ts'
import { type Answer, type Guarantees, type Session, sessionsOf, weaker } from './consistency.ts'

/** All interleavings, with any of the pending operations anywhere after what their session had done before. */
function hasOrder(model: KvModel, sessions: readonly Session[], state: KvState = model.init()): boolean {
  if (sessions.every(({ answered }) => answered.length === 0)) return true
  return sessions.some((session, s) => {
    const next = (operation: RecordedOperation, left: Session) =>
      model
        .step(state, operation.input, operation.output)
        .some((after) => hasOrder(model, sessions.with(s, left), after))
    const [head, ...answered] = session.answered
    const pending = session.pending.map((each) => ({ ...each, after: each.after - 1 }))
    if (head !== undefined && next(head, { answered, pending })) return true
    return session.pending.some(
      (each, p) => each.after <= 0 && next(each.operation, { ...session, pending: session.pending.toSpliced(p, 1) }),
    )
  })
}

/** By the definitions: all orders of the changes, all choices of what was seen. */
function kept(sessions: readonly Session[], initial: KvValue): Record<keyof Guarantees, boolean> {
  interface Step {
    readonly operation: RecordedOperation
    readonly place: number
    readonly isPending: boolean
    readonly session: number
  }
  const steps = sessions.flatMap(({ answered, pending }, session) =>
    [
      ...answered.map((operation, place) => ({ operation, place, isPending: false, session })),
      ...pending.map(({ operation, after }) => ({ operation, place: after - 0.5, isPending: true, session })),
    ].sort((a, b) => a.place - b.place),
  )
  const changes = steps.filter(({ operation }) => leaves(operation) !== undefined)
  const readers = steps.filter(({ operation, isPending }) => !isPending && needs(operation) !== undefined)
  const found = { readYourWrites: false, monotonicReads: false, monotonicWrites: false, writesFollowReads: false }
  const isEarlier = (a: Step, b: Step) => a.session === b.session && steps.indexOf(a) < steps.indexOf(b)
  const judge = (order: readonly Step[], seen: ReadonlyMap<Step, Step | undefined>) => {
    const rank = (change: Step | undefined) => (change === undefined ? -1 : order.indexOf(change))
    const every = (of: readonly Step[], with_: readonly Step[], holds: (a: Step, b: Step) => boolean) =>
      of.every((a) => with_.every((b) => !isEarlier(a, b) || holds(a, b)))
    const sure = changes.filter(({ isPending }) => !isPending)
    // Monotonic writes, which the others are asked for together with.
    if (!every(sure, changes, (a, b) => rank(a) < rank(b))) return
    found.monotonicWrites = true
    found.readYourWrites ||= every(sure, readers, (change, read) => rank(change) <= rank(seen.get(read)))
    found.monotonicReads ||= every(readers, readers, (a, b) => rank(seen.get(a)) <= rank(seen.get(b)))
    found.writesFollowReads ||=
      every(readers, changes, (read, change) => rank(seen.get(read)) < rank(change)) &&
      readers.every((each) => !changes.includes(each) || rank(seen.get(each)) < rank(each))
  }
  const choose = (order: readonly Step[], seen: ReadonlyMap<Step, Step | undefined>, from: number): void => {
    const reader = readers[from]
    if (reader === undefined) return judge(order, seen)
    const value = needs(reader.operation)
    if (value === initial) choose(order, new Map([...seen, [reader, undefined]]), from + 1)
    for (const change of changes) {
      if (leaves(change.operation) !== value || change === reader || isEarlier(reader, change)) continue
      choose(order, new Map([...seen, [reader, change]]), from + 1)
    }
  }
  const arrange = (order: readonly Step[]): void => {
    if (order.length === changes.length) return choose(order, new Map(), 0)
    for (const change of changes) if (!order.includes(change)) arrange([...order, change])
  }
  arrange([])
  return found
}

const shapes: Record<string, Shape> = {
  'unique values': { ...plain, operations: 6, damaged: 70, writes: 40, swaps: 15, misses: 20 },
  'repeated values and blind refusals': { ...plain, operations: 6, damaged: 60, repeated: 70, deletes: 10, blind: 60 },
}

/** The operations of `randomHistory` by two or three clients; each begins where its last one ended, in this order. */
function recorded(shape: Shape, seed: number) {
  const { model, operations } = randomHistory(shape, seed)
  const clients = 2 + (seed % 2)
  const inOrder = operations.toSorted((a, b) => a.call - b.call || a.id - b.id)
  return {
    model,
    operations: inOrder.map(
      (each, place): RecordedOperation => ({
        ...each,
        id: place,
        client: place % clients,
        call: place,
        return: each.return === Number.POSITIVE_INFINITY ? each.return : place + 0.5,
        completedAt: place,
      }),
    ),
  }
}

describe.each(Object.entries(shapes))('over small histories with %s', (_, shape) => {
  test('sequential consistency is what trying all orders says', () => {
    const answers = new Map<Answer, number>()
    for (let seed = 0; seed < 1500; seed++) {
      const { model, operations } = recorded(shape, seed)
      const { sequential } = weaker(model, operations)
      answers.set(sequential, (answers.get(sequential) ?? 0) + 1)
      expect(sequential, `seed ${seed}`).toBe(hasOrder(model, sessionsOf(operations)) ? 'yes' : 'no')
    }
    expect(answers.get('yes')).toBeGreaterThan(300)
    expect(answers.get('no')).toBeGreaterThan(100)
  })

  test('the session guarantees are what their definitions say', () => {
    const broken = { readYourWrites: 0, monotonicReads: 0, monotonicWrites: 0, writesFollowReads: 0 }
    for (let seed = 0; seed < 4000; seed++) {
      const { model, operations } = recorded(shape, seed)
      if (operations.filter((each) => leaves(each) !== undefined).length > 4) continue
      const { guarantees } = weaker(model, operations)
      if (Object.values(guarantees).includes('unknown')) continue
      const expected = kept(sessionsOf(operations), model.init().value)
      for (const [name, is] of Object.entries(expected)) {
        const answer = guarantees[name as keyof Guarantees]
        expect(`${name}: ${answer}`, `seed ${seed}`).toBe(`${name}: ${is ? 'yes' : 'no'}`)
        if (answer === 'no') broken[name as keyof Guarantees]++
      }
    }
    // Monotonic writes alone can not be refuted on one register.
    expect(broken.monotonicWrites).toBe(0)
    const { readYourWrites, monotonicReads, writesFollowReads } = broken
    expect(Math.min(readYourWrites, monotonicReads, writesFollowReads), JSON.stringify(broken)).toBeGreaterThan(0)
  })

  test('what is linearizable is sequentially consistent and keeps every guarantee', () => {
    for (let seed = 0; seed < 800; seed++) {
      const { model, operations } = recorded(shape, seed)
      if (check(model, operations).verdict !== 'valid') continue
      const { sequential, guarantees } = weaker(model, operations)
      expect([sequential, ...Object.values(guarantees)], `seed ${seed}`).toEqual(['yes', 'yes', 'yes', 'yes', 'yes'])
    }
  })
})

const cases: Record<string, { lines: readonly Line[]; sequential: Answer; text: string }> = {
  'a stale read of another client': {
    lines: [...did(1, 1, 'write', 1, {}), ...did(3, 1, 'write', 2, {}), ...did(5, 2, 'read', undefined, { value: 1 })],
    sequential: 'yes',
    text: "The key is still sequentially consistent: some order fits all answers and keeps each client's own, so no client can tell alone.",
  },
  'a client that does not see what it wrote': {
    lines: [...did(1, 1, 'write', 1, {}), ...did(3, 1, 'read', undefined, { value: null })],
    sequential: 'no',
    text: 'The key is not even sequentially consistent: it breaks read your writes; it keeps monotonic reads, monotonic writes and writes follow reads.',
  },
  'a client that does not see what it wrote, as versions tell, though the key was deleted later': {
    lines: [
      ...did(1, 1, 'cas', [null, 1], { swapped: true, version: 1 }),
      ...did(3, 1, 'read', undefined, { value: null, version: 0 }),
      ...did(5, 2, 'delete', undefined, { version: 2 }),
    ],
    sequential: 'no',
    text: 'The key is not even sequentially consistent: it breaks read your writes; it keeps monotonic reads, monotonic writes and writes follow reads.',
  },
  'the same without versions, where the delete may be what it saw': {
    lines: [
      ...did(1, 1, 'cas', [null, 1], { swapped: true }),
      ...did(3, 1, 'read', undefined, { value: null }),
      ...did(5, 2, 'delete', undefined, {}),
    ],
    sequential: 'yes',
    text: "The key is still sequentially consistent: some order fits all answers and keeps each client's own, so no client can tell alone.",
  },
  'a client that goes back in time': {
    lines: [
      ...did(1, 1, 'write', 1, {}),
      ...did(3, 1, 'write', 2, {}),
      ...did(5, 2, 'read', undefined, { value: 2 }),
      ...did(7, 2, 'read', undefined, { value: null }),
    ],
    sequential: 'no',
    text: 'The key is not even sequentially consistent: it breaks monotonic reads; it keeps read your writes, monotonic writes and writes follow reads.',
  },
  'two clients that see two changes in different orders': {
    lines: [
      ...did(1, 1, 'write', 1, {}),
      ...did(3, 2, 'write', 2, {}),
      ...did(5, 3, 'read', undefined, { value: 1 }),
      ...did(7, 3, 'read', undefined, { value: 2 }),
      ...did(9, 4, 'read', undefined, { value: 2 }),
      ...did(11, 4, 'read', undefined, { value: 1 }),
    ],
    sequential: 'no',
    text: 'The key is not even sequentially consistent: it breaks monotonic reads; it keeps read your writes, monotonic writes and writes follow reads.',
  },
  'two compare-and-sets of one value': {
    lines: [
      ...did(1, 1, 'write', 1, {}),
      ...did(3, 2, 'cas', [1, 2], { swapped: true }),
      ...did(5, 3, 'cas', [1, 3], { swapped: true }),
    ],
    sequential: 'no',
    text: 'The key is not even sequentially consistent; taken one by one it keeps read your writes, monotonic reads, monotonic writes and writes follow reads.',
  },
}

function did(ms: number, process: number, f: string, value: Line['value'], output: Line['output']): Line[] {
  return [anEvent(ms, process, 'invoke', f, value), anEvent(ms + 1, process, 'ok', f, output)]
}

test.each(Object.entries(cases))('%s is told', (_, { lines, sequential, text }) => {
  const found = weaker(casRegister, pairs(script(lines)).operations)
  expect([found.sequential, found.text]).toEqual([sequential, text])
})

test('out of budget nothing is claimed', () => {
  const lines = [
    ...did(1, 1, 'write', 1, {}),
    ...did(3, 2, 'cas', [1, 2], { swapped: true }),
    ...did(5, 3, 'cas', [1, 3], { swapped: true }),
  ]
  const { sequential, text } = weaker(casRegister, pairs(script(lines)).operations, { maxConfigurations: 1 })
  expect(sequential).toBe('unknown')
  expect(text).toMatch(/^Whether the key is still sequentially consistent is not known/)
})

test('a value from nowhere breaks no guarantee by itself, and fits into no order', () => {
  const { sequential, guarantees } = weaker(
    casRegister,
    pairs(script(did(1, 1, 'read', undefined, { value: 7 }))).operations,
  )
  expect(sequential).toBe('no')
  expect(new Set(Object.values(guarantees))).toEqual(new Set(['unknown']))
})

test('texts that grow are looked at as a whole, without the guarantees of a register', () => {
  const lines = [
    ...did(1, 1, 'append', 'a;', {}),
    ...did(3, 1, 'append', 'b;', {}),
    ...did(5, 2, 'read', undefined, { value: 'a;' }),
  ]
  const stale = pairs(script(lines)).operations
  expect(weaker(appendKv, stale).sequential).toBe('yes')
  const own = pairs(script([...lines, ...did(7, 1, 'read', undefined, { value: 'a;' })])).operations
  expect(weaker(appendKv, own)).toMatchObject({
    sequential: 'no',
    text: 'The key is not even sequentially consistent.',
  })
})
