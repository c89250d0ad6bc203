import { appendFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LiveRun, lastWriteMs } from './live.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'faultline-live-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const append = (file: string, ...lines: readonly (object | string)[]): void =>
  appendFileSync(
    join(dir, file),
    lines.map((line) => (typeof line === 'string' ? line : `${JSON.stringify(line)}\n`)).join(''),
  )
const op = (type: string, timeUs: number, more = {}): object => ({
  index: 0,
  timeUs,
  process: 0,
  type,
  f: 'read',
  key: 'k',
  ...more,
})

test('counts grow with the history, each line once, also one that arrives in two pieces', () => {
  const live = new LiveRun(dir)
  expect(live.look(0)).toMatchObject({ isOver: false, ops: { ok: 0, fail: 0, info: 0, open: 0 }, perSecond: [0] })
  append(
    'history.jsonl',
    { 'faultline-history': 1 },
    op('invoke', 10),
    op('invoke', 20),
    op('ok', 1_200_000),
    '{"type":"o',
  )
  expect(live.look(0)).toMatchObject({ ops: { ok: 1, fail: 0, info: 0, open: 1 }, elapsedS: 1.2, perSecond: [0, 1] })
  append(
    'history.jsonl',
    'k","timeUs":2100000}\n',
    op('invoke', 2_200_000),
    op('fail', 2_300_000),
    op('invoke', 2_400_000),
  )
  expect(live.look(0)).toMatchObject({ ops: { ok: 2, fail: 1, info: 0, open: 1 }, elapsedS: 2.4, perSecond: [0, 1, 1] })
})

test('what is done to nodes and links is told, and whether it still lasts', () => {
  const links = ['n2', 'n3', 'n4', 'n5'].map((to) => ({ from: 'n1', to }))
  append(
    'events.jsonl',
    { timeUs: 1, type: 'node-ready', node: 'n1' },
    { timeUs: 2, type: 'trace', node: 'n2', event: { type: 'role', role: 'leader', term: 3 } },
    ...links.map((link) => ({ timeUs: 1_000_000, type: 'link-cut', link })),
    { timeUs: 2_000_000, type: 'node-paused', node: 'n3' },
    { timeUs: 3_000_000, type: 'node-resumed', node: 'n3' },
    { timeUs: 4_000_000, type: 'node-dead', node: 'n2', wanted: true, how: 'SIGKILL' },
    { timeUs: 5_000_000, type: 'disk-broken', node: 'n1', how: 'slow' },
  )
  const { broken, faults, recent, leader } = new LiveRun(dir).look(0)
  expect(broken).toEqual(['4 links cut', 'n2 killed', 'n1 disk broken (slow)'])
  expect(faults).toEqual([
    ['link cut', 4],
    ['frozen', 1],
    ['killed', 1],
    ['disk broken (slow)', 1],
  ])
  expect(recent.map(({ atS, what }) => `${atS} ${what}`)).toEqual([
    '0.000002 n2 leads term 3',
    '1 4 links cut',
    '2 n3 frozen',
    '3 n3 goes on',
    '4 n2 killed',
    '5 n1 disk broken (slow)',
  ])
  expect(leader).toBeUndefined()
})

test('lines that can be none of ours change nothing', () => {
  append('history.jsonl', 'nonsense\n', '[]\n', 'null\n', '{"type":"ok","timeUs":"soon"}\n', '{"type":["ok"]}\n')
  append(
    'events.jsonl',
    '{"type":"link-cut"}\n',
    '{"type":"node-dead","node":7}\n',
    '{"type":"trace","node":"n1","event":3}\n',
  )
  const state = new LiveRun(dir).look(0)
  expect(state.ops).toEqual({ ok: 1, fail: 0, info: 0, open: 0 })
  expect(state.broken).toEqual(['a link cut', 'a link died by itself'])
})

test('a long history is read in several looks', () => {
  append('history.jsonl', `${JSON.stringify(op('ok', 5))}\n`.repeat(70_000))
  const live = new LiveRun(dir)
  expect(live.look(0).isCurrent).toBe(false)
  let looks = 1
  while (!live.look(0).isCurrent) looks++
  expect(looks).toBeLessThan(4)
  expect(live.look(0).ops.ok).toBe(70_000)
})

test('a history that is a link is not read', () => {
  writeFileSync(join(dir, 'other'), `${JSON.stringify(op('ok', 5))}\n`)
  symlinkSync(join(dir, 'other'), join(dir, 'history.jsonl'))
  expect(new LiveRun(dir).look(0).ops.ok).toBe(0)
})

test('a run is over when its outcome is there, and quiet since its last line', () => {
  append('history.jsonl', op('invoke', 1))
  const live = new LiveRun(dir)
  expect(live.look(lastWriteMs(dir) + 7_400).quietS).toBe(7)
  append('outcome.json', {})
  expect(live.look(0).isOver).toBe(true)
})
