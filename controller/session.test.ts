import { describe, expect, test } from 'vitest'
import type { NodeProgram } from '../cluster/node/program.ts'
import { singleCopy } from '../cluster/node/single-copy.ts'
import { seededRandom } from '../cluster/random.ts'
import { Scheduler } from '../cluster/sim/scheduler.ts'
import { simSystem } from '../cluster/sim/system.ts'
import type { Controls, System } from '../cluster/system.ts'
import { systems } from '../cluster/systems/index.ts'
import type { Plan, PlannedFault } from '../nemesis/plan.ts'
import { type Asked, drawPlan } from './draw-plan.ts'
import { judge } from './judge.ts'
import { type Phase, Session, type SessionResult } from './session.ts'

const fault = (id: string, name: string, pick: string, atMs: number, forMs: number): PlannedFault => ({
  id,
  fault: name,
  target: { pick, draw: 7 },
  begin: { atMs },
  forMs,
})

describe('an interrupt', () => {
  test.each<[Phase, number, Phase[], number]>([
    ['start', 0, ['start', 'over'], 0],
    ['main', 1_500_000, ['start', 'main', 'over'], 1],
    ['recover', 3_600_000, ['start', 'main', 'recover', 'over'], 3],
    ['final', Number.NaN, ['start', 'main', 'recover', 'final', 'over'], 3],
  ])('in the phase %s ends the run with what there is', (phase, atUs, phases, answered) => {
    const run = began(
      { durationMs: 3_000, faults: [] },
      { faults: [fault('f1', 'partition', 'halves', 1_000, 10_000)] },
    )
    run.until(() => (Number.isNaN(atUs) ? run.session.phase === phase : run.clock.monotonicUs() >= atUs))
    expect(run.session.phase).toBe(phase)
    const healedBefore = run.isHealed()
    run.session.interrupt()
    expect(run.isHealed()).toBe(true)
    expect(healedBefore).toBe(phase !== 'main')
    const interruptUs = run.clock.monotonicUs()
    const result = run.end()
    run.session.interrupt() // It is over, and nothing happens.
    expect(run.phases).toEqual(phases)
    expect(run.clock.monotonicUs() - interruptUs).toBeLessThan(3_100_000)
    expect(result.isInterrupted).toBe(true)
    expect(result.harness).toEqual([])
    expect(result.nodes).toHaveLength(phase === 'start' ? 0 : 5)
    expect(openOps(result)).toBe(0)
    expect(result.events.length).toBeGreaterThanOrEqual(answered * 100)
    expect(judgeOf(run.plan, result)).toBe('vacuous')
    if (phase !== 'start') expect(result.evidence[0]).toMatchObject({ bit: expect.any(String) })
  })

  test('that comes twice ends the run once', () => {
    const run = began({ durationMs: 3_000, faults: [] })
    run.until(() => run.clock.monotonicUs() >= 1_000_000)
    run.session.interrupt()
    run.session.interrupt()
    run.end()
    for (let more = 0; more < 10_000 && run.clock.step(); more++);
    expect(run.ends).toBe(1)
  })
})

test('a failure of the tester ends the run early, as harness; after the end it changes nothing', () => {
  const run = began({ durationMs: 3_000, faults: [] })
  run.until(() => run.clock.monotonicUs() >= 1_000_000)
  run.session.fail('the disk is full')
  const result = run.end()
  run.session.fail('too late')
  expect(run.phases).toEqual(['start', 'main', 'over'])
  expect(result.harness).toEqual(['the disk is full'])
  expect(judgeOf(run.plan, result)).toBe('harness')
})

test('a run that nobody disturbs goes through all phases, and leaves the system without listeners of its own', () => {
  const run = began({ durationMs: 3_000, faults: ['kill'] })
  const result = run.end()
  expect(run.phases).toEqual(['start', 'main', 'recover', 'final', 'over'])
  expect(result).toMatchObject({ isInterrupted: false, crashes: [], harness: [] })
  expect(result.recovery).toMatchObject({ servedMs: expect.any(Number), caughtUpMs: expect.any(Number), behind: [] })
  expect(result.nodes.map(({ node }) => node)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5'])
  expect(openOps(result)).toBe(0)
  expect(run.listeners()).toBe(0)
})

describe('a system that fails to start is a failure of the harness', () => {
  const refuses: NodeProgram = {
    ...singleCopy,
    start(env, _setup, ready) {
      env.clock.after(5_000, () => ready(new Error('the port is taken')))
      return { handle: () => undefined }
    },
  }
  const throws: NodeProgram = {
    ...singleCopy,
    start() {
      throw new Error('the port is taken')
    },
  }

  test.each([
    ['one that refuses', refuses],
    ['one that throws', throws],
  ])('%s', (_title, program) => {
    const run = began({ system: 'single-copy', faults: [] }, {}, { program })
    const result = run.end()
    expect(run.phases).toEqual(['start', 'over'])
    expect(result).toMatchObject({ events: [], crashes: [], harness: ['the system did not start: the port is taken'] })
    expect(judgeOf(run.plan, result)).toBe('harness')
  })
})

test('a node that dies though nobody killed it is reported, and one that was killed is not', () => {
  const frail: NodeProgram = {
    ...singleCopy,
    start(env, setup, ready) {
      const node = singleCopy.start(env, setup, ready)
      let requests = 0
      return {
        handle(request, reply) {
          if (++requests > 300) throw new Error('the 301st request')
          node.handle(request, reply)
        },
      }
    },
  }
  const killed = fault('f1', 'kill', 'one', 300, 200)
  const run = began(
    { system: 'single-copy', durationMs: 3_000, recoveryMs: 2_000, faults: [] },
    { faults: [killed] },
    { program: frail },
  )
  const result = run.end()
  expect(result.crashes).toEqual(['n1: the 301st request'])
  expect(result.evidence[0]).toMatchObject({ bit: 'n1 died' })
  expect(judgeOf(run.plan, result)).toBe('node-crash')
})

describe('a cluster that does not come back is stuck', () => {
  test('where a majority stays dead, nobody serves', () => {
    const run = began(
      { durationMs: 3_000, recoveryMs: 4_000, faults: [] },
      { faults: [fault('f1', 'kill', 'majority', 1_000, 500)] },
      { without: (controls) => ({ ...controls, crash: { ...controls.crash, restart: () => undefined } }) },
    )
    const result = run.end()
    expect(run.phases).toEqual(['start', 'main', 'recover', 'final', 'over'])
    expect(result.recovery).toMatchObject({ boundMs: 4_000, behind: [expect.stringContaining('nobody answered')] })
    expect(result.recovery?.servedMs).toBeUndefined()
    expect(result.nodes).toHaveLength(2)
    expect(judgeOf(run.plan, result)).toBe('stuck')
  })

  test('where a minority stays cut off, it does not catch up', () => {
    const run = began(
      { durationMs: 3_000, recoveryMs: 4_000, faults: [] },
      { faults: [fault('f1', 'partition', 'isolate-one', 1_000, 500)] },
      { without: (controls) => ({ ...controls, links: { ...controls.links, heal: () => undefined } }) },
    )
    const result = run.end()
    expect(result.recovery).toMatchObject({
      servedMs: expect.any(Number),
      behind: [expect.stringMatching(/^n\d: applied/)],
    })
    expect(result.recovery?.caughtUpMs).toBeUndefined()
    expect(judgeOf(run.plan, result)).toBe('stuck')
  })
})

test('what the environment says went wrong is kept', () => {
  const run = began({ system: 'single-copy', durationMs: 1_000, faults: [] })
  run.until(() => run.session.phase === 'main')
  run.emit({ timeUs: 0, type: 'harness', what: 'the link proxies died: exit 1' })
  expect(run.end().harness).toEqual(['the link proxies died: exit 1'])
})

interface Twist {
  readonly program?: NodeProgram
  readonly without?: (controls: Controls) => Partial<Controls>
}

/** A session in simulation, begun and not stepped; the plan is what was asked for with `over` on top. */
function began(asked: Omit<Asked, 'seed'>, over: Partial<Plan> = {}, { program, without = (all) => all }: Twist = {}) {
  const plan: Plan = { ...drawPlan({ seed: '5', ...asked }), ...over }
  const clock = new Scheduler()
  const random = seededRandom(plan.seed).fork('world')
  const nodes = Array.from({ length: plan.system.nodes }, (_none, at) => `n${at + 1}`)
  const { options } = plan.system
  const inner = program
    ? simSystem({ program, nodes, options, scheduler: clock, random, links: 'clients' })
    : systems[plan.system.name as keyof typeof systems].sim!({ nodes, options, scheduler: clock, random })
  const listeners = new Set<Parameters<System['subscribe']>[0]>()
  const cut = new Set<string>()
  inner.subscribe((event) => {
    if (event.type === 'link-cut') cut.add(`${event.link.from} ${event.link.to}`)
    if (event.type === 'link-healed') cut.delete(`${event.link.from} ${event.link.to}`)
    for (const listener of [...listeners]) listener(event)
  })
  const system: System = {
    nodes: inner.nodes,
    links: inner.links,
    controls: without(inner.controls as Controls),
    start: (done) => inner.start(done),
    stop: (done) => inner.stop(done),
    connect: (node) => inner.connect(node),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    leader: () => inner.leader?.(),
    status: (node, timeoutMs, done) => inner.status?.(node, timeoutMs, done),
    addresses: () => ({}),
    logs: () => ({}),
  }
  const phases: Phase[] = []
  const results: SessionResult[] = []
  const session = new Session({
    plan,
    system,
    clock,
    onHistory: () => undefined,
    onSystem: () => undefined,
    onPhase: (phase) => phases.push(phase),
    done: (result) => results.push(result),
  })
  session.start()
  const until = (isReached: () => boolean): void => {
    for (let events = 0; !isReached(); events++) {
      if (!clock.step() || events > 5_000_000) throw new Error(`never came, in the phase ${session.phase}`)
    }
  }
  return {
    plan,
    clock,
    session,
    phases,
    until,
    isHealed: () => cut.size === 0 && session.activeFaults().length === 0,
    listeners: () => listeners.size,
    get ends() {
      return results.length
    },
    emit: (event: Parameters<Parameters<System['subscribe']>[0]>[0]) => {
      for (const listener of [...listeners]) listener(event)
    },
    end: (): SessionResult => {
      until(() => results.length > 0)
      return results[0]!
    },
  }
}

function openOps({ events }: SessionResult): number {
  return events.reduce((open, { type }) => open + (type === 'invoke' ? 1 : -1), 0)
}

function judgeOf(plan: Plan, result: SessionResult): string {
  return judge(plan, 'cas-register', result, { lagMs: 0, lagBoundMs: 0 }).outcome
}
