import fc from 'fast-check'
import type { HistoryEvent, Json } from 'porcupine-ts/formats'
import { expect, test } from 'vitest'
import { spansOf } from '../spans.ts'
import { eventsOf, packOps, placeOf, textOf, unpackOps } from './ops.ts'

const json = fc.oneof(
  fc.integer(),
  fc.string(),
  fc.constant(null),
  fc.record({ version: fc.nat(), value: fc.string() }),
)

/** Histories in which each process has one op open at a time; some ops never end, some events belong to nothing. */
const histories = fc
  .array(
    fc.record({
      process: fc.nat(3),
      gapUs: fc.nat(5_000),
      type: fc.constantFrom<HistoryEvent['type'][]>('ok', 'fail', 'info', 'invoke'),
      f: fc.constantFrom('read', 'write', 'cas'),
      key: fc.option(fc.constantFrom('k1', '</script>', ''), { nil: undefined }),
      value: fc.option(json, { nil: undefined }),
      error: fc.option(fc.string(), { nil: undefined }),
    }),
    { maxLength: 40 },
  )
  .map((lines): HistoryEvent[] => {
    let timeUs = 0
    return lines.map(({ gapUs, type, process, f, key, value, error }, index) => {
      timeUs += gapUs
      const where = { index, timeUs, process, f, client: process, ...(key === undefined ? {} : { key }) }
      if (type === 'invoke') return { ...where, type, ...(value === undefined ? {} : { value: value as Json }) }
      if (type === 'ok') return { ...where, type, ...(value === undefined ? {} : { output: value as Json }) }
      return { ...where, type, ...(error === undefined ? {} : { error }) }
    })
  })

test('ops come out of their columns as they went in: the same texts, times and ends', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const ops = unpackOps(JSON.parse(JSON.stringify(packOps(history))))
      const spans = spansOf(history)
      const shown = Array.from({ length: ops.length }, (_, at) => {
        const [invoke, end] = eventsOf(ops, at)
        return { text: textOf(ops, at), callUs: invoke.timeUs, endUs: end?.timeUs, outcome: end?.type ?? 'info' }
      })
      expect(shown).toEqual(spans.map(({ text, callUs, endUs, outcome }) => ({ text, callUs, endUs, outcome })))
    }),
  )
})

test('an op is found by the index of its invocation, and by nothing else', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const ops = unpackOps(packOps(history))
      const invocations = history.filter(({ type }) => type === 'invoke')
      for (const { index, type } of history) {
        const place = placeOf(ops, index)
        expect(place).toBe(type === 'invoke' ? invocations.findIndex((event) => event.index === index) : -1)
        if (place >= 0) expect(eventsOf(ops, place)[0]).toEqual(invocations[place])
      }
    }),
  )
})
