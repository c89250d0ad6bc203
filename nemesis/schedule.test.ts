import { describe, expect, test } from 'vitest'
import { seededRandom } from '../cluster/random.ts'
import { Scheduler } from '../cluster/sim/scheduler.ts'
import { type Script, ScriptedSystem } from '../workloads/fixtures/scripted-system.ts'
import { drawFaults } from './draw.ts'
import type { PlannedFault, Trigger, TriggerEvent } from './plan.ts'
import { faults as registry } from './registry.ts'
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

test('leaving one pattern out leaves the others as they were', () => {
  const script = {
    nodes: ['n1', 'n2', 'n3', 'n4', 'n5'],
    controls: ['crash', 'pause', 'links', 'weather', 'power', 'disk', 'clock'],
  } as const
  const faults = drawFaults({
    faults: ['clock', 'kill', 'partition', 'power'],
    random: seededRandom(3),
    durationMs: 120_000,
    nodes: 5,
    composites: true,
    // One after another, so that none takes over what another has already begun.
    intensity: 0.1,
    lengthScale: 0.2,
  })
  const evidence = (planned: readonly PlannedFault[]) => {
    const { system, schedule, at } = run(planned, script)
    system.elect('n1', 1)
    at(120_000)
    schedule.heal()
    return schedule.evidence()
  }
  const whole = evidence(faults)
  const patterns = new Set(faults.flatMap(({ id, composite }) => (composite ? [id.split('.')[0]] : [])))
  expect(patterns.size).toBeGreaterThan(1)
  for (const pattern of patterns) {
    const isLeft = ({ id }: PlannedFault) => id.split('.')[0] === pattern
    expect(evidence(faults.filter((fault) => !isLeft(fault)))).toEqual(whole.filter(({ planned }) => !isLeft(planned)))
  }
})

test('whatever is broken when the main phase ends is whole after it', () => {
  const script = {
    nodes: ['n1', 'n2', 'n3'],
    controls: ['crash', 'pause', 'links', 'weather', 'power', 'disk', 'clock'],
  } as const
  for (let seed = 0; seed < 100; seed++) {
    const faults = drawFaults({
      faults: Object.keys(registry),
      random: seededRandom(seed),
      durationMs: 20_000,
      nodes: 3,
      composites: true,
      intensity: 4,
    })
    const { system, schedule, at } = run(faults, script)
    at(3000 + seed * 150)
    schedule.heal()
    at(30_000)
    // The last that was said of each node, link, disk and clock.
    const last = new Map<string, string>()
    for (const verb of system.verbs) {
      const [word = '', what = '', ...rest] = verb.split(' ')
      const kind = {
        kill: 'life',
        power: 'life',
        restart: 'life',
        arm: 'arm',
        pause: 'ice',
        resume: 'ice',
        heal: 'cut',
      }
      if (word === 'clear') for (const link of [what, ...rest]) last.set(`weather ${link}`, 'clear')
      else if (word === 'disk' || word === 'clock') last.set(`${word} ${what}`, rest[0] ?? '')
      else last.set(`${kind[word as keyof typeof kind] ?? word} ${what}`, word)
      // A restart disarms; a killed node is not frozen when it comes back.
      if (word === 'restart') last.delete(`arm ${what}`)
      if (word === 'kill' || word === 'power') last.delete(`ice ${what}`)
    }
    const whole = ['restart', 'resume', 'heal', 'clear', 'reset']
    expect([...last].filter(([, word]) => !whole.includes(word))).toEqual([])
  }
})

test('a schedule that is abandoned ends nothing and begins nothing, also when it is healed and stopped after that', () => {
  const { system, schedule, at } = run([planned('f1', 'pause', 0, 50), planned('f2', 'kill', 100, 50)], {
    controls: ['crash', 'pause'],
  })
  at(20)
  schedule.abandon()
  at(200)
  system.emit({ type: 'node-dead', node: 'n1', wanted: true, how: 'disk: EIO' })
  schedule.heal()
  schedule.stop()
  at(300)
  expect(system.verbs).toEqual(['pause n1'])
  expect(schedule.evidence()).toMatchObject([
    { beganUs: 0, bit: 'n1 froze' },
    { skipped: 'the run ended before it could begin' },
  ])
})

test('a node that hears of its broken disk only after the heal is started again', () => {
  const { system, schedule, at } = run([planned('f1', 'disk', 0, 50, { pick: 'error', draw: 1 })], {
    controls: ['crash', 'disk'],
  })
  at(100)
  system.emit({ type: 'node-dead', node: 'n1', wanted: true, how: 'disk: EIO' })
  at(200)
  schedule.stop()
  system.emit({ type: 'node-dead', node: 'n1', wanted: true, how: 'disk: EIO' })
  at(300)
  expect(system.verbs).toEqual(['disk n1 eio', 'disk n1 heal', 'restart n1'])
})

describe('a fault that waits for', () => {
  const on = (on: TriggerEvent): Trigger => ({ on, notBeforeMs: 100, afterMs: 20 })

  test.each<[TriggerEvent, (world: ReturnType<typeof run>) => void]>([
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

  test('the third of them counts from its time on', () => {
    const third: Trigger = { on: 'write-acknowledged', notBeforeMs: 100, nth: 3, afterMs: 20 }
    const world = run([planned('f1', 'kill', third, 30), planned('f2', 'pause', { ...third, nth: 5 }, 30)])
    for (const ms of [50, 110, 115, 300, 400]) {
      world.at(ms)
      world.schedule.acknowledged()
    }
    world.at(1000)
    world.schedule.heal()
    expect(world.changes).toEqual(['320: f1', '350: none'])
    expect(world.schedule.evidence()[1]?.skipped).toBe(
      'only 4 of 5 write-acknowledged came after 100 ms of the main phase',
    )
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

  test.each([
    ['power', ['power'], 'power'],
    ['crash-point', ['pause'], 'crashPoint'],
    ['disk', ['disk'], 'disk'],
    ['weather', ['links'], 'weather'],
  ] as const)('%s with no other control than %s is skipped', (fault, controls, needs) => {
    const { schedule, at } = run([planned('f1', fault, 0, 10)], { controls })
    at(100)
    expect(schedule.evidence()[0]).toMatchObject({ skipped: `the system has no control '${needs}'` })
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
