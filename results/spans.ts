/**
 * The ops of a history as intervals with a text, for statistics and for people. Unlike the checker's operations they
 * keep what failed: a refused op decides nothing, but it shows when a system was away.
 */
import type { HistoryEvent, Json } from 'porcupine-ts/formats'
import type { ShownOperation } from './outcome.ts'

export interface Span {
  readonly process: number
  readonly client?: number
  readonly node?: string
  readonly f: string
  readonly key?: string
  /** What was asked and answered: `cas 3 → 4: found 7 (version 12)`. */
  readonly text: string
  /** `info` also where the run ended before the op did. */
  readonly outcome: 'ok' | 'fail' | 'info'
  readonly callUs: number
  /** When the client had its answer, or gave up waiting; absent where the run ended first. */
  readonly endUs?: number
}

/** The ops of a history, by call. An end without a beginning is left out: lenient, as a report must open anyway. */
export function spansOf(history: readonly HistoryEvent[]): Span[] {
  const spans: Span[] = []
  const open = new Map<number, { at: number; invoke: HistoryEvent }>()
  for (const event of history) {
    if (event.type === 'invoke') {
      open.set(event.process, { at: spans.length, invoke: event })
      spans.push(spanOf(event, undefined))
      continue
    }
    const begun = open.get(event.process)
    if (begun === undefined) continue
    open.delete(event.process)
    spans[begun.at] = spanOf(begun.invoke, event)
  }
  return spans
}

/** How each op ended and on which key, in order of call; as `spansOf`, but without the words, which take time. */
export function endsOf(history: readonly HistoryEvent[]): Pick<Span, 'outcome' | 'key'>[] {
  const ends: Pick<Span, 'outcome' | 'key'>[] = []
  const open = new Map<number, number>()
  for (const { type, process, key } of history) {
    if (type === 'invoke') {
      open.set(process, ends.length)
      ends.push({ outcome: 'info', ...(key === undefined ? {} : { key }) })
      continue
    }
    const at = open.get(process)
    if (at === undefined) continue
    open.delete(process)
    ends[at] = { ...ends[at], outcome: type }
  }
  return ends
}

/** One op in the form that an anomaly shows. A failed op counts as returned; an indeterminate one stays open. */
export function shownOperation(invoke: HistoryEvent, end: HistoryEvent | undefined): ShownOperation {
  const { outcome, endUs, ...span } = spanOf(invoke, end)
  return outcome === 'info' || endUs === undefined ? span : { ...span, returnUs: endUs }
}

/** Who did it, as in sentences: a client where one is known, else a process. */
export function actorOf(op: { readonly process: number; readonly client?: number }): string {
  return op.client === undefined ? `p${op.process}` : `c${op.client}`
}

function spanOf(invoke: HistoryEvent, end: HistoryEvent | undefined): Span {
  return {
    process: invoke.process,
    ...(invoke.client === undefined ? {} : { client: invoke.client }),
    ...(invoke.node === undefined ? {} : { node: invoke.node }),
    f: invoke.f,
    ...(invoke.key === undefined ? {} : { key: invoke.key }),
    text: describe(invoke, end),
    outcome: end === undefined || end.type === 'invoke' ? 'info' : end.type,
    callUs: invoke.timeUs,
    ...(end === undefined ? {} : { endUs: end.timeUs }),
  }
}

/** What was asked and answered, in a person's words. */
export function describe(invoke: HistoryEvent, end: HistoryEvent | undefined): string {
  const asked = question(invoke)
  if (end === undefined) return `${asked}: no answer`
  switch (end.type) {
    case 'ok':
      return `${asked}: ${answer(end.output)}`
    case 'fail':
      return `${asked}: failed${end.error === undefined ? '' : `, ${end.error}`}`
    case 'info':
      return `${asked}: no answer${end.error === undefined ? '' : ` (${end.error})`}`
    case 'invoke':
      throw new Error('an invocation does not end an op')
    default:
      return end.type satisfies never
  }
}

function question({ f, value }: HistoryEvent): string {
  if (value === undefined) return f
  if (f === 'cas' && isList(value) && value.length === 2) return `cas ${shown(value[0])} → ${shown(value[1])}`
  return `${f} ${shown(value)}`
}

function answer(output: Json | undefined): string {
  if (output === undefined) return 'ok'
  if (!isObject(output)) return shown(output)
  const version = output.version === undefined ? '' : ` (version ${shown(output.version)})`
  if (output.swapped === true) return `swapped${version}`
  if (output.swapped === false) {
    return output.found === undefined ? `refused${version}` : `found ${shown(output.found)}${version}`
  }
  if ('value' in output) return `${shown(output.value)}${version}`
  return `ok${version}`
}

/** Long values keep both ends: an appended text differs at its end. */
function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return 'absent'
  const text = JSON.stringify(value)
  return text.length <= 48 ? text : `${text.slice(0, 20)}…${text.slice(-25)}`
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
