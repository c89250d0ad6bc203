import { expect, test } from 'vitest'
import type { SystemEvent } from '../../cluster/system.ts'
import { settled } from './settled.ts'

const ready = (timeUs: number): SystemEvent => ({ timeUs, type: 'node-ready', node: 'n1' })
const paused = (timeUs: number): SystemEvent => ({ timeUs, type: 'node-paused', node: 'n1' })
const times = (events: readonly SystemEvent[]): number[] => settled(events).map(({ timeUs }) => timeUs)

test('what a real run told while its nodes started stands at the beginning', () => {
  expect(times([ready(53_000), ready(216_000), ready(24_000), paused(900_000)])).toEqual([0, 0, 24_000, 900_000])
})

test('what a simulation told before the beginning stays there', () => {
  expect(times([ready(-20_060), ready(0), paused(5)])).toEqual([-20_060, 0, 5])
})

test('an event that comes late, once there are faults, moves nothing', () => {
  expect(times([ready(10), paused(900_000), ready(100_000)])).toEqual([10, 900_000, 100_000])
})
