import { describe, expect, test } from 'vitest'
import { Scheduler } from '../cluster/sim/scheduler.ts'
import type { Link, LinkWeather } from '../cluster/system.ts'
import { ScriptedSystem } from '../workloads/fixtures/scripted-system.ts'
import type { FaultControls } from './fault.ts'
import { SharedControls } from './shared-controls.ts'

const all = ['crash', 'pause', 'links', 'weather', 'power', 'disk', 'clock'] as const
type Fault = Partial<FaultControls>

/** Two faults, `a` and `b`, over one scripted system; gives its verbs after each step. */
function play(...steps: ((a: Fault, b: Fault, system: ScriptedSystem) => void)[]): string[] {
  const system = new ScriptedSystem({ nodes: ['n1', 'n2'], scheduler: new Scheduler(), controls: all })
  const shared = new SharedControls(system.controls)
  system.subscribe((event) => {
    if (event.type === 'node-ready') shared.nodeReady(event.node)
    if (event.type === 'node-dead') shared.nodeDead(event.node, event.how)
  })
  const [a, b] = [shared.of('a'), shared.of('b')]
  return steps.map((step) => {
    step(a, b, system)
    return system.verbs.splice(0).join(', ')
  })
}

const die = (how: string) => (_a: Fault, _b: Fault, system: ScriptedSystem) =>
  system.emit({ type: 'node-dead', node: 'n1', wanted: true, how })
const link: Link = { from: 'n1', to: 'n2' }
const fair: LinkWeather = { lossPercent: 0, duplicatePercent: 0, reorderPercent: 0, delayMs: [0, 0] }

describe('a node that one fault kills', () => {
  test.each<[string, Parameters<typeof play>, string[]]>([
    [
      'and another takes the power of is dead until both have ended',
      [
        (a) => a.crash?.kill('n1'),
        (_a, b) => b.power?.cut('n1'),
        (a) => a.crash?.restart('n1'),
        (_a, b) => b.power?.restore('n1'),
      ],
      ['kill n1', 'power n1', '', 'restart n1'],
    ],
    [
      'is started by whoever ends last, and once',
      [
        (a) => a.power?.cut('n1'),
        (_a, b) => b.crash?.kill('n1'),
        (a) => a.power?.restore('n1'),
        (a) => a.power?.restore('n1'),
        (_a, b) => b.crash?.restart('n1'),
        (_a, b) => b.crash?.restart('n1'),
      ],
      ['power n1', '', '', '', 'restart n1', ''],
    ],
    [
      'is still armed by another when it comes back',
      [(a) => a.crash?.kill('n1'), (_a, b) => b.crashPoint?.arm('n1', 'after-sync'), (a) => a.crash?.restart('n1')],
      ['kill n1', 'arm n1 after-sync', 'restart n1, arm n1 after-sync'],
    ],
    [
      'is not started by another that armed it',
      [
        (a) => a.crash?.kill('n1'),
        (_a, b) => b.crashPoint?.arm('n1', 'after-sync'),
        (_a, b) => b.crashPoint?.disarm('n1'),
        (a) => a.crash?.restart('n1'),
      ],
      ['kill n1', 'arm n1 after-sync', '', 'restart n1'],
    ],
    [
      'is not started by another that heals its disk',
      [
        (a) => a.crash?.kill('n1'),
        (_a, b) => b.disk?.flip('n1'),
        (_a, b) => b.disk?.heal('n1'),
        (a) => a.crash?.restart('n1'),
      ],
      ['kill n1', 'disk n1 flip', 'disk n1 heal', 'restart n1'],
    ],
  ])('%s', (_title, steps, verbs) => expect(play(...steps)).toEqual(verbs))
})

describe('a node that dies where it was armed', () => {
  const arm = (fault: Fault) => fault.crashPoint?.arm('n1', 'before-send')

  test.each<[string, Parameters<typeof play>, string[]]>([
    [
      'is dead until the fault ends',
      [
        arm,
        die('crash point before-send'),
        (_a, b) => b.crash?.kill('n1'),
        (_a, b) => b.crash?.restart('n1'),
        (a) => a.crashPoint?.disarm('n1'),
      ],
      ['arm n1 before-send', '', '', '', 'restart n1'],
    ],
    [
      'at another point by chance is nobody’s',
      [arm, die('crash point after-send'), (_a, b) => b.crash?.kill('n1'), (_a, b) => b.crash?.restart('n1')],
      ['arm n1 before-send', '', 'kill n1', 'restart n1, arm n1 before-send'],
    ],
    ['not at all is disarmed', [arm, (a) => a.crashPoint?.disarm('n1')], ['arm n1 before-send', 'restart n1']],
    [
      'and is armed by another meanwhile comes back armed',
      [
        arm,
        die('crash point before-send'),
        (_a, b) => b.crashPoint?.arm('n1', 'before-send'),
        (a) => a.crashPoint?.disarm('n1'),
        die('crash point before-send'),
        (_a, b) => b.crashPoint?.disarm('n1'),
      ],
      ['arm n1 before-send', '', '', 'restart n1, arm n1 before-send', '', 'restart n1'],
    ],
    [
      'is armed by the first of two, until the last has ended',
      [
        arm,
        (_a, b) => b.crashPoint?.arm('n1', 'after-sync'),
        (a) => a.crashPoint?.disarm('n1'),
        (_a, b) => b.crashPoint?.disarm('n1'),
      ],
      ['arm n1 before-send', '', '', 'restart n1'],
    ],
  ])('%s', (_title, steps, verbs) => expect(play(...steps)).toEqual(verbs))
})

describe('a disk', () => {
  test.each<[string, Parameters<typeof play>, string[]]>([
    [
      'that killed its node is healed, and the node started',
      [(a) => a.disk?.fail('n1', 'eio'), die('disk: EIO'), (a) => a.disk?.heal('n1'), (a) => a.disk?.heal('n1')],
      ['disk n1 eio', '', 'disk n1 heal, restart n1', ''],
    ],
    [
      'that killed nobody is healed without a restart',
      [(a) => a.disk?.slow('n1', 5000), (a) => a.disk?.heal('n1')],
      ['disk n1 slow 5000', 'disk n1 heal'],
    ],
    [
      'broken in two ways stays broken in the other',
      [
        (a) => a.disk?.fail('n1', 'eio'),
        (_a, b) => b.disk?.slow('n1', 5000),
        (a) => a.disk?.heal('n1'),
        (_a, b) => b.disk?.heal('n1'),
      ],
      ['disk n1 eio', 'disk n1 slow 5000', 'disk n1 heal, disk n1 slow 5000', 'disk n1 heal'],
    ],
    [
      'with a turned bit is read by a node that starts',
      [(a) => a.disk?.flip('n1')],
      ['kill n1, disk n1 flip, restart n1'],
    ],
  ])('%s', (_title, steps, verbs) => expect(play(...steps)).toEqual(verbs))
})

test('where weathers meet, the worst of each counts, and the one that stays is as it was', () => {
  const foul = { ...fair, lossPercent: 9, duplicatePercent: 3, delayMs: [0, 20] } as const
  const slow = { ...fair, lossPercent: 1, delayMs: [10, 15] } as const
  expect(
    play(
      (a) => a.weather?.set([link], foul),
      (_a, b) => b.weather?.set([link], slow),
      (a) => a.weather?.clear([link]),
      (a) => a.weather?.clear([link]),
      (_a, b) => b.weather?.clear([link]),
    ),
  ).toEqual(['weather n1>n2 9 3 0 0-20', 'weather n1>n2 9 3 0 10-20', 'weather n1>n2 1 0 0 10-15', '', 'clear n1>n2'])
})

test('of two that bend a clock the newest counts, and when it ends the other', () => {
  const [fast, back] = [
    { offsetUs: 0, ratePpm: 5 },
    { offsetUs: -7, ratePpm: 0 },
  ]
  expect(
    play(
      (a) => a.clock?.set('n1', fast),
      (_a, b) => b.clock?.set('n1', back),
      (_a, b) => b.clock?.reset('n1'),
      (_a, b) => b.clock?.reset('n1'),
      (a) => a.clock?.reset('n1'),
    ),
  ).toEqual(['clock n1 0 5', 'clock n1 -7 0', 'clock n1 0 5', '', 'clock n1 reset'])
})

describe('a node that dies of its disk after that was healed', () => {
  test.each<[string, (fault: Fault) => void, string[]]>([
    ['is started', () => {}, ['restart n1']],
    ['is left dead where a fault wants that', (fault) => fault.crash?.kill('n1'), ['kill n1']],
    ['is left dead where its disk is still broken', (fault) => fault.disk?.fail('n1', 'eio'), ['disk n1 eio']],
  ])('%s', (_title, other, verbs) => {
    const system = new ScriptedSystem({ nodes: ['n1'], scheduler: new Scheduler(), controls: all })
    const shared = new SharedControls(system.controls)
    other(shared.of('b'))
    shared.nodeDead('n1', 'disk: EIO')
    shared.revive('n1')
    expect(system.verbs).toEqual(verbs)
  })
})

test('what can not be undone is not offered', () => {
  const system = new ScriptedSystem({ nodes: ['n1'], scheduler: new Scheduler(), controls: ['power', 'disk', 'clock'] })
  expect(Object.keys(new SharedControls(system.controls).of('a'))).toEqual(['clock'])
})
