/**
 * Reads operations as Porcupine takes them, kept as JSON. Inputs and outputs are those of its own examples (a register,
 * etcd's register, a key-value store), with or without capitals, or ours: `{f, key, value}`.
 */
import type { ModelName } from '../models/index.ts'
import { isModelName } from '../models/index.ts'
import type { KvValue } from '../models/kv.ts'
import type { HistoryEvent, Json } from './event.ts'
import {
  type EventPair,
  eventPairs,
  type GoFail,
  type GoOperation,
  readGoOperations,
  type Said,
} from './go-operations.ts'
import type { History } from './history.ts'
import { type Header, isEvent, isHeader } from './jsonl.ts'
import { corrected } from './overrides.ts'
import { answerOf, type Fields, fieldsOf, isFields, showsNothing } from './porcupine-fields.ts'

export function readPorcupine(text: string): History {
  const { operations, fail } = readGoOperations(text)
  const [first] = operations
  const shape = first === undefined ? shapes.ours : shapeOf(first, fail)
  const said = operations.map((operation) => {
    if (shapeOf(operation, fail) !== shape) fail('its Input is of another kind than those before', operation)
    return { ...operation, said: withMetadata(shape.say(inputOf(operation, fail), operation, fail), operation) }
  })
  const events = eventPairs(said).flatMap((pair, i) => meantBy(pair, operations[i], fail))
  const history = first === undefined ? undefined : markOf(first)?.history
  const header = isAnyHeader(history) ? history : undefined
  const model = header !== undefined && isModelName(header.model) ? header.model : shape.model(events)
  const initial = header === undefined ? shape.initial : (header.initial ?? null)
  return {
    events: events.sort((a, b) => a.index - b.index),
    model,
    initial,
    notes: [],
    ...(header === undefined ? {} : { header }),
  }
}

interface Shape {
  model(events: readonly HistoryEvent[]): ModelName
  readonly initial: KvValue
  fits(input: Fields): boolean
  say(input: Fields, operation: GoOperation, fail: GoFail): Said
}

const open = { type: 'open' } as const
const readsNothing = 'its Output does not show what it read'
const kvFunctions: Readonly<Record<string, string>> = {
  0: 'read',
  1: 'write',
  2: 'append',
  get: 'read',
  put: 'write',
  append: 'append',
}
const etcdFunctions: Readonly<Record<string, string>> = {
  0: 'read',
  1: 'write',
  2: 'cas',
  read: 'read',
  write: 'write',
  cas: 'cas',
}

const shapes: Readonly<Record<'ours' | 'etcd' | 'kv' | 'register', Shape>> = {
  ours: {
    model: (events) => (events.some(({ f }) => f === 'append') ? 'append-kv' : 'cas-register'),
    initial: null,
    fits: ({ f }) => typeof f === 'string',
    say({ f, key, value }, operation, fail) {
      if (key !== undefined && typeof key !== 'string') fail('the key should be a text', operation)
      const asked = {
        f: String(f),
        ...(typeof key === 'string' ? { key } : {}),
        ...(value === undefined ? {} : { value }),
      }
      const output = answerOf(asked.f, operation.output)
      if (output === null) return { ...asked, end: open }
      if (output === undefined) return fail('two fields of its Output differ in capitals only', operation)
      const failed = isFields(output) ? output.failed : undefined
      if (failed === true) return { ...asked, end: { type: 'fail' } }
      if (failed !== undefined && failed !== false) fail('failed should be true or false', operation)
      // What our own writer had to put beside it shows what was meant.
      if (showsNothing(asked.f, output) && !isMarked(operation)) fail(readsNothing, operation)
      return { ...asked, end: { type: 'ok', output } }
    },
  },
  etcd: {
    model: () => 'cas-register',
    initial: null,
    fits: (input) => input.op !== undefined && (input.arg1 !== undefined || input.arg2 !== undefined),
    say({ op, arg1 = 0, arg2 = 0 }, operation, fail) {
      const f = etcdFunctions[String(op)] ?? fail('op should be 0 (read), 1 (write) or 2 (cas)', operation)
      const asked = f === 'read' ? { f } : { f, value: f === 'cas' ? [arg1, arg2] : arg1 }
      const output = outputOf(operation, fail)
      if (operation.output === null || output.unknown === true) return { ...asked, end: open }
      if (f === 'write') return { ...asked, end: ok({}) }
      const { ok: swapped, exists, value } = output
      if (f === 'cas') {
        if (typeof swapped !== 'boolean') return fail('its Output does not say ok', operation)
        return { ...asked, end: ok({ swapped }) }
      }
      if (typeof exists !== 'boolean' || (exists && value === undefined)) fail(readsNothing, operation)
      return { ...asked, end: ok({ value: exists === true ? (value ?? null) : null }) }
    },
  },
  kv: {
    model: () => 'append-kv',
    initial: '',
    fits: ({ op, key }) => (typeof op === 'number' || typeof op === 'string') && key !== undefined,
    say({ op, key, value = '' }, operation, fail) {
      const f = kvFunctions[String(op).toLowerCase()] ?? fail('op should be 0 (get), 1 (put) or 2 (append)', operation)
      if (typeof key !== 'string') return fail('the key should be a text', operation)
      const asked = f === 'read' ? { f, key } : { f, key, value }
      const { output } = operation
      if (output === null) return { ...asked, end: open }
      const seen = isFields(output) ? outputOf(operation, fail).value : output
      if (f === 'read' && seen === undefined) fail(readsNothing, operation)
      return { ...asked, end: ok(f === 'read' ? { value: seen ?? '' } : {}) }
    },
  },
  register: {
    model: () => 'register',
    initial: 0,
    fits: ({ op }) => typeof op === 'boolean',
    say({ op, value = 0 }, { output }) {
      const asked = op === true ? { f: 'read' } : { f: 'write', value }
      if (output === null) return { ...asked, end: open }
      return { ...asked, end: ok(op === true ? { value: output } : {}) }
    },
  },
}

function ok(output: Json): Said['end'] {
  return { type: 'ok', output }
}

function shapeOf(operation: GoOperation, fail: GoFail): Shape {
  const input = inputOf(operation, fail)
  return (
    Object.values(shapes).find((shape) => shape.fits(input)) ??
    fail('Input should be {f, key, value}, {op, key, value}, {op, arg1, arg2} or {op, value}', operation)
  )
}

function inputOf(operation: GoOperation, fail: GoFail): Fields {
  return fieldsOf(operation.input) ?? fail('two fields of its Input differ in capitals only', operation)
}

function outputOf(operation: GoOperation, fail: GoFail): Fields {
  return fieldsOf(operation.output) ?? fail('two fields of its Output differ in capitals only', operation)
}

function isAnyHeader(value: Json | undefined): value is Header & Fields {
  return isFields(value) && 'faultline-history' in value && isHeader(value)
}

function withMetadata(said: Said, operation: GoOperation): Said {
  const { metadata } = operation
  return metadata === null || markOf(operation) !== undefined ? said : { ...said, extra: { metadata } }
}

/** What our own writer put beside an operation; see `porcupine-write.ts`. */
function markOf({ metadata }: GoOperation): Fields | undefined {
  const mark = isFields(metadata) ? metadata.faultline : undefined
  return isFields(mark) ? mark : undefined
}

/** Whether our writer said beside it what the answer was. */
function isMarked(operation: GoOperation): boolean {
  const complete = markOf(operation)?.complete
  return isFields(complete) && (complete.output !== undefined || complete.absent !== undefined)
}

function meantBy(pair: EventPair, operation: GoOperation | undefined, fail: GoFail): readonly HistoryEvent[] {
  const { invocation, completion } = pair
  const mark = operation === undefined ? undefined : markOf(operation)
  if (operation === undefined || mark === undefined)
    return completion === undefined ? [invocation] : [invocation, completion]
  const wrong = () => fail('what stands under faultline fits no event', operation)
  const { invoke = {}, complete = {}, info } = mark
  const events = [corrected(invocation, invoke) ?? wrong()]
  if (completion !== undefined) events.push(corrected(completion, complete) ?? wrong())
  else if (info !== undefined) events.push(isFields(info) && isEvent(info) ? info : wrong())
  return events
}
