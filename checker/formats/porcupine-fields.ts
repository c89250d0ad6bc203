/** The fields of Porcupine's inputs and outputs, whose names are read without regard to capitals. */
import type { Json } from './event.ts'

export type Fields = { readonly [name: string]: Json }

/** What our models know in an answer. */
const known = ['value', 'version', 'swapped', 'found', 'failed'] as const
/** Whose answers have these fields; those of other objects are left as they are. */
const functions = ['read', 'write', 'delete', 'append', 'cas'] as const

/** In small letters: Go writes a field's name only if it begins with a capital. `undefined`: two would become one. */
export function fieldsOf(value: Json): Fields | undefined {
  if (!isFields(value)) return {}
  return renamed(value, (name) => name.toLowerCase())
}

/** An answer of ours, with the names that we know as we write them; `undefined`: two of them would become one. */
export function answerOf(f: string, output: Json): Json | undefined {
  if (!isFields(output) || !functions.some((each) => each === f)) return output
  return renamed(output, (name) => known.find((each) => each === name.toLowerCase()) ?? name)
}

/** A read that was answered, but not with anything that we know. */
export function showsNothing(f: string, answer: Json): boolean {
  return f === 'read' && isFields(answer) && answer.value === undefined && answer.version === undefined
}

export function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function renamed(fields: Fields, rename: (name: string) => string): Fields | undefined {
  const entries = Object.entries(fields).map(([name, field]): [string, Json] => [rename(name), field])
  const names = new Set(entries.map(([name]) => name))
  return names.size === entries.length ? Object.fromEntries(entries) : undefined
}
