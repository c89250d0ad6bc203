import { expect, test } from 'vitest'
import { check } from '../check.ts'
import type { HistoryEvent } from '../formats/event.ts'
import { pairs, type RecordedOperation } from '../formats/pairs.ts'
import { anEvent, type Line, script } from '../formats/script.fixture.ts'
import { appendKv, casRegister, type KvModel, register, withInitial } from '../models/index.ts'
import { bruteForce, plain, randomHistory } from '../register/register-histories.fixture.ts'
import { minimize } from './minimize.ts'

const noise: Line[] = Array.from({ length: 30 }, (_, i) => [
  anEvent(2 * i, 9, 'invoke', 'write', 100 + i),
  anEvent(2 * i + 1, 9, 'ok', 'write', {}),
]).flat()

function core(model: KvModel, events: readonly HistoryEvent[]) {
  const { operations } = pairs(events)
  const { verdict, partitions } = check(model, operations)
  expect(verdict).toBe('illegal')
  const found = minimize(model, operations, partitions[0]?.stuck)
  expect(check(model, found.core).verdict).toBe('illegal')
  return { ...found, told: found.core.map((each) => tell(model, each)) }
}

function tell(model: KvModel, { input, output }: RecordedOperation): string | undefined {
  return model.describeOperation?.(input, output)
}

const staleRead = [
  ...noise,
  anEvent(100, 1, 'invoke', 'write', 2),
  anEvent(101, 1, 'ok', 'write', {}),
  anEvent(102, 1, 'invoke', 'write', 3),
  anEvent(103, 1, 'ok', 'write', {}),
  anEvent(104, 2, 'invoke', 'read'),
  anEvent(105, 2, 'ok', 'read', { value: 2 }),
  anEvent(106, 2, 'invoke', 'read'),
  anEvent(107, 2, 'ok', 'read', { value: 3 }),
]

test('a stale read shrinks to the two writes and the read', () => {
  const { told, confirmed, isMinimal } = core(register, script(staleRead))
  expect(told).toEqual(['write 2', 'write 3', 'read -> 2'])
  expect({ confirmed, isMinimal }).toEqual({ confirmed: true, isMinimal: true })
})

function versioned(lines: readonly Line[]): HistoryEvent[] {
  let version = 0
  return script(lines).map((event) => {
    if (event.type !== 'ok') return event
    if (event.f === 'write') version++
    return { ...event, output: { ...(event.output as object), version } }
  })
}

test('with versions the two answers that contradict each other are enough', () => {
  const { told, confirmed, isMinimal } = core(register, versioned(staleRead))
  expect(told).toEqual(['write 3 (version 32)', 'read -> 2 (version 32)'])
  expect({ confirmed, isMinimal }).toEqual({ confirmed: true, isMinimal: true })
})

test('versions that only some answers bear are forgotten where the history is illegal without them', () => {
  const [first, second, ...rest] = versioned(staleRead)
  const events = [first!, { ...second!, output: {} }, ...rest]
  expect(core(register, events).told).toEqual(['write 2', 'write 3', 'read -> 2'])
})

test('where only the count of changes tells, writes stay and what is not needed is cut away', () => {
  const events = script([
    anEvent(1, 1, 'invoke', 'write', 1),
    anEvent(2, 1, 'ok', 'write', {}),
    anEvent(3, 3, 'invoke', 'read'),
    anEvent(4, 3, 'ok', 'read', { value: 1, version: 1 }),
    anEvent(5, 1, 'invoke', 'write', 2),
    anEvent(6, 2, 'invoke', 'write', 3),
    anEvent(7, 1, 'ok', 'write', { version: 2 }),
    anEvent(8, 2, 'ok', 'write', { version: 2 }),
    anEvent(9, 1, 'invoke', 'write', 4),
    anEvent(10, 1, 'ok', 'write', { version: 3 }),
  ])
  expect(core(register, events).told).toEqual(['write 1', 'write 2 (version 2)', 'write 3 (version 2)'])
})

test('compare-and-sets that hang together go or stay together', () => {
  const events = script([
    ...noise,
    anEvent(100, 1, 'invoke', 'write', 1),
    anEvent(101, 1, 'ok', 'write', {}),
    anEvent(102, 1, 'invoke', 'cas', [1, 2]),
    anEvent(103, 1, 'ok', 'cas', { swapped: true }),
    anEvent(104, 2, 'invoke', 'cas', [1, 3]),
    anEvent(105, 2, 'ok', 'cas', { swapped: true }),
  ])
  expect(core(casRegister, events).told).toEqual(['write 1', 'cas 1 to 2 -> done', 'cas 1 to 3 -> done'])
})

test('appends that no read shows are taken out', () => {
  const events = script([
    anEvent(1, 1, 'invoke', 'append', 'x'),
    anEvent(2, 1, 'info', 'append'),
    anEvent(3, 2, 'invoke', 'append', 'a;'),
    anEvent(4, 2, 'ok', 'append', {}),
    anEvent(5, 2, 'invoke', 'read'),
    anEvent(6, 2, 'ok', 'read', { value: 'a;a;' }),
  ])
  expect(core(appendKv, events).told).toEqual(['append "a;"', 'read -> "a;a;"'])
})

test('operations that are legal are an error', () => {
  const { operations } = pairs(script(noise))
  expect(() => minimize(register, operations, undefined)).toThrow('not illegal')
})

test('with unique values six operations are enough, whatever else happened', () => {
  const sizes = new Map<number, number>()
  for (let seed = 0; seed < 3000; seed++) {
    const shape = { ...plain, operations: 40, span: 90, longest: 12, swaps: 35, pending: 15, misses: 10 }
    const { model, operations } = randomHistory(shape, seed)
    const [partition] = check(model, operations).partitions
    if (partition?.verdict !== 'illegal') continue
    const { core, confirmed } = minimize(model, operations, partition.stuck, { core: partition.core })
    expect(confirmed, `seed ${seed}`).toBe(true)
    expect(core.length, `seed ${seed}`).toBeLessThanOrEqual(6)
    sizes.set(core.length, (sizes.get(core.length) ?? 0) + 1)
  }
  expect([...sizes.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(300)
})

test('a core that begins anywhere is illegal from every value that the key may have held', () => {
  let found = 0
  for (let seed = 0; seed < 1500; seed++) {
    const { model, operations } = randomHistory({ ...plain, operations: 16, span: 40, repeated: 80, blind: 50 }, seed)
    const [partition] = check(model, operations).partitions
    if (partition?.verdict !== 'illegal') continue
    const { core, start } = minimize(model, operations, partition.stuck)
    if (start === 'given') continue
    found++
    const seen = core.flatMap(({ input, output }) => [
      output?.value,
      output?.found,
      input.f === 'cas' ? input.value[0] : null,
    ])
    for (const value of ['none of them', ...seen.filter((each) => each !== undefined)]) {
      expect(bruteForce(withInitial(model, value), core), `seed ${seed} from ${value}`).toBe('illegal')
    }
  }
  expect(found).toBeGreaterThan(15)
})
