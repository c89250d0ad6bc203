import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { HistoryEvent } from 'porcupine-ts/formats'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SystemEvent } from '../cluster/system.ts'
import { exampleEnvironment as environment, illegalRun, examplePlan as plan } from './examples.ts'
import { createRun, listRuns, readRun, resolveRun, runName } from './store.ts'

const head = { workload: 'register', model: 'register' }
const invoke: HistoryEvent = { index: 0, timeUs: 10, process: 0, type: 'invoke', f: 'write', key: 'k', value: 'ä\n✓' }
const ok: HistoryEvent = { ...invoke, index: 1, timeUs: 20, type: 'ok', output: { version: 1 } }
const ready: SystemEvent = { timeUs: 5, type: 'node-ready', node: 'n1' }
const name = '20260131-142503-register-ok-1729'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'faultline-store-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const create = (as = name) => createRun(root, as, { plan, environment })

test('a root is made level by level, and one that can not be made is a usage error', () => {
  expect(createRun(join(root, 'a', 'b'), name, { plan, environment }).name).toBe(name)
  writeFileSync(join(root, 'file'), '')
  for (const bad of [join(root, 'file'), join(root, 'file', 'below')]) {
    expect(() => createRun(bad, name, { plan, environment })).toThrow('a root that can not be made')
  }
})

test('a run is named by time, workload, bug and seed', () => {
  expect(runName(plan, environment)).toBe(name)
  const nasty = { ...plan, seed: '../../x y;$(z)', system: { ...plan.system, bug: 'commit-old-term' } }
  expect(runName(nasty, environment)).toBe('20260131-142503-register-commit-old-term-.._.._x_y_z_')
})

test.each([
  ['../../up', '_.._up'],
  ['/etc', '_etc'],
  ['..', 'run-'],
  ['', 'run-'],
  ['latest', 'run-latest'],
  ['-rf', 'rf'],
])('a directory named %j becomes %j below the root', (given, expected) => {
  expect(create(given).dir).toBe(join(root, expected))
})

test('what was written is read back as it was', () => {
  const { history, events, evidence, outcome } = illegalRun({ ops: 200 })
  const stored = create()
  const historyWriter = stored.historyWriter(head)
  for (const event of history) historyWriter.add(event)
  historyWriter.close()
  historyWriter.close()
  const eventsWriter = stored.eventsWriter()
  for (const event of events) eventsWriter.add(event)
  eventsWriter.close()
  stored.writeEvidence(evidence)
  stored.writeOutcome(outcome!)
  writeFileSync(join(stored.logs, 'n1.log'), 'started\n')
  const loaded = readRun(stored.dir)
  expect(loaded).toEqual({
    dir: stored.dir,
    name,
    plan,
    environment,
    header: expect.objectContaining({ 'faultline-history': 1, ...head }),
    history: history.map((event) => expect.objectContaining(event)),
    events,
    evidence,
    outcome,
    notes: [],
    files: [
      'plan.json',
      'environment.json',
      'history.jsonl',
      'events.jsonl',
      'evidence.json',
      'outcome.json',
      'logs/n1.log',
    ],
  })
  expect(basename(stored.writeReport('<p>', 'text'))).toBe('report.html')
  expect(readRun(stored.dir)).toEqual(loaded)
})

test('the command that repeats a run may name its directory', () => {
  const stored = createRun(root, name, { plan, environment, repeat: (dir) => `faultline replay ${basename(dir)}` })
  expect(readRun(stored.dir).environment.repeat).toBe(`faultline replay ${name}`)
})

test('runs of the same second get directories of their own, and latest is the newest', () => {
  const names = [create(), create(), create()].map((run) => run.name)
  expect(names).toEqual([name, `${name}-2`, `${name}-3`])
  expect(readlinkSync(join(root, 'latest'))).toBe(`${name}-3`)
  expect(listRuns(root)).toEqual(names)
})

test('something else named latest is not removed but complained about', () => {
  mkdirSync(join(root, 'latest'))
  expect(() => create()).toThrow(/given a file or directory .*latest; expected a link.*Type: mv /)
})

describe('a run whose controller died', () => {
  test('has what there was, and says what is missing', () => {
    const { history, events, evidence, outcome, notes } = readRun(create().dir)
    expect({ history, events, evidence, outcome, notes }).toEqual({
      history: [],
      events: [],
      evidence: [],
      outcome: undefined,
      notes: [
        'There is no history: the run ended before a client began.',
        'There is no evidence of faults: what became of them is not known.',
        'There is no outcome: the run was cut short, or was not judged yet.',
      ],
    })
  })

  test('may have torn last lines, which are left out with a note', () => {
    const stored = create()
    const history = stored.historyWriter(head)
    history.add(invoke)
    history.add(ok)
    history.close()
    const path = join(stored.dir, 'history.jsonl')
    writeFileSync(path, readFileSync(path).subarray(0, -7))
    const events = stored.eventsWriter()
    events.add(ready)
    events.close()
    appendFileSync(join(stored.dir, 'events.jsonl'), '{"timeUs":9')
    const loaded = readRun(stored.dir)
    expect(loaded.history).toEqual([expect.objectContaining(invoke)])
    expect(loaded.events).toEqual([ready])
    expect(loaded.notes.slice(0, 2)).toEqual([
      'history.jsonl: line 3 was torn off and is left out.',
      'events.jsonl: the last line is torn and was left out.',
    ])
  })
})

describe('a damaged run', () => {
  test('never gives a history that was changed', () => {
    const stored = create()
    const history = stored.historyWriter(head)
    history.add(invoke)
    history.add(ok)
    history.close()
    const path = join(stored.dir, 'history.jsonl')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"timeUs":10', '"timeUs":11'))
    expect(() => readRun(stored.dir)).toThrow(/history\.jsonl is damaged: line 2, column \d+: the checksum/)
  })

  test.each(['plan.json', 'environment.json'])('is refused without a sound %s', (file) => {
    const stored = create()
    writeFileSync(join(stored.dir, file), '{"plan":')
    expect(() => readRun(stored.dir)).toThrow(`${file} is damaged, or was written by another version of faultline`)
    rmSync(join(stored.dir, file))
    expect(() => readRun(stored.dir)).toThrow(`is not a run: it has no ${file}`)
  })

  test('opens without what only explains, and says so', () => {
    const stored = create()
    writeFileSync(join(stored.dir, 'outcome.json'), '{"outcome":"fine"}')
    writeFileSync(join(stored.dir, 'evidence.json'), '[3]')
    writeFileSync(join(stored.dir, 'events.jsonl'), `nonsense\n${JSON.stringify(ready)}\n`)
    const loaded = readRun(stored.dir)
    expect(loaded.outcome).toBeUndefined()
    expect(loaded.events).toEqual([ready])
    expect(loaded.notes).toEqual(
      expect.arrayContaining([
        'events.jsonl: 1 damaged line left out.',
        'evidence.json is damaged, or was written by another version of faultline; it was left out.',
        'outcome.json is damaged, or was written by another version of faultline; it was left out.',
      ]),
    )
  })
})

describe('a run is found', () => {
  test('by name, by the beginning of its name, by path and as latest', () => {
    const first = create().dir
    const second = create('20260201-000000-register-ok-3').dir
    expect(resolveRun(root, name)).toBe(first)
    expect(resolveRun(root, '20260131')).toBe(first)
    expect(resolveRun('nowhere', first)).toBe(first)
    expect(resolveRun(root, 'latest')).toBe(second)
    rmSync(join(root, 'latest'))
    expect(resolveRun(root, 'latest')).toBe(second)
  })

  test('or an error names what was given, what exists and what to type', () => {
    expect(() => resolveRun(root, 'x')).toThrow(/given the run "x";.*which holds no runs yet\. Type: faultline run$/)
    for (let day = 1; day <= 7; day++) create(`2026010${day}-run`)
    expect(() => resolveRun(root, 'x')).toThrow(
      /which has 20260107-run, 20260106-run, .*20260103-run and 2 older\. Type: latest$/,
    )
    expect(() => resolveRun(root, '2026010')).toThrow('20260107-run')
    expect(() => resolveRun(root, '')).toThrow('given the run ""')
  })
})

test('an event is in the file soon after it happened, before anything is closed', async () => {
  const stored = create()
  const history = stored.historyWriter(head)
  history.add(invoke)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(readRun(stored.dir).history).toHaveLength(1)
  history.close()
})

test('a busy event loop does not keep events in memory', () => {
  const stored = create()
  const history = stored.historyWriter(head)
  history.add(invoke)
  for (const start = performance.now(); performance.now() - start < 15; );
  history.add(ok)
  expect(readRun(stored.dir).history).toHaveLength(2)
  history.close()
})
