/** Writes JSON that a careful reader reads as it was meant. */
import type { Json } from './event.ts'

/**
 * As `JSON.stringify`, but for whole numbers that a double can not tell from their neighbours: written out they would
 * claim digits that nobody knows, so they get an exponent.
 */
export function printJson(value: Json): string {
  if (typeof value === 'number') return printNumber(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(printJson).join(',')}]`
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}:${printJson(item)}`)
    .join(',')}}`
}

/** As a file of JSON would have it: without fields that are absent. */
export function plainJson(value: object): Json {
  return JSON.parse(JSON.stringify(value))
}

export function printNumber(value: number): string {
  const text = String(value)
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(text) ? text : value.toExponential()
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
