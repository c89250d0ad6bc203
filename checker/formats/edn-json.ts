/** EDN as JSON and back. Keywords become texts that begin with a colon, as `:x`. */
import { type Edn, Keyword, Tagged } from './edn-values.ts'
import type { Json } from './event.ts'
import { printNumber } from './json-write.ts'

const colon = 0x3a

/** Throws a `TypeError` that names what JSON has no place for. */
export function jsonOf(value: Edn, colons?: Colons): Json {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'string' && value.startsWith(':')) colons?.strings.add(value)
    if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is no value here`)
    return value
  }
  if (value instanceof Keyword) {
    const text = `:${value.name}`
    colons?.keywords.add(text)
    return text
  }
  if (isList(value)) return isPlainList(value) ? value : value.map((item) => jsonOf(item, colons))
  if (value instanceof Tagged) return { [`#${value.tag}`]: jsonOf(value.value, colons) }
  if (value instanceof Set) return { '#': Array.from(value as ReadonlySet<Edn>, (item) => jsonOf(item, colons)) }
  if (value instanceof Map) {
    const entries = Array.from(value as ReadonlyMap<Edn, Edn>, ([key, item]): [string, Json] => {
      const name = jsonOf(key, colons)
      return [typeof name === 'string' ? name : JSON.stringify(name), jsonOf(item, colons)]
    })
    return Object.fromEntries(entries)
  }
  return 'name' in value ? value.name : null
}

/** Most lists: they are their own JSON. */
function isPlainList(list: readonly Edn[]): list is readonly (Edn & Json)[] {
  for (const value of list) if (!isPlain(value)) return false
  return true
}

function isPlain(value: Edn): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value === 'string') return value.charCodeAt(0) !== colon
  return value === null || typeof value === 'boolean' || (isList(value) && isPlainList(value))
}

export function isList(value: Edn): value is readonly Edn[] {
  return Array.isArray(value)
}

/** Texts of a history's values that look like keywords, and those that were: the same must not be both. */
export interface Colons {
  readonly strings: Set<string>
  readonly keywords: Set<string>
}

const keywordPattern = /^:[A-Za-z*!_?$%&=<>][\w*+!?$%&=<>.:/'#-]*$/

/** Numbers, texts, lists and maps with texts as keys; texts that look like keywords become such. */
export function printEdn(value: Json): string {
  if (typeof value === 'string') return keywordPattern.test(value) ? value : printText(value)
  if (typeof value === 'number') return printNumber(value)
  if (typeof value !== 'object' || value === null) return value === null ? 'nil' : String(value)
  if (isJsonList(value)) return `[${value.map(printEdn).join(' ')}]`
  const entries = Object.entries(value).map(([name, item]) => `${printEdn(name)} ${printEdn(item)}`)
  return `{${entries.join(', ')}}`
}

function isJsonList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** What a reader of EDN takes for this keyword: its name must be one token. */
export function printKeyword(name: string): string {
  return keywordPattern.test(`:${name}`) ? `:${name}` : printText(`:${name}`)
}

/** A text in quotes, in ASCII only. */
export function printText(text: string): string {
  const escaped = text.replace(/["\\]|[^ -~]/g, (char) => {
    if (char === '"' || char === '\\') return `\\${char}`
    if (char === '\n') return '\\n'
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  return `"${escaped}"`
}
