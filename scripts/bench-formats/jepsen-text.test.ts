import { pairs, readHistory } from 'porcupine-ts/formats'
import { expect, test } from 'vitest'
import { jepsenText, type ShapeName, shapes } from './jepsen-text.ts'

test.each(Object.keys(shapes) as ShapeName[])(
  '%s are a history of Jepsen of the size asked for, always the same',
  (shape) => {
    const text = jepsenText(shape, 50_000)
    expect(text.length).toBeGreaterThanOrEqual(50_000)
    expect(text.length).toBeLessThan(50_200)
    expect(jepsenText(shape, 50_000)).toBe(text)
    const { events, notes } = readHistory(text)
    expect(notes).toEqual([])
    expect(events.length).toBe(text.split('\n').length - 1)
    expect(events.every(({ key }) => (key === undefined) === (shape !== 'records'))).toBe(true)
    expect(pairs(events).operations.length).toBeGreaterThan(100)
  },
)
