import { describe, expect, test } from 'vitest'
import { Scheduler } from '../cluster/sim/scheduler.ts'
import { type Script, ScriptedSystem } from '../workloads/fixtures/scripted-system.ts'
import type { PlannedFault, Trigger } from './plan.ts'
import { runSchedule } from './schedule.ts'
import { resolveNodes } from './targets.ts'

const all = { pick: 'all', draw: 0 }

function planned(id: string, fault: string, begin: number | Trigger, forMs: number, target = all): PlannedFault {
  return { id, fault, target, begin: typeof begin === 'number' ? { atMs: begin } : begin, forMs }
}

/** A run that began at 1 s of the clock, so that a forgotten offset shows. */
function run(faults: readonly PlannedFault[], script: Partial<Script> = {}) {
  const scheduler = new Scheduler()
  scheduler.runUntil(1_000_000)
  const system = new ScriptedSystem({ nodes: ['n1'], scheduler, ...script })
  const changes: string[] = []
  const schedule = runSchedule({
    faults,
    system,
    clock: scheduler,
    startUs: 1_000_000,
    onChange: () => {
      const ids = schedule.active().map(({ id }) => id)
      changes.push(`${scheduler.monotonicUs() / 1000 - 1000}: ${ids.join(' ') || 'none'}`)
    },
  })
  const at = (ms: number) => scheduler.runUntil(1_000_000 + ms * 1000)
  return { system, schedule, changes, at }
}

test('a fault begins at its time and ends after its length', () => {
  const { system, schedule, changes, at } = run([planned('f1', 'kill', 100, 50)])
  at(99)
  expect(system.verbs).toEqual([])
  at(1000)
  expect(system.verbs).toEqual(['kill n1', 'restart n1'])
  expect(changes).toEqual(['100: f1', '150: none'])
  expect(schedule.evidence()).toEqual([
    {
      planned: planned('f1', 'kill', 100, 50),
      beganUs: 100_000,
      endedUs: 150_000,
      resolved: { nodes: ['n1'], links: [], text: 'n1' },
      bit: 'n1 died',
    },
  ])
})

describe('faults that overlap', () => {
  const script = { nodes: ['n1', 'n2'] }
  const draws = Array.from({ length: 20 }, (_, draw) => ({ pick: 'one', draw }))
  const view = { ...script, links: [], leader: undefined }
  const first = draws.find((target) => resolveNodes(target, view).text === 'n1') ?? all
  const links = ['n1>n2', 'n2>n1']

  test.each<[string, PlannedFault[], string[]]>([
    [
      'two kills: dead until both have ended',
      [planned('f1', 'kill', 0, 100), planned('f2', 'kill', 50, 100, first)],
      ['kill n1', 'kill n2', '100', 'restart n2', '150', 'restart n1'],
    ],
    [
      'two freezes',
      [planned('f1', 'pause', 0, 200), planned('f2', 'pause', 50, 50)],
      ['pause n1', 'pause n2', '100', '150', '200', 'resume n1', 'resume n2'],
    ],
    [
      'two cuts of the same links',
      [
        planned('f1', 'partition', 0, 100, { pick: 'halves', draw: 0 }),
        planned('f2', 'partition', 50, 100, { pick: 'isolate-leader', draw: 0 }),
      ],
      [...links.map((link) => `cut ${link}`), '100', '150', ...links.map((link) => `heal ${link}`)],
    ],
    [
      'killed while frozen: the new child is frozen too',
      [planned('f1', 'pause', 0, 200, first), planned('f2', 'kill', 50, 50, first)],
      ['pause n1', 'kill n1', '100', 'restart n1', 'pause n1', '150', '200', 'resume n1'],
    ],
    [
      'frozen while dead: frozen when it is back',
      [planned('f1', 'kill', 0, 100, first), planned('f2', 'pause', 50, 100, first)],
      ['kill n1', '100', 'restart n1', 'pause n1', '150', 'resume n1'],
    ],
    [
      'frozen and let go while dead: never frozen',
      [planned('f1', 'kill', 0, 200, first), planned('f2', 'pause', 50, 50, first)],
      ['kill n1', '100', '150', '200', 'restart n1'],
    ],
  ])('%s', (_title, faults, expected) => {
    const { system, schedule, at } = run(faults, script)
    system.elect('n1', 1)
    const seen: string[] = []
    const note = () => seen.push(...system.verbs.splice(0))
    for (const ms of [100, 150, 200]) {
      at(ms - 1)
      note()
      if (expected.includes(`${ms}`)) seen.push(`${ms}`)
    }
    at(1000)
    note()
    expect(seen).toEqual(expected)
    expect(schedule.evidence().map(({ bit }) => bit === undefined)).toEqual(
      // What was frozen only while dead did not freeze.
      faults.map(({ fault, forMs }) => fault === 'pause' && forMs === 50 && faults[0]?.fault === 'kill'),
    )
  })
})

test('a leader that is dead is no leader to aim at', () => {
  const leader = { pick: 'leader', draw: 0 }
  const { system, schedule, at } = run(
    [
      planned('f1', 'kill', 0, 100, leader),
      planned('f2', 'pause', 50, 10, leader),
      planned('f3', 'pause', 150, 10, leader),
    ],
    { nodes: ['n1', 'n2', 'n3'] },
  )
  system.elect('n1', 1)
  at(1000)
  expect(schedule.evidence().map(({ resolved }) => resolved?.text)).toEqual([
    'n1 (the leader)',
    expect.stringMatching(/^n\d \(drawn, as no leader was known\)$/),
    'n1 (the leader)',
  ])
})

test('leaving one fault out leaves the others as they were', () => {
  const script = { nodes: ['n1', 'n2', 'n3', 'n4', 'n5'] }
  const faults = [
    planned('f1', 'kill', 0, 100, { pick: 'minority', draw: 11 }),
    planned('f2', 'partition', 50, 100, { pick: 'bridge', draw: 12 }),
    planned('f3', 'pause', 70, 100, { pick: 'one', draw: 13 }),
  ]
  const whole = run(faults, script)
  whole.at(1000)
  for (const left of faults) {
    const rest = run(
      faults.filter((fault) => fault !== left),
      script,
    )
    rest.at(1000)
    expect(rest.schedule.evidence()).toEqual(whole.schedule.evidence().filter(({ planned }) => planned !== left))
  }
})

describe('a fault that waits for', () => {
  const on = (on: Extract<Trigger, { on: unknown }>['on']): Trigger => ({ on, notBeforeMs: 100, afterMs: 20 })

  test.each<[Extract<Trigger, { on: unknown }>['on'], (world: ReturnType<typeof run>) => void]>([
    ['leader-elected', ({ system }) => system.elect('n1', 1)],
    ['write-acknowledged', ({ schedule }) => schedule.acknowledged()],
    [
      'snapshot-taken',
      ({ system }) => system.emit({ type: 'trace', node: 'n1', event: { type: 'snapshot-taken', index: 5 } }),
    ],
  ])('%s begins once, after the first that counts', (trigger, happen) => {
    const world = run([planned('f1', 'kill', on(trigger), 30)])
    for (const ms of [50, 110, 115, 300]) {
      world.at(ms)
      happen(world)
    }
    world.at(1000)
    expect(world.changes).toEqual(['130: f1', '160: none'])
  })

  test('what never comes is skipped, and says so', () => {
    const { system, schedule, at } = run([planned('f1', 'kill', on('snapshot-taken'), 30)])
    system.elect('n1', 1)
    at(1000)
    schedule.heal()
    expect(schedule.evidence()).toEqual([
      {
        planned: planned('f1', 'kill', on('snapshot-taken'), 30),
        skipped: 'no snapshot-taken came after 100 ms of the main phase',
      },
    ])
    expect(system.verbs).toEqual([])
  })
})

describe('healing', () => {
  test('ends what is active and begins no more, however often it is called', () => {
    const { system, schedule, at } = run([
      planned('f1', 'pause', 0, 500),
      planned('f2', 'kill', 400, 500),
      planned('f3', 'kill', { on: 'leader-elected', notBeforeMs: 0, afterMs: 300 }, 500),
    ])
    at(100)
    system.elect('n1', 1)
    at(200)
    schedule.heal()
    schedule.heal()
    at(2000)
    schedule.stop()
    expect(system.verbs).toEqual(['pause n1', 'resume n1'])
    expect(schedule.active()).toEqual([])
    expect(schedule.evidence().map(({ endedUs, skipped }) => skipped ?? endedUs)).toEqual([
      200_000,
      'the main phase ended before its time',
      'the main phase ended before it could begin',
    ])
    expect(system.listeners).toBe(0)
  })

  test('a cut that only the heal ended still has its evidence', () => {
    const { schedule, at } = run([planned('f1', 'partition', 0, 5000, { pick: 'isolate-one', draw: 0 })], {
      nodes: ['n1', 'n2', 'n3'],
    })
    at(100)
    expect(schedule.evidence()[0]).not.toHaveProperty('bit')
    schedule.heal()
    expect(schedule.evidence()[0]?.bit).toBe('4 of 4 cut links held 8 frames and destroyed 4 connections')
  })
})

describe('evidence', () => {
  test('a fault whose control is missing is skipped', () => {
    const { system, schedule, at } = run([planned('f1', 'pause', 0, 10)], { controls: ['crash'] })
    at(100)
    expect(schedule.evidence()).toEqual([
      { planned: planned('f1', 'pause', 0, 10), skipped: "the system has no control 'pause'" },
    ])
    expect(system.verbs).toEqual([])
  })

  test('a cut is skipped where there is no link', () => {
    const { schedule, at } = run([planned('f1', 'partition', 0, 10, { pick: 'halves', draw: 0 })])
    at(100)
    expect(schedule.evidence()[0]).toMatchObject({ skipped: 'no link to cut' })
  })

  test('an unknown fault is a usage error', () => {
    expect(() => run([planned('f1', 'sharks', 0, 10)])).toThrow(/given fault 'sharks'/)
  })
})
