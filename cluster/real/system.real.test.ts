import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Reply, Request } from '../kv/request.ts'
import { childrenOf, commandOf } from './fixtures/processes.ts'
import { call, makeRun, start, type TestRun } from './fixtures/run.ts'

const write = (value: number): Request => ({ f: 'write', key: 'a', value })
const read: Request = { f: 'read', key: 'a' }
const refused: Reply = { type: 'fail', error: 'connection refused' }
const reset: Reply = { type: 'info', error: 'connection reset' }
const timeout: Reply = { type: 'info', error: 'time-out' }

describe('a running system', () => {
  let run: TestRun

  beforeEach(async () => {
    run = makeRun()
    await start(run.system)
  })
  afterEach(() => run.end())

  test('starts all nodes, tells of it in order, and knows leader and status', async () => {
    const ofFirst = run.events.filter((event) => 'node' in event && event.node === 'n1')
    expect(ofFirst.map(({ type }) => type)).toEqual(['node-started', 'trace', 'node-ready'])
    expect(run.system.links).toEqual([
      { from: 'n1', to: 'n2' },
      { from: 'n2', to: 'n1' },
    ])
    expect(readFileSync(run.system.logs().n1!, 'utf8')).toContain('on stdout: a careless line')
    expect(run.system.leader?.()).toMatch(/^n[12]$/)
    const status = await new Promise((resolve) => run.system.status?.('n1', 1000, resolve))
    expect(status).toEqual({
      node: 'n1',
      role: 'leader',
      term: 1,
      leader: undefined,
      commit: 0,
      applied: 0,
      counters: { a: 1 },
    })
  })

  test('a killed node refuses, and comes back with its disk under its address', async () => {
    const { crash } = run.system.controls
    const connection = run.system.connect('n1')
    const addresses = run.system.addresses()
    expect(await call(connection, write(7))).toEqual({ type: 'ok', output: {} })
    crash?.kill('n1')
    crash?.kill('n1')
    expect(await call(connection, read)).toEqual(refused)
    expect(await run.event('node-dead')).toMatchObject({ node: 'n1', wanted: true, how: 'SIGKILL' })
    const since = run.events.length
    crash?.restart('n1')
    crash?.restart('n1')
    await run.event('node-ready', since)
    expect(await call(connection, read)).toEqual({ type: 'ok', output: { value: 7 } })
    expect(run.system.addresses()).toEqual(addresses)
    expect(run.events.slice(since).filter(({ type }) => type === 'node-started')).toHaveLength(1)
  })

  test('a restart that comes before the kill is over waits for it; a kill after that wins', async () => {
    const { crash } = run.system.controls
    let since = run.events.length
    crash?.kill('n1')
    crash?.restart('n1')
    await run.event('node-ready', since)
    const types = run.events.slice(since).map(({ type }) => type)
    expect(types.filter((type) => type !== 'trace')).toEqual(['node-dead', 'node-started', 'node-ready'])

    since = run.events.length
    crash?.kill('n1')
    crash?.restart('n1')
    crash?.kill('n1')
    await run.event('node-dead', since)
    await sleep(100)
    expect(run.events.slice(since)).toHaveLength(1)
  })

  test('a call that its node takes along to the grave is indeterminate', async () => {
    const connection = run.system.connect('n1')
    run.system.controls.pause?.pause('n1')
    await run.event('node-paused')
    const reply = call(connection, write(1))
    await sleep(20)
    run.system.controls.crash?.kill('n1') // Also works on a frozen node.
    expect(await reply).toEqual(reset)
    run.system.controls.crash?.restart('n1')
    await run.event('node-ready', run.events.length)
  })

  test('a paused node lets its clients wait, and goes on as if nothing had been', async () => {
    const connection = run.system.connect('n1')
    await call(connection, write(1))
    run.system.controls.pause?.pause('n1')
    run.system.controls.pause?.pause('n1')
    await run.event('node-paused')
    expect(await call(connection, write(2), 100)).toEqual(timeout)
    run.system.controls.pause?.resume('n1')
    run.system.controls.pause?.resume('n1')
    await run.event('node-resumed')
    expect(await call(run.system.connect('n1'), read)).toMatchObject({ type: 'ok' })
    expect(run.events.filter(({ type }) => type === 'node-paused' || type === 'node-resumed')).toHaveLength(2)
  })

  test('a cut between peers holds one direction, and healing delivers what was sent on old connections', async () => {
    const link = { from: 'n1', to: 'n2' } as const
    await run.get('n1', '/ping/n2-1')
    await run.get('n2', '/ping/n1-1')
    await expect.poll(() => run.get('n2', '/heard')).toEqual({ heard: { n1: [1] }, unreachable: {} })
    run.system.controls.links?.cut([link])
    expect(await run.event('link-cut')).toMatchObject({ link })
    await run.get('n1', '/ping/n2-2')
    await run.get('n2', '/ping/n1-2')
    await expect.poll(() => run.get('n1', '/heard')).toEqual({ heard: { n2: [1, 2] }, unreachable: {} })
    await sleep(50)
    expect(await run.get('n2', '/heard')).toEqual({ heard: { n1: [1] }, unreachable: {} })
    run.system.controls.links?.heal([link])
    expect(await run.event('link-healed')).toMatchObject({ link, held: 1, destroyed: 0 })
    await expect.poll(() => run.get('n2', '/heard')).toEqual({ heard: { n1: [1, 2] }, unreachable: {} })
  })

  test('healing destroys connections made during the cut, and their sender hears of it', async () => {
    const link = { from: 'n1', to: 'n2' } as const
    run.system.controls.links?.cut([link])
    await run.event('link-cut')
    await run.get('n1', '/ping/n2-1')
    await sleep(50)
    run.system.controls.links?.heal([link])
    expect(await run.event('link-healed')).toMatchObject({ link, held: 1, destroyed: 1 })
    await expect.poll(() => run.get('n1', '/heard')).toEqual({ heard: {}, unreachable: { n2: 'reset' } })
    await run.get('n1', '/ping/n2-2')
    await expect.poll(() => run.get('n2', '/heard')).toEqual({ heard: { n1: [2] }, unreachable: {} })
  })

  test('a message to a dead peer comes back as unreachable', async () => {
    run.system.controls.crash?.kill('n2')
    await run.event('node-dead')
    await run.get('n1', '/ping/n2-1')
    await expect.poll(() => run.get('n1', '/heard')).toEqual({ heard: {}, unreachable: { n2: 'reset' } })
  })

  test('a node that dies by its own fault is reported as such, with its log', async () => {
    await run.get('n1', '/break').catch(() => {}) // The node takes the answer along.
    expect(await run.event('node-dead')).toMatchObject({ node: 'n1', wanted: false, how: 'exit 70' })
    const log = readFileSync(run.system.logs().n1!, 'utf8')
    expect(log).toMatch(/invariant broken: Error: told to break\n\s+at /)
    expect(await call(run.system.connect('n1'), read)).toEqual(refused)
    const since = run.events.length
    run.system.controls.crash?.restart('n1')
    await run.event('node-ready', since)
  })

  test('each node and each start draws other numbers from the one seed', async () => {
    const first = [await run.get('n1', '/draw'), await run.get('n2', '/draw')]
    const since = run.events.length
    run.system.controls.crash?.kill('n1')
    run.system.controls.crash?.restart('n1')
    await run.event('node-ready', since)
    const all = [...first, await run.get('n1', '/draw')].map((answer) => JSON.stringify(answer))
    expect(new Set(all).size).toBe(3)

    const again = makeRun()
    try {
      await start(again.system)
      expect([await again.get('n1', '/draw'), await again.get('n2', '/draw')]).toEqual(first)
    } finally {
      await again.end()
    }
  })

  test('the death of the link proxies is a failure of the harness', async () => {
    const pid = childrenOf(process.pid).find((child) => commandOf(child).includes('link-proxies'))
    process.kill(pid!, 'SIGKILL')
    expect(await run.event('harness')).toMatchObject({ what: 'the link proxies died: SIGKILL' })
  })

  test('a closed connection ends what is open, once, and takes no more', async () => {
    const connection = run.system.connect('n1')
    run.system.controls.pause?.pause('n1')
    await run.event('node-paused')
    const replies: Reply[] = []
    connection.call(write(1), 200, (reply) => replies.push(reply))
    connection.close()
    connection.close()
    expect(await call(connection, write(2))).toEqual(refused)
    await sleep(300)
    expect(replies).toEqual([reset])
  })
})

describe('links to clients', () => {
  test.each([
    ['requests', { from: 'clients', to: 'n1' }, 0],
    ['answers', { from: 'n1', to: 'clients' }, 1],
  ] as const)(
    'a cut of the %s times out; only cut answers leave an effect before the heal',
    async (_, link, effect) => {
      const run = makeRun({ nodes: ['n1'], links: 'clients' })
      try {
        await start(run.system)
        expect(run.system.links).toContainEqual(link)
        const connection = run.system.connect('n1')
        await call(connection, write(0))
        run.system.controls.links?.cut([link])
        await run.event('link-cut')
        expect(await call(connection, write(1), 150)).toEqual(timeout)
        const data = run.system.logs().n1!.replace('.log', '/values')
        expect(readFileSync(data, 'utf8').trim().split('\n')).toHaveLength(1 + effect)
        expect(await call(run.system.connect('n1'), write(2), 150)).toEqual(timeout)
        run.system.controls.links?.heal([link])
        expect(await run.event('link-healed')).toMatchObject({ link, held: 2, destroyed: 1 })
        const reply = await call(run.system.connect('n1'), read)
        // A held request may still take effect, long after its client gave up.
        expect(reply).toEqual({ type: 'ok', output: { value: effect === 0 ? 1 : 2 } })
      } finally {
        await run.end()
      }
    },
  )
})

test('a crash point named in the environment ends the node as kill -9 does', async () => {
  process.env.FAULTLINE_CRASH_POINT = 'before-sync'
  const run = makeRun({ nodes: ['n1'] })
  try {
    await start(run.system)
    expect(await call(run.system.connect('n1'), write(1))).toEqual(reset)
    expect(await run.event('node-dead')).toMatchObject({ wanted: false, how: 'SIGKILL' })
  } finally {
    delete process.env.FAULTLINE_CRASH_POINT
    await run.end()
  }
})

describe('start and stop', () => {
  test('a node that refuses to run fails the start, and the error shows its log', async () => {
    const run = makeRun({ options: { refuse: 'n2' } })
    try {
      await expect(start(run.system)).rejects.toThrow(
        /^n2 ended with exit 1; .*n2\.log:\n.*refuses to run: told to refuse/,
      )
    } finally {
      await run.end()
    }
  })

  test('a stop during the start ends both, and leaves no child', async () => {
    const run = makeRun()
    const started = start(run.system)
    const stops = [1, 2].map(() => new Promise<void>((resolve) => run.system.stop(resolve)))
    await expect(started).rejects.toThrow('the system was stopped')
    await Promise.all(stops)
    expect(childrenOf(process.pid).filter((pid) => commandOf(pid).includes('link-proxies'))).toEqual([])
    await run.end()
  })

  test('a stopped system stays stopped', async () => {
    const run = makeRun({ nodes: ['n1'] })
    await start(run.system)
    const connection = run.system.connect('n1')
    await new Promise<void>((resolve) => run.system.stop(resolve))
    const count = run.events.length
    expect(run.events.at(-1)).toMatchObject({ type: 'node-dead', wanted: true })
    run.system.controls.crash?.restart('n1')
    expect(await call(connection, read)).toEqual(refused)
    await sleep(50)
    expect(run.events).toHaveLength(count)
    await run.end()
  })
})
