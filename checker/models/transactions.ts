/**
 * Registers by name, and transactions that read and write several of them at one moment: strict serializability. An op
 * is Elle's `txn`: `[["r", "x", null], ["w", "y", 1]]`, answered by the same list with what was read filled in.
 */
import type { Json } from '../formats/event.ts'
import type { KvInput, KvOutput } from './kv.ts'
import { expected, isItem, type ObjectModel, unknownFunction } from './object.ts'
import { register } from './register.ts'
import { type WholeKvInput, type WholeKvOutput, type WholeKvState, wholeKv } from './whole-kv.ts'

export const transactions: ObjectModel<WholeKvState, WholeKvInput, WholeKvOutput> = {
  ...wholeKv(register),
  summary: 'registers and transactions over several: txn ([["r", key, null], ["w", key, value], …])',
  codec: {
    input({ f, value }) {
      if (f !== 'txn') return unknownFunction(f, ['txn'])
      return { f, value: listOf(value, f).map((part) => partOf(part, f)) }
    },
    output(input, output) {
      if (input.f !== 'txn') return unknownFunction(input.f, ['txn'])
      const answers = listOf(output, input.f)
      if (answers.length !== input.value.length) return expected('one answer for each of its parts', input.f, output)
      return { results: input.value.map((part, i) => answerOf(part, answers[i])) }
    },
  },
}

function listOf(value: Json | undefined, f: string): readonly Json[] {
  return isList(value) ? value : expected('a list of reads and writes', f, value)
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

function partOf(part: Json, f: string): KvInput {
  const [name, given, value]: readonly (Json | undefined)[] = isList(part) ? part : []
  const key = typeof given === 'number' ? String(given) : given
  if (typeof key !== 'string') return expected('parts such as ["r", "x", null]', f, part)
  if (name === 'r') return { f: 'read', key }
  if (name === 'w' && (isItem(value) || value === null)) return { f: 'write', key, value }
  return expected('parts such as ["r", "x", null] or ["w", "x", 1]', f, part)
}

function answerOf(part: KvInput, answer: Json | undefined): KvOutput {
  if (part.f !== 'read') return {}
  const value = isList(answer) ? answer[2] : undefined
  return isItem(value) || value === null ? { value } : expected('reads such as ["r", "x", 1]', 'txn', answer)
}
