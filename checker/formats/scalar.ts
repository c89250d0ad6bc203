/** A value that a person typed, as JSON, such as what every key holds at first. */
import type { KvValue } from '../models/kv.ts'
import { JsonReader } from './json-reader.ts'

/** Throws a `FormatError` where it is no JSON, a list or an object, or a number that would become another one. */
export function readScalar(text: string): KvValue {
  const reader = new JsonReader(text)
  const value = reader.value()
  const isScalar = value === null || typeof value !== 'object'
  if (!isScalar || !reader.isAtEnd)
    return reader.fail('null, a number, a text in quotes, true or false was expected', 0)
  return value
}
