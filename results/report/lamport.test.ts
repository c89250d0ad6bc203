import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gutter, width } from './axis.ts'
import { laneX, layRows, lettersBetween, type Note, noteWidth, noteX } from './lamport.ts'

const lanes = 4
const aNote = fc.record({
  timeUs: fc.nat(50_000),
  place: fc.record({ gap: fc.nat(lanes - 2), side: fc.constantFrom('left' as const, 'right' as const) }),
  text: fc.string({ minLength: 1, maxLength: lettersBetween(lanes) }),
})

/** From where to where a note's line of text reaches. */
function box(note: Note, baseline: number) {
  const x = noteX(note.place, lanes)
  const wide = noteWidth(note)
  const left = note.place.side === 'left' ? x : x - wide
  return { left, right: left + wide, top: baseline - 9, bottom: baseline + 2.5 }
}

test('no text covers another, whatever happens at once', () => {
  fc.assert(
    fc.property(fc.array(aNote, { maxLength: 40 }), (notes) => {
      const layout = layRows([], { notes, rules: [], lanes, top: 0 })
      const boxes = notes.map((note) => box(note, layout.baseline(note)))
      boxes.forEach((a, at) => {
        for (const b of boxes.slice(at + 1)) {
          const isApart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top
          expect(isApart).toBe(true)
        }
      })
    }),
  )
})

test('later is further down, and every text is below its moment', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000_000)), fc.array(aNote, { maxLength: 20 }), (moments, notes) => {
      const layout = layRows(moments, { notes, rules: [{ timeUs: 7 }], lanes, top: 0 })
      const times = [...new Set([7, ...moments, ...notes.map(({ timeUs }) => timeUs)])].sort((a, b) => a - b)
      expect(layout.rows.map(({ timeUs }) => timeUs)).toEqual(times)
      const ys = layout.rows.map(({ y }) => y)
      expect(ys.every((y, at) => at === 0 || y > ys[at - 1]!)).toBe(true)
      for (const note of notes) expect(layout.baseline(note)).toBeGreaterThan(layout.y(note.timeUs))
      expect(layout.bottom).toBeGreaterThan(Math.max(...ys))
    }),
  )
})

test('a pause is cut short and told', () => {
  const { rows } = layRows([0, 1_000, 9_001_000], { notes: [], rules: [], lanes, top: 0 })
  expect(rows.map(({ pauseUs }) => pauseUs)).toEqual([undefined, undefined, 9_000_000])
  expect(rows[2]!.y).toBeLessThan(60)
})

test.each([1, 2, 5, 9])('%i lanes fit into the drawing', (count) => {
  const xs = Array.from({ length: count }, (_, at) => laneX(at, count))
  expect(Math.min(...xs)).toBeGreaterThan(gutter)
  expect(Math.max(...xs)).toBeLessThan(width - 10)
  expect(lettersBetween(count)).toBeGreaterThan(15)
})
