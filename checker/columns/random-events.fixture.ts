/** Random recorded histories of a small key-value store, as events: with everything that a recorded one may have. */
import fc from 'fast-check'
import type { HistoryEvent, Json } from '../formats/event.ts'

interface Draft {
  readonly process: number
  readonly f: 'read' | 'write' | 'delete' | 'cas' | 'append'
  readonly key: string | undefined
  readonly value: Json
  readonly other: Json
  readonly end: 'ok' | 'fail' | 'info' | 'open'
  readonly swapped: boolean
  readonly shows: boolean
  readonly version: number | undefined
  readonly tick: number
  readonly length: number
}

export interface Shape {
  readonly values: fc.Arbitrary<Json>
  readonly functions: readonly Draft['f'][]
  readonly hasVersions: boolean
  readonly most: number
}

/** Calls overlap, timestamps are often equal, answers are arbitrary: mostly illegal, unless there is little to say. */
export function randomEvents({ values, functions, hasVersions, most }: Shape): fc.Arbitrary<readonly HistoryEvent[]> {
  const draft = fc.record<Draft>({
    process: fc.nat(3),
    f: fc.constantFrom(...functions),
    key: fc.constantFrom('x', 'y'),
    value: values,
    other: values,
    end: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'fail', 'info', 'open'),
    swapped: fc.boolean(),
    shows: fc.boolean(),
    version: hasVersions ? fc.option(fc.nat(3), { nil: undefined }) : fc.constant(undefined),
    tick: fc.nat(2),
    length: fc.nat(4),
  })
  return fc.array(draft, { maxLength: most }).map(eventsOf)
}

function eventsOf(drafts: readonly Draft[]): readonly HistoryEvent[] {
  const moments: { timeUs: number; draft: Draft; process: number; isEnd: boolean }[] = []
  const freeAt = [0, 0, 0, 0]
  const processes = [0, 1, 2, 3]
  let now = 0
  for (const draft of drafts) {
    now = Math.max(now + draft.tick, freeAt[draft.process] ?? 0)
    const process = processes[draft.process] ?? 0
    moments.push({ timeUs: now, draft, process, isEnd: false })
    if (draft.end !== 'open') moments.push({ timeUs: now + draft.length, draft, process, isEnd: true })
    // After an op without an answer its client goes on under a new number.
    if (draft.end === 'open' || draft.end === 'info') processes[draft.process] = process + 4
    freeAt[draft.process] = now + draft.length
  }
  // Stable, so that an op ends after it began.
  return moments.sort((a, b) => a.timeUs - b.timeUs).map((moment, index) => eventOf({ ...moment, index }))
}

function eventOf(moment: {
  index: number
  timeUs: number
  draft: Draft
  process: number
  isEnd: boolean
}): HistoryEvent {
  const { index, timeUs, process, isEnd, draft } = moment
  const { f, key, value, other, end } = draft
  const argument = f === 'cas' ? [value, other] : f === 'append' ? String(value) : f === 'write' ? value : undefined
  return {
    index,
    timeUs,
    process,
    type: isEnd && end !== 'open' ? end : 'invoke',
    f,
    ...(key === undefined ? {} : { key }),
    ...(argument === undefined ? {} : { value: argument }),
    ...(isEnd && end === 'ok' ? { output: outputOf(draft) } : {}),
    ...(isEnd && end !== 'ok' ? { error: 'time-out' } : {}),
    client: process % 4,
    node: 'n1',
  }
}

function outputOf({ f, value, other, swapped, shows, version }: Draft): Json {
  const counted = version === undefined ? {} : { version }
  if (f === 'read') return shows || version === undefined ? { value, ...counted } : counted
  if (f === 'cas') return { swapped, ...(shows && !swapped ? { found: other } : {}), ...counted }
  return counted
}
