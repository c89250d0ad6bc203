import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { searchable } from './filter.ts'
import { indexFile, RunIndex } from './run-index.ts'
import type { RunRow } from './run-row.ts'
import { freshRoot, type Made, makeDirectory, makeRun } from './runs.fixture.ts'

let root = ''
let index: RunIndex
beforeEach(() => {
  root = freshRoot()
  index = new RunIndex(root)
})
afterEach(() => {
  index.close()
  rmSync(root, { recursive: true })
})

const names = (...filter: Parameters<RunIndex['list']>): string[] => index.list(...filter).rows.map(({ name }) => name)

const day = (number: number): string => `2026-02-0${number}T10:00:00.000Z`
const some: readonly Made[] = [
  { name: 'a', outcome: 'valid', seed: '2', startedAt: day(1), faults: ['pause', 'kill', 'pause'], ok: 30 },
  {
    name: 'b',
    outcome: 'illegal',
    cause: 'c1 saw a Stale read',
    seed: '10',
    startedAt: day(3),
    bug: 'leader-local-read',
  },
  { name: 'c', workload: 'append', seed: '100%_x', startedAt: day(2), mode: 'sim', faults: ['partition'] },
  { name: 'd', outcome: 'vacuous', workload: 'append', seed: 'x', startedAt: day(4), faults: ['kill'], ok: 5 },
]

test('a row has what a list needs, from the small files alone', () => {
  const { dir } = makeRun(root, { ...some[0]!, history: [] })
  writeFileSync(join(dir, 'history.jsonl'), 'no history at all')
  index.refresh()
  expect(index.list()).toEqual({
    total: 1,
    rows: [
      {
        name: 'a',
        state: 'judged',
        outcome: 'valid',
        cause: 'because',
        mode: 'real',
        system: 'raft-kv',
        nodes: 3,
        workload: 'register',
        clients: 8,
        faults: ['kill', 'pause'],
        seed: '2',
        startedAt: day(1),
        durationMs: 20_000,
        ops: { ok: 30, fail: 2, info: 1, keys: 3 },
        faultsBit: expect.any(Number),
        faultsPlanned: expect.any(Number),
        hasReport: false,
      },
    ],
  })
  expect(index.get('a')).toEqual(index.list().rows[0])
  expect(index.get('A')).toBeUndefined()
})

describe('a list', () => {
  beforeEach(() => {
    for (const made of some) makeRun(root, made)
    index.refresh()
  })

  test.each([
    [{}, 'dbca'],
    [{ isAscending: true }, 'acbd'],
    [{ sort: 'seed', isAscending: true }, 'dabc'],
    [{ sort: 'ops' }, 'abdc'],
    [{ sort: 'outcome', isAscending: true }, 'bdac'],
    [{ sort: 'bug' }, 'bdca'],
    [{ outcomes: ['illegal', 'vacuous'] }, 'db'],
    [{ outcomes: ['open'] }, 'c'],
    [{ outcomes: ['open', 'valid'] }, 'ca'],
    [{ outcomes: ["' OR 1=1 --"] }, ''],
    [{ workload: 'append' }, 'dc'],
    [{ system: 'etcd' }, ''],
    [{ bug: 'leader-local-read' }, 'b'],
    [{ bug: 'none' }, 'dca'],
    [{ fault: 'kill' }, 'da'],
    [{ fault: 'kil' }, ''],
    [{ fault: 'none' }, 'b'],
    [{ mode: 'sim' }, 'c'],
    [{ since: day(3) }, 'db'],
    [{ text: 'stale C1' }, 'b'],
    [{ text: '%' }, 'c'],
    [{ text: '_' }, 'c'],
    [{ text: 'stale vacuous' }, ''],
    [{ workload: 'append', fault: 'kill' }, 'd'],
  ] as const)('of %j has %j', (filter, expected) => {
    expect(names(filter).join('')).toBe(expected)
  })

  test('comes in pieces, and says how many there are in all', () => {
    expect(index.list({ limit: 2, offset: 1 })).toMatchObject({ total: 4, rows: [{ name: 'b' }, { name: 'c' }] })
  })

  test('has menus: values, kinds of faults, outcomes with their number', () => {
    expect(index.values('workload')).toEqual(['append', 'register'])
    expect(index.values('bug')).toEqual(['leader-local-read'])
    expect(index.faultKinds()).toEqual(['kill', 'partition', 'pause'])
    expect(index.outcomes()).toEqual({ valid: 1, illegal: 1, open: 1, vacuous: 1 })
  })
})

describe('a refresh', () => {
  test('reads what is new or changed, and forgets what is gone', () => {
    for (const made of some) makeRun(root, made)
    expect(index.refresh()).toEqual({ read: 4, removed: 0 })
    expect(index.refresh()).toEqual({ read: 0, removed: 0 })
    rmSync(join(root, 'a'), { recursive: true })
    writeFileSync(join(root, 'b', 'outcome.json'), readFileSync(join(root, 'd', 'outcome.json')))
    expect(index.refresh()).toEqual({ read: 1, removed: 1 })
    expect(index.get('b')?.outcome).toBe('vacuous')
    expect(index.get('a')).toBeUndefined()
  })

  test('of one run leaves the others as they were', () => {
    for (const made of some) makeRun(root, made)
    expect(index.refreshOne('a')).toEqual({ read: 1, removed: 0 })
    expect(names()).toEqual(['a'])
    index.refresh()
    rmSync(join(root, 'a'), { recursive: true })
    rmSync(join(root, 'b'), { recursive: true })
    expect(index.refreshOne('a')).toEqual({ read: 0, removed: 1 })
    expect(names()).toEqual(['d', 'b', 'c'])
    for (const odd of ['.', '..', '../b', '.hidden', '']) expect(index.refreshOne(odd)).toEqual({ read: 0, removed: 0 })
  })

  test('sees an outcome that comes later', () => {
    const stored = makeRun(root, { name: 'a' })
    index.refresh()
    expect(index.get('a')).toMatchObject({ state: 'open', cause: 'no outcome yet' })
    cpSync(join(makeRun(root, some[1]!).dir, 'outcome.json'), join(stored.dir, 'outcome.json'), {
      preserveTimestamps: true,
    })
    index.refresh()
    expect(index.get('a')).toMatchObject({ state: 'judged', outcome: 'illegal' })
  })

  test('after anything that may happen to a directory equals an index made anew', () => {
    const files = ['plan.json', 'environment.json', 'outcome.json', 'evidence.json', 'report.html'] as const
    const act = fc.oneof(
      fc.record({ act: fc.constant('make' as const), at: fc.nat(3) }),
      fc.record({ act: fc.constant('remove' as const), at: fc.nat(3) }),
      fc.record({
        act: fc.constant('write' as const),
        at: fc.nat(3),
        file: fc.constantFrom(...files),
        text: fc.json(),
      }),
      fc.record({ act: fc.constant('unlink' as const), at: fc.nat(3), file: fc.constantFrom(...files) }),
      fc.record({ act: fc.constant('refresh' as const), at: fc.nat(3) }),
    )
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        for (const step of acts) {
          const made = some[step.at]!
          const dir = join(root, made.name)
          if (step.act === 'make' && !existsSync(dir)) makeRun(root, made)
          if (step.act === 'remove') rmSync(dir, { recursive: true, force: true })
          if (step.act === 'write' && existsSync(dir)) writeFileSync(join(dir, step.file), step.text)
          if (step.act === 'unlink') rmSync(join(dir, step.file), { force: true })
          if (step.act === 'refresh') index.refresh()
        }
        index.refresh()
        const kept = index.list()
        index.rebuild()
        expect(kept).toEqual(index.list())
      }),
      { numRuns: 30 },
    )
  })
})

test('the words of a search are found as a person would find them by reading', () => {
  for (const made of some) makeRun(root, made)
  index.refresh()
  const { rows } = index.list()
  const words = fc.array(fc.constantFrom('stale', 'kill', 'append', '10', 'a', 'RAFT', "'", '%', 'é', ' ', '\\'), {
    maxLength: 3,
  })
  const textOf = (row: RunRow): string =>
    searchable(
      [
        row.name,
        row.state,
        row.outcome,
        row.cause,
        row.mode,
        row.system,
        row.bug,
        row.workload,
        row.faults.join('\n'),
        row.seed,
        row.startedAt,
      ].join('\n'),
    )
  fc.assert(
    fc.property(words, (list) => {
      const expected = rows.filter((row) => list.every((word) => textOf(row).includes(searchable(word).trim())))
      expect(names({ text: list.join(' ') })).toEqual(expected.map(({ name }) => name))
    }),
    { numRuns: 200 },
  )
})

describe('a damaged directory is listed as such', () => {
  const whole = JSON.stringify({ plan: 1, seed: '1', system: {}, workload: {}, faults: [] })
  test.each([
    [
      'without a plan',
      { 'outcome.json': '{}' },
      'there is no plan.json; there is no environment.json; outcome.json is no outcome',
    ],
    [
      'with a torn plan',
      { 'plan.json': '{"plan":', 'environment.json': '{}' },
      'plan.json can not be read: it is no JSON',
    ],
    ['with a list for a plan', { 'plan.json': '[]', 'environment.json': '{}' }, 'plan.json holds no object'],
    ['of another version', { 'plan.json': '{"plan":99}', 'environment.json': '{}' }, 'plan.json is of another version'],
    [
      'with a false outcome',
      { 'plan.json': whole, 'environment.json': '{}', 'outcome.json': '{"outcome":"fine"}' },
      'outcome.json is no outcome',
    ],
    ['with a history only', { 'history.jsonl': '' }, 'there is no plan.json; there is no environment.json'],
  ] as const)('%s', (_title, files, problem) => {
    makeRun(root, some[0]!)
    makeDirectory(root, 'odd <b>', files)
    index.refresh()
    expect(index.get('odd <b>')).toMatchObject({ state: 'damaged', cause: `damaged: ${problem}` })
    expect(index.get('odd <b>')?.outcome).toBeUndefined()
    expect(index.list().total).toBe(2)
  })

  test('whatever stands in its files', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), fc.json(), (plan, environment, outcome) => {
        makeDirectory(root, 'odd', { 'plan.json': plan, 'environment.json': environment, 'outcome.json': outcome })
        index.refresh()
        expect(index.get('odd')?.state).toBe('damaged')
      }),
      { numRuns: 30 },
    )
  })

  test('also where a link or a directory stands in the place of a file', () => {
    const { dir } = makeRun(root, some[0]!)
    rmSync(join(dir, 'outcome.json'))
    symlinkSync('/etc/passwd', join(dir, 'outcome.json'))
    rmSync(join(dir, 'plan.json'))
    mkdirSync(join(dir, 'plan.json'))
    index.refresh()
    expect(index.get('a')?.cause).toBe('damaged: plan.json is no file; outcome.json is no file')
  })

  test('but what holds nothing of a run, is hidden, or is a link, is no run', () => {
    makeRun(root, some[0]!)
    makeDirectory(root, 'notes', { 'todo.txt': '' })
    makeDirectory(root, '.hidden', { 'plan.json': '{}' })
    symlinkSync('/etc', join(root, 'link'))
    index.refresh()
    expect(names()).toEqual(['a'])
  })
})

describe('the index is no source of truth:', () => {
  const expected = (): void => {
    for (const made of some) makeRun(root, made)
    index.refresh()
    expect(index.list().total).toBe(4)
    index.close()
  }

  test.each([
    ['missing', (path: string) => rmSync(path)],
    ['empty', (path: string) => truncateSync(path)],
    ['torn', (path: string) => truncateSync(path, 5_000)],
    ['something else', (path: string) => writeFileSync(path, 'not a database'.repeat(500))],
    ['overwritten in the middle', (path: string) => overwrite(path)],
    [
      'the database of somebody else',
      (path: string) => {
        rmSync(path)
        const other = new DatabaseSync(path)
        other.exec('CREATE TABLE runs (a); PRAGMA user_version = 77')
        other.close()
      },
    ],
    [
      'a directory',
      (path: string) => {
        rmSync(path)
        mkdirSync(path)
      },
    ],
  ] as const)('where it is %s, the runs are listed all the same', (_what, damage) => {
    expected()
    damage(indexFile(root))
    index = new RunIndex(root)
    index.refresh()
    expect(names()).toEqual(['d', 'b', 'c', 'a'])
    expect(index.refresh()).toEqual({ read: 0, removed: 0 })
  })

  test('where it is damaged while it is open, it is made anew', () => {
    expected()
    index = new RunIndex(root)
    writeFileSync(indexFile(root), 'x'.repeat(20_000))
    index.refresh()
    expect(names()).toEqual(['d', 'b', 'c', 'a'])
    expect(index.note).toContain('made anew')
  })

  test('where another process keeps it to itself, this one does without', () => {
    expected()
    index = new RunIndex(root, { busyMs: 20 })
    const other = new DatabaseSync(indexFile(root))
    other.exec('BEGIN EXCLUSIVE')
    rmSync(join(root, 'a'), { recursive: true })
    index.refresh()
    expect(names()).toEqual(['d', 'b', 'c'])
    expect(index.note).toContain('in memory')
    other.exec('ROLLBACK')
    expect(other.prepare('SELECT count(*) AS runs FROM runs').get()).toEqual({ runs: 4 })
    other.close()
  })

  test('a link in its place is not followed', () => {
    index.close()
    const other = join(root, 'precious.txt')
    writeFileSync(other, 'precious')
    rmSync(indexFile(root))
    symlinkSync(other, indexFile(root))
    makeRun(root, some[0]!)
    index = new RunIndex(root)
    index.refresh()
    expect(names()).toEqual(['a'])
    expect(index.note).toContain('in memory')
    expect(readFileSync(other, 'utf8')).toBe('precious')
  })

  test('a root that is not there has no runs, and is not made', () => {
    const none = new RunIndex(join(root, 'none'))
    none.refresh()
    expect(none.list()).toEqual({ rows: [], total: 0 })
    none.close()
    expect(existsSync(join(root, 'none'))).toBe(false)
  })

  test('two may use it at once', () => {
    const other = new RunIndex(root)
    makeRun(root, some[0]!)
    index.refresh()
    makeRun(root, some[1]!)
    other.refresh()
    index.refresh()
    expect(names()).toEqual(['b', 'a'])
    expect(other.list().rows).toEqual(index.list().rows)
    other.close()
  })
})

/** Leaves the first page, which says that it is ours. */
function overwrite(path: string): void {
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.fill(0xab, 4_096))
}
