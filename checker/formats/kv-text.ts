/** Reads Porcupine's key-value histories: `:get`, `:put` and `:append` of strings; a key that is missing reads as "". */
import { parseEdn } from './edn.ts'
import { Keyword, keyword } from './edn-values.ts'
import type { HistoryEvent } from './event.ts'
import { FormatError } from './format-error.ts'
import type { History } from './history.ts'

const functions: Readonly<Record<string, string>> = { get: 'read', put: 'write', append: 'append' }

export function readKvText(text: string): History {
  const events = parseEdn(text).map(({ value: op, line }, index): HistoryEvent => {
    const fail = (message: string): never => {
      throw new FormatError(message, line, 1)
    }
    if (!(op instanceof Map)) return fail('an event should be a map such as {:process 0, :type :invoke, :f :get, ...}')
    const process = op.get(keyword('process'))
    const type = op.get(keyword('type'))
    const f = op.get(keyword('f'))
    const key = op.get(keyword('key'))
    const value = op.get(keyword('value')) ?? null
    if (typeof process !== 'number' || !Number.isSafeInteger(process)) return fail(':process should be a whole number')
    if (!(type instanceof Keyword) || (type.name !== 'invoke' && type.name !== 'ok'))
      return fail(':type should be :invoke or :ok')
    const name = f instanceof Keyword ? functions[f.name] : undefined
    if (name === undefined) return fail(':f should be :get, :put or :append')
    if (typeof key !== 'string') return fail(':key should be a string')
    const base = { index, timeUs: index, process, type: type.name, f: name, key } as const
    if (name === 'read') {
      if (type.name === 'invoke') return base
      return typeof value === 'string' ? { ...base, output: { value } } : fail('a :get that is :ok needs a :value')
    }
    if (typeof value !== 'string') return fail(':value should be a string')
    return type.name === 'ok' ? { ...base, value, output: {} } : { ...base, value }
  })
  return { events, model: 'append-kv', initial: '', notes: [] }
}
