import { expect, test } from 'vitest'
import { timeFrame } from './axis.ts'
import { type Band, drawBands, layBands, longLabel } from './bands.ts'

const frame = timeFrame(0, 1_000_000)

function band(id: string, fromUs: number, toUs: number, bit?: string): Band {
  return { id, fault: 'pause', fromUs, toUs, target: 'n1', tint: 0, ...(bit === undefined ? {} : { bit }) }
}

test('bands that overlap, or whose names would, stand in rows of their own', () => {
  const bands = [band('f1', 0, 10), band('f2', 20, 900_000), band('f3', 500_000, 510_000), band('f4', 910_000, 920_000)]
  expect(layBands(frame, bands, ({ id }) => id).placed.map(({ row }) => row)).toEqual([0, 1, 0, 0])
})

test('a band outside the window is not drawn, and one that reaches into it is cut at its edge', () => {
  const window = timeFrame(100, 200)
  const { placed } = layBands(window, [band('f1', 0, 50), band('f2', 50, 150), band('f3', 201, 300)], longLabel)
  expect(placed.map(({ band: { id }, left }) => [id, left])).toEqual([['f2', window.left]])
})

test('a fault that did not bite says so in words, not by its looks alone', () => {
  const { placed } = layBands(frame, [band('f1', 0, 10), band('f2', 500_000, 600_000, 'a new leader')], longLabel)
  expect(placed.map(({ label }) => label)).toEqual(['f1 pause: n1 · did not bite', 'f2 pause: n1'])
  const { markup } = drawBands({ placed, rows: 1, height: 22 }, 0, 100)
  expect(markup).toContain('Nothing shows that it bit.')
  expect(markup).toContain('It bit: a new leader')
})
