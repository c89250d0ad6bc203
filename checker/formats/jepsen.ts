/**
 * Reads Jepsen's and Knossos's histories: op maps, one a line or all in one vector or list, as plain maps, as tagged
 * records, or as the very old tuples [process type f value]. Operations of the nemesis are left out.
 */
import type { KvValue } from '../models/kv.ts'
import { type Edn, type EdnMap, type Form, Keyword, keyword, parseEdn, Tagged } from './edn.ts'
import type { HistoryEvent, Json } from './event.ts'
import { FormatError } from './format-error.ts'
import type { History } from './history.ts'

export interface JepsenOptions {
  /** Whether values are `[key value]`. Without it, it is guessed: they are if every read and written value is a pair. */
  readonly independent?: boolean
  /** Whether a `:fail :cas` saw that the register held something else. It does unless told; Knossos drops it. */
  readonly failedCasObserves?: boolean
  /** Takes `:ok :read nil` for a read that saw nothing in particular, as Knossos does. Not so unless asked for. */
  readonly nilReadsMatchAnything?: boolean
}

export function readJepsen(text: string, options: JepsenOptions = {}): History {
  const all = opsOf(parseEdn(text))
  const ops = all.filter(({ process }) => typeof process === 'number')
  const settings = {
    failedCasObserves: true,
    nilReadsMatchAnything: false,
    independent: looksIndependent(ops),
    ...options,
  }
  const events = ops.map((op) => toEvent(op, settings))
  const notes = all.length === ops.length ? [] : [`${all.length - ops.length} events of the nemesis are left out`]
  return { events, model: 'cas-register', initial: null, notes }
}

interface Op {
  readonly line: number
  /** Its place in the history, the nemesis's events counted. */
  readonly index: number
  readonly process: Edn
  readonly type: HistoryEvent['type']
  readonly f: string
  readonly value: Edn
  readonly timeUs: number | undefined
  readonly error: Edn | undefined
}

function opsOf(forms: readonly Form[]): readonly Op[] {
  const [first] = forms
  const isOneList = forms.length === 1 && first !== undefined && isList(first.value) && !isTuple(first.value)
  if (!isOneList) return forms.map(({ value, line }, index) => toOp(value, index, line))
  return (isList(first.value) ? first.value : []).map((value, i) => toOp(value, i, first.line, `op ${i} of the list: `))
}

function isList(value: Edn): value is readonly Edn[] {
  return Array.isArray(value)
}

function isTuple(value: readonly Edn[]): boolean {
  return value.length >= 3 && value[1] instanceof Keyword && value[2] instanceof Keyword
}

function toOp(form: Edn, index: number, line: number, where = ''): Op {
  const fail = (message: string): never => {
    throw new FormatError(`${where}${message}`, line, 1)
  }
  const value = form instanceof Tagged ? form.value : form
  if (isList(value) && isTuple(value)) {
    const [process = null, type = null, f = null, argument = null] = value
    const named = { type: toType(type, fail), f: toName(f, fail) }
    return { line, index, process, ...named, value: argument, timeUs: undefined, error: undefined }
  }
  if (!(value instanceof Map))
    return fail('an op should be a map such as {:process 0, :type :invoke, :f :read, :value nil}')
  const op: EdnMap = value
  const time = op.get(keyword('time'))
  return {
    line,
    index,
    process: op.get(keyword('process')) ?? fail('the op has no :process'),
    type: toType(op.get(keyword('type')), fail),
    f: toName(op.get(keyword('f')), fail),
    value: op.get(keyword('value')) ?? null,
    timeUs: typeof time === 'number' ? time / 1000 : undefined,
    error: op.get(keyword('error')),
  }
}

function toType(type: Edn | undefined, fail: (message: string) => never): HistoryEvent['type'] {
  const name = type instanceof Keyword ? type.name : undefined
  if (name === 'invoke' || name === 'ok' || name === 'fail' || name === 'info') return name
  return fail(':type should be :invoke, :ok, :fail or :info')
}

function toName(f: Edn | undefined, fail: (message: string) => never): string {
  return f instanceof Keyword ? f.name : fail('the op has no :f')
}

function looksIndependent(ops: readonly Op[]): boolean {
  const values = ops.flatMap(({ f, value }) => (f !== 'cas' && value !== null ? [value] : []))
  return values.length > 0 && values.every((value) => isList(value) && value.length === 2)
}

function toEvent(
  op: Op,
  { independent, failedCasObserves, nilReadsMatchAnything }: Required<JepsenOptions>,
): HistoryEvent {
  const isKeyed = independent && isList(op.value) && op.value.length === 2
  const [key, inner] = isKeyed && isList(op.value) ? [op.value[0] ?? null, op.value[1] ?? null] : [undefined, op.value]
  const base = {
    index: op.index,
    timeUs: op.timeUs ?? op.index,
    process: typeof op.process === 'number' ? op.process : -1,
    f: op.f,
    ...(key === undefined ? {} : { key: String(toScalar(key, op.line)) }),
    ...(op.error === undefined || op.error === null ? {} : { error: describe(op.error) }),
  }
  // A refused compare-and-set took place and saw that something else was there. With an error, nobody knows what it saw.
  if (failedCasObserves && op.type === 'fail' && op.f === 'cas' && base.error === undefined) {
    return { ...base, type: 'ok', value: toArgument(inner, op.line), output: { swapped: false } }
  }
  if (op.f === 'read') {
    if (op.type !== 'ok') return { ...base, type: op.type }
    const isUnseen = inner === null && nilReadsMatchAnything
    return { ...base, type: 'ok', output: isUnseen ? {} : { value: toScalar(inner, op.line) } }
  }
  const event = { ...base, type: op.type, value: toArgument(inner, op.line) }
  return op.type === 'ok' ? { ...event, output: op.f === 'cas' ? { swapped: true } : {} } : event
}

function toArgument(value: Edn, line: number): Json {
  return isList(value) ? value.map((item) => toScalar(item, line)) : toScalar(value, line)
}

function toScalar(value: Edn, line: number): KvValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  if (value instanceof Keyword) return `:${value.name}`
  throw new FormatError('a value here should be nil, a number, a string or a keyword', line, 1)
}

function describe(error: Edn): string {
  if (error instanceof Keyword) return error.name
  if (isList(error)) return error.map(describe).join(' ')
  return typeof error === 'object' && error !== null ? 'error' : String(error)
}
