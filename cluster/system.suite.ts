/**
 * What a tester relies on in every System, real or simulated, so that the fake can't drift from the real. Its nodes run
 * the `register` of `fixtures/`.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Reply, Request } from './kv/request.ts'
import type { NodeId } from './raft/message.ts'
import type { Connection, Link, NodeStatus, System, SystemEvent } from './system.ts'

export interface SystemWorldOptions {
  readonly nodes: readonly NodeId[]
  readonly links: 'peers' | 'clients'
  /** The program's own. */
  readonly options: Readonly<Record<string, unknown>>
}

/** A system that was not started, over empty disks. */
export interface SystemWorld {
  readonly system: System
  /** Lets `ms` milliseconds pass, of whatever time this world has. */
  run(ms: number): Promise<void>
  /** What a node answers to any path of its API, by a connection of its own. */
  get(node: NodeId, path: string): Promise<unknown>
  /** Stops the system and clears up. */
  close(): Promise<void>
}

const write = (value: number): Request => ({ f: 'write', key: 'a', value })
const read: Request = { f: 'read', key: 'a' }
const refused: Reply = { type: 'fail', error: 'connection refused' }
const reset: Reply = { type: 'info', error: 'connection reset' }
const timeout: Reply = { type: 'info', error: 'time-out' }
const link: Link = { from: 'n1', to: 'n2' }

export function systemSuite(name: string, makeWorld: (options: SystemWorldOptions) => SystemWorld): void {
  let world: SystemWorld
  let system: System
  let events: SystemEvent[]

  /** In tests that need another world than that of `beforeEach`. */
  async function make(options: Partial<SystemWorldOptions> = {}): Promise<void> {
    world = makeWorld({ nodes: ['n1', 'n2'], links: 'peers', options: {}, ...options })
    system = world.system
    events = []
    system.subscribe((event) => events.push(event))
  }

  /** What `operation` hands its callback, which must come within ten seconds of the world's time, once, and not at once. */
  async function result<T>(operation: (done: (value: T) => void) => void): Promise<T> {
    const got: T[] = []
    operation((value) => got.push(value))
    expect(got, 'answered synchronously').toEqual([])
    for (let waited = 0; got.length === 0 && waited < 10_000; waited += 2) await world.run(2)
    const [first, ...more] = got
    expect(more, 'answered twice').toEqual([])
    if (first === undefined && got.length === 0) throw new Error('no answer')
    return first as T // It is there, perhaps as `undefined`.
  }

  const start = (): Promise<Error | undefined> => result((done) => system.start(done))
  const stop = (): Promise<void> => result((done) => system.stop(() => done()))
  const status = (node: NodeId, timeoutMs = 1000): Promise<NodeStatus | undefined> =>
    result((done) => system.status?.(node, timeoutMs, done))
  const call = (connection: Connection, request: Request, timeoutMs = 3000): Promise<Reply> =>
    result((done) => connection.call(request, timeoutMs, done))
  const typesSince = (since: number): string[] =>
    events
      .slice(since)
      .map(({ type }) => type)
      .filter((type) => type !== 'trace')

  async function event<T extends SystemEvent['type']>(type: T, since = 0): Promise<SystemEvent & { type: T }> {
    const isOfType = (each: SystemEvent): each is SystemEvent & { type: T } => each.type === type
    for (let waited = 0; waited < 10_000; waited += 2) {
      const found = events.slice(since).find(isOfType)
      if (found) return found
      await world.run(2)
    }
    throw new Error(`no ${type} among ${JSON.stringify(events.slice(since))}`)
  }

  async function heard(node: NodeId, expected: unknown): Promise<void> {
    let seen: unknown
    for (let waited = 0; waited < 5_000; waited += 10) {
      seen = await world.get(node, '/heard')
      if (JSON.stringify(seen) === JSON.stringify(expected)) return
      await world.run(10)
    }
    expect(seen).toEqual(expected)
  }

  describe(`${name}: a running system`, () => {
    beforeEach(async () => {
      await make()
      expect(await start()).toBeUndefined()
    })
    afterEach(() => world.close())

    test('has told of each node in order, and of time that does not go back', () => {
      for (const node of system.nodes) {
        const types = events.flatMap((each) => ('node' in each && each.node === node ? [each.type] : []))
        expect(types).toEqual(['node-started', 'trace', 'node-ready'])
      }
      const times = events.map(({ timeUs }) => timeUs)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    })

    test('knows its links, a leader, and what each node says of itself', async () => {
      expect(system.links).toEqual([link, { from: 'n2', to: 'n1' }])
      expect(system.leader?.()).toMatch(/^n[12]$/)
      expect(await status('n1')).toEqual({
        node: 'n1',
        role: 'leader',
        term: 1,
        leader: undefined,
        commit: 0,
        applied: 0,
        counters: { a: 1 },
      })
    })

    test('has addresses and logs of all nodes, or of none', () => {
      for (const known of [system.addresses(), system.logs()])
        expect([[], system.nodes]).toContainEqual(Object.keys(known))
    })

    test('tells nothing to those who do not listen any more', async () => {
      const seen: SystemEvent[] = []
      const unsubscribe = system.subscribe((each) => seen.push(each))
      unsubscribe()
      system.controls.crash?.kill('n1')
      await event('node-dead')
      expect(seen).toEqual([])
    })

    test('refuses calls to a killed node, which comes back with its disk under its address', async () => {
      const { crash } = system.controls
      const connection = system.connect('n1')
      const addresses = system.addresses()
      expect(await call(connection, write(7))).toEqual({ type: 'ok', output: {} })
      crash?.kill('n1')
      crash?.kill('n1')
      expect(await call(connection, read)).toEqual(refused)
      expect(await event('node-dead')).toMatchObject({ node: 'n1', wanted: true, how: 'SIGKILL' })
      expect(await status('n1')).toBeUndefined()
      const since = events.length
      crash?.restart('n1')
      crash?.restart('n1')
      await event('node-ready', since)
      expect(await call(connection, read)).toEqual({ type: 'ok', output: { value: 7 } })
      expect(system.addresses()).toEqual(addresses)
      expect(typesSince(since)).toEqual(['node-started', 'node-ready'])
    })

    test('takes a restart right behind a kill, and then a kill, which wins', async () => {
      const { crash } = system.controls
      let since = events.length
      crash?.kill('n1')
      crash?.restart('n1')
      await event('node-ready', since)
      expect(typesSince(since)).toEqual(['node-dead', 'node-started', 'node-ready'])

      since = events.length
      crash?.kill('n1')
      crash?.restart('n1')
      crash?.kill('n1')
      await event('node-dead', since)
      await world.run(200)
      expect(typesSince(since)).not.toContain('node-ready')
      expect(typesSince(since).at(-1)).toBe('node-dead')
      expect(await call(system.connect('n1'), read)).toEqual(refused)
    })

    test('tells of the death of a node that was killed before it was ready', async () => {
      const { crash } = system.controls
      crash?.kill('n1')
      await event('node-dead')
      const since = events.length
      crash?.restart('n1')
      await event('node-started', since)
      crash?.kill('n1')
      expect(await event('node-dead', since)).toMatchObject({ node: 'n1', wanted: true, how: 'SIGKILL' })
      await world.run(200)
      expect(typesSince(since)).toEqual(['node-started', 'node-dead'])
    })

    test('ends a call that its node takes along to the grave as indeterminate', async () => {
      const connection = system.connect('n1')
      system.controls.pause?.pause('n1')
      await event('node-paused')
      const reply = call(connection, write(1))
      await world.run(20)
      system.controls.crash?.kill('n1') // Also works on a frozen node.
      expect(await reply).toEqual(reset)
    })

    test('lets the clients of a paused node wait, and then goes on as if nothing had been', async () => {
      const { pause } = system.controls
      const connection = system.connect('n1')
      await call(connection, write(1))
      pause?.pause('n1')
      pause?.pause('n1')
      await event('node-paused')
      expect(await call(connection, write(2), 100)).toEqual(timeout)
      expect(await status('n1', 100)).toBeUndefined()
      pause?.resume('n1')
      pause?.resume('n1')
      await event('node-resumed')
      expect(await call(system.connect('n1'), read)).toMatchObject({ type: 'ok' })
      expect(typesSince(0).filter((type) => type === 'node-paused' || type === 'node-resumed')).toHaveLength(2)
    })

    test('cuts one direction between peers; healing delivers what was sent on old connections', async () => {
      const { links } = system.controls
      await world.get('n1', '/ping/n2-1')
      await world.get('n2', '/ping/n1-1')
      await heard('n2', { heard: { n1: [1] }, unreachable: {} })
      links?.cut([link])
      links?.cut([link])
      expect(await event('link-cut')).toMatchObject({ link })
      await world.get('n1', '/ping/n2-2')
      await world.get('n2', '/ping/n1-2')
      await heard('n1', { heard: { n2: [1, 2] }, unreachable: {} })
      await world.run(50)
      await heard('n2', { heard: { n1: [1] }, unreachable: {} })
      links?.heal([link])
      links?.heal([link])
      expect(await event('link-healed')).toMatchObject({ link, held: 1, destroyed: 0 })
      await heard('n2', { heard: { n1: [1, 2] }, unreachable: {} })
      expect(typesSince(0).filter((type) => type.startsWith('link-'))).toEqual(['link-cut', 'link-healed'])
    })

    test('destroys at the heal what was connected during the cut, and the sender hears of it', async () => {
      const { links } = system.controls
      links?.cut([link])
      await event('link-cut')
      await world.get('n1', '/ping/n2-1')
      await world.run(50)
      links?.heal([link])
      expect(await event('link-healed')).toMatchObject({ link, held: 1, destroyed: 1 })
      await heard('n1', { heard: {}, unreachable: { n2: 'reset' } })
      await world.get('n1', '/ping/n2-2')
      await heard('n2', { heard: { n1: [2] }, unreachable: {} })
    })

    test('gives a message to a dead peer back as unreachable', async () => {
      system.controls.crash?.kill('n2')
      await event('node-dead')
      await world.get('n1', '/ping/n2-1')
      let seen = ''
      for (let waited = 0; !seen.includes('n2') && waited < 5_000; waited += 10) {
        await world.run(10)
        seen = JSON.stringify(await world.get('n1', '/heard'))
      }
      // Whether a dead peer refuses or resets depends on what stands in between.
      expect(seen).toMatch(/^\{"heard":\{\},"unreachable":\{"n2":"(refused|reset)"\}\}$/)
    })

    test('reports a node that died by its own fault as such', async () => {
      world.get('n1', '/break').catch(() => {}) // The node takes the answer along.
      expect(await event('node-dead')).toMatchObject({ node: 'n1', wanted: false, how: expect.stringMatching(/./) })
      expect(await call(system.connect('n1'), read)).toEqual(refused)
      const since = events.length
      system.controls.crash?.restart('n1')
      await event('node-ready', since)
    })

    test('lets each node and each start draw other numbers, and the same ones of the same seed', async () => {
      const first = [await world.get('n1', '/draw'), await world.get('n2', '/draw')]
      const since = events.length
      system.controls.crash?.kill('n1')
      system.controls.crash?.restart('n1')
      await event('node-ready', since)
      const all = [...first, await world.get('n1', '/draw')].map((answer) => JSON.stringify(answer))
      expect(new Set(all).size).toBe(3)

      await world.close()
      await make()
      await start()
      expect([await world.get('n1', '/draw'), await world.get('n2', '/draw')]).toEqual(first)
    })

    test('ends what is open on a connection that is closed, once, and takes no more there', async () => {
      const connection = system.connect('n1')
      system.controls.pause?.pause('n1')
      await event('node-paused')
      const replies: Reply[] = []
      connection.call(write(1), 200, (reply) => replies.push(reply))
      connection.close()
      connection.close()
      expect(await call(connection, write(2))).toEqual(refused)
      await world.run(300)
      expect(replies).toEqual([reset])
    })
  })

  describe(`${name}: links to clients`, () => {
    afterEach(() => world.close())

    test.each([
      ['requests', { from: 'clients', to: 'n1' }, 1],
      ['answers', { from: 'n1', to: 'clients' }, 2],
    ] as const)(
      'a cut of the %s times out, and what was held may take effect after the heal',
      async (_, cut, effect) => {
        await make({ nodes: ['n1'], links: 'clients' })
        expect(await start()).toBeUndefined()
        expect(system.links).toContainEqual(cut)
        const connection = system.connect('n1')
        await call(connection, write(0))
        system.controls.links?.cut([cut])
        await event('link-cut')
        expect(await call(connection, write(1), 150)).toEqual(timeout)
        expect(await call(system.connect('n1'), write(2), 150)).toEqual(timeout)
        system.controls.links?.heal([cut])
        expect(await event('link-healed')).toMatchObject({ link: cut, held: 2 })
        await world.run(50)
        const { type, ...rest } = await call(system.connect('n1'), read)
        expect(type).toBe('ok')
        // Which of two held requests arrives depends on their connections; answers were held behind their effects.
        expect(effect === 2 ? [2] : [0, 1, 2]).toContain(
          'output' in rest && 'value' in rest.output && rest.output.value,
        )
      },
    )
  })

  describe(`${name}: start and stop`, () => {
    afterEach(() => world.close())

    test('a node that refuses to run fails the start, and the error says why', async () => {
      await make({ options: { refuse: 'n2' } })
      expect((await start())?.message).toContain('told to refuse')
    })

    test('a stop during the start ends both', async () => {
      await make()
      const started = start()
      const stops = Promise.all([stop(), stop()])
      expect((await started)?.message).toBe('the system was stopped')
      await stops
      const count = events.length
      await world.run(200)
      expect(events.length).toBe(count)
    })

    test('a stopped system stays stopped', async () => {
      await make({ nodes: ['n1'] })
      await start()
      const connection = system.connect('n1')
      await stop()
      expect(events.at(-1)).toMatchObject({ type: 'node-dead', wanted: true })
      const count = events.length
      system.controls.crash?.restart('n1')
      system.controls.pause?.pause('n1')
      expect(await call(connection, read)).toEqual(refused)
      await world.run(100)
      expect(events).toHaveLength(count)
      await stop()
    })
  })
}
