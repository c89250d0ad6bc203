/** Verdicts from columns against those from operations, by the general search alone. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { check, replay } from '../check.ts'
import { minimize } from '../explain/minimize.ts'
import type { HistoryEvent, Json } from '../formats/event.ts'
import { pairs } from '../formats/pairs.ts'
import { casRegister, type ModelName, models, withInitial } from '../models/index.ts'
import { randomHistory } from '../register/versions.suite.ts'
import { checkColumns } from './check-columns.ts'
import { columnsOf } from './columns-of.ts'
import { f } from './history-columns.ts'
import { keysOf } from './keys.ts'
import { randomEvents, type Shape } from './random-events.fixture.ts'
import { replayRows } from './replay-rows.ts'

const few = fc.constantFrom<Json>(1, 2, null)
const functions = ['read', 'write', 'delete', 'cas'] as const
const shapes: Record<string, Shape & { model: ModelName }> = {
  'a register': { model: 'cas-register', values: few, functions, hasVersions: false, most: 9 },
  'many values': { model: 'cas-register', values: fc.nat(9), functions, hasVersions: false, most: 12 },
  'writes and few reads': {
    model: 'cas-register',
    values: fc.nat(4),
    functions: ['read', 'write', 'write', 'cas'],
    hasVersions: false,
    most: 7,
  },
  'versions here and there': { model: 'cas-register', values: few, functions, hasVersions: true, most: 7 },
  appends: {
    model: 'append-kv',
    values: fc.constantFrom('a', 'b'),
    functions: ['read', 'append', 'write'],
    hasVersions: false,
    most: 7,
  },
}

function both(model: ModelName, events: readonly HistoryEvent[]) {
  const { operations, failed } = pairs(events)
  const columns = columnsOf({ model, initial: 1, operations, failed })!
  return { operations, columns, kvModel: withInitial(models[model], 1) }
}

describe.each(Object.entries(shapes))('%s', (_title, shape) => {
  test('the verdict is that of the general search on objects, each valid one replays, each illegal one has a core', () => {
    const seen = { valid: 0, illegal: 0, unknown: 0 }
    fc.assert(
      fc.property(randomEvents(shape), (events) => {
        const { operations, columns, kvModel } = both(shape.model, events)
        const expected = check(kvModel, operations, { internal: { procedures: [] } })
        const found = checkColumns(columns)
        seen[found.verdict]++
        expect(found.verdict).toBe(expected.verdict)
        expect(found.partitions.map(({ key, size }) => [key, size])).toEqual(
          expected.partitions.map(({ key, size }) => [key, size]),
        )
        for (const [i, partition] of found.partitions.entries()) {
          expect(partition.operations).toEqual(expected.partitions[i]?.operations)
          const isWhole = partition.verdict === 'valid'
          expect(replay(kvModel, partition.linearization, isWhole ? partition.operations : [])).toBeUndefined()
          if (partition.verdict !== 'illegal') continue
          const { core } = minimize(kvModel, partition.operations, partition.stuck, { core: partition.core })
          expect(check(kvModel, core, { internal: { procedures: [] } }).verdict).toBe('illegal')
        }
      }),
      { numRuns: 800, seed: 3 },
    )
    expect(seen.valid).toBeGreaterThan(60)
    expect(seen.illegal).toBeGreaterThan(60)
  })
})

test.each(['a register', 'versions here and there'])(
  'the replay of rows objects to what the replay of operations objects to: %s',
  (title) => {
    let [objections, passed] = [0, 0]
    fc.assert(
      fc.property(randomEvents(shapes[title]!), fc.array(fc.nat(8)), (events, shuffle) => {
        const { columns, kvModel } = both('cas-register', events)
        for (const { rows, hasAppends } of keysOf(columns)) {
          if (hasAppends) continue
          const operations = checkColumns(columns).partitions.flatMap((each) => each.operations)
          const here = Array.from(rows, (row) => operations.find(({ id }) => id === columns.id[row])!)
          // By their calls, with a few changed: some orders pass.
          const order = Array.from(rows.keys())
          for (const [i, at] of shuffle.entries()) if (i < order.length && at < rows.length) order[i] = at
          for (const extent of ['whole', 'part'] as const) {
            const byRows = replayRows(columns, { rows, order, extent })
            const required = extent === 'whole' ? here : []
            const byOperations = replay(
              kvModel,
              order.map((place) => here[place]!),
              required,
            )
            expect(byRows === undefined).toBe(byOperations === undefined)
            if (byRows === undefined) passed++
            else objections++
          }
        }
      }),
      { numRuns: 500, seed: 5 },
    )
    expect(objections).toBeGreaterThan(200)
    expect(passed).toBeGreaterThan(200)
  },
)

test('answers with versions are decided without lists of operations, and as the general search does', () => {
  const shape = {
    most: 9,
    span: 12,
    hasVersions: true,
    pending: 25,
    effective: 60,
    values: 0,
    damaged: 40,
    informed: 70,
  }
  const seen: Record<string, number> = {}
  for (let seed = 1; seed <= 800; seed++) {
    const operations = randomHistory({ ...shape, model: casRegister }, seed)
    const columns = columnsOf({ model: 'cas-register', operations })!
    const { verdict, partitions } = checkColumns(columns)
    const expected = check(casRegister, operations, { internal: { procedures: [] } })
    expect(verdict, `seed ${seed}`).toBe(expected.verdict)
    for (const { engine, linearization, operations: all } of partitions) {
      const name = `${engine}: ${verdict}`
      seen[name] = (seen[name] ?? 0) + 1
      if (verdict === 'valid') expect(replay(casRegister, linearization, all)).toBeUndefined()
    }
  }
  expect(seen['versions: valid']).toBeGreaterThan(200)
  expect(seen['versions: illegal']).toBeGreaterThan(100)
})

test('a verdict from columns makes no operations until they are looked at', () => {
  const operations = Array.from({ length: 4 }, (_, id) => ({
    id,
    process: id,
    input: { f: 'write', key: `k${id % 2}`, value: id } as const,
    output: {},
    call: id,
    return: id,
  }))
  const columns = columnsOf({ model: 'register', operations })!
  const { verdict, partitions } = checkColumns(columns)
  expect(verdict).toBe('valid')
  expect(partitions.map(({ key, engine, size }) => [key, engine, size])).toEqual([
    ['k0', 'blocks', 2],
    ['k1', 'blocks', 2],
  ])
  expect(partitions[1]?.linearization.map(({ id }) => id)).toEqual([1, 3])
  expect(partitions[1]?.operations).toBe(partitions[1]?.operations)
})

test('an operation that the model does not know is an error, as it is with objects', () => {
  const operations = [{ id: 0, process: 0, input: { f: 'delete' } as const, output: {}, call: 0, return: 1 }]
  const columns = columnsOf({ model: 'append-kv', operations })!
  columns.f[0] = f.cas
  expect(() => checkColumns(columns)).toThrow('event 0: append-kv knows read, write, append, delete, but not cas')
})

test('columns can be held to any key-value model that knows their operations', () => {
  const write = { f: 'write', value: 1 } as const
  const operations = [
    { id: 0, process: 0, input: write, output: {}, call: 0, return: 1 },
    { id: 2, process: 0, input: { f: 'read' } as const, output: { value: 1 }, call: 2, return: 3 },
  ]
  const failed = [
    { id: 4, process: 0, input: { f: 'cas', value: [1, 2] } as const, output: undefined, call: 4, return: 5 },
  ]
  const columns = columnsOf({ model: 'cas-register', operations, failed })!
  for (const model of Object.keys(models) as ModelName[]) {
    expect(checkColumns(columns, { model })).toMatchObject({ verdict: 'valid' })
    expect(checkColumns({ ...columns, model: 'register' }, { model })).toMatchObject({ verdict: 'valid' })
  }
  columns.f[1] = f.delete
  expect(checkColumns(columns).verdict).toBe('valid')
  expect(() => checkColumns(columns, { model: 'register' })).toThrow(
    'event 2: register knows read, write, but not delete',
  )
  expect(() => checkColumns(columns, { model: 'queue' as ModelName })).toThrow(
    'columns can be held to register, cas-register, append-kv, but not to "queue"',
  )
})
