/** What every Env must show, real or simulated, so that the fake can't drift from the real. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Disk, Env } from './env.ts'
import type { Message, NodeId } from './raft/message.ts'

/** Two nodes, `n1` and `n2`, on empty disks, and a third that both know as a peer, `n3`, but that nobody runs. */
export interface World {
  readonly envs: Readonly<Record<NodeId, Env>>
  /** Lets `ms` milliseconds pass, of whatever time this world has. */
  run(ms: number): Promise<void>
  close(): Promise<void>
}

export function envSuite(name: string, makeWorld: () => Promise<World>): void {
  describe(`${name}: an Env`, () => {
    let world: World
    let n1: Env
    let n2: Env

    beforeEach(async () => {
      world = await makeWorld()
      n1 = world.envs.n1!
      n2 = world.envs.n2!
    })
    afterEach(() => world.close())

    /** What `operation` hands its callback, which must come within ten seconds of the world's time, and not at once. */
    async function result<T extends unknown[]>(operation: (done: (...got: T) => void) => void): Promise<T> {
      let got: T | undefined
      operation((...values) => {
        expect(got, 'answered twice').toBeUndefined()
        got = values
      })
      expect(got, 'answered synchronously').toBeUndefined()
      for (let waited = 0; got === undefined && waited < 10_000; waited += 2) await world.run(2)
      if (got === undefined) throw new Error('no answer')
      return got
    }

    function sizeOf(disk: Disk, file: string) {
      return result<[Error | undefined, number]>((done) => disk.size(file, done))
    }

    async function textOf(disk: Disk, file: string, offset = 0, length = 1000): Promise<string> {
      const [error, bytes] = await result<[Error | undefined, Uint8Array]>((done) =>
        disk.read(file, offset, length, done),
      )
      expect(error).toBeUndefined()
      return Buffer.from(bytes).toString()
    }

    async function namesOf(disk: Disk): Promise<readonly string[]> {
      const [error, names] = await result<[Error | undefined, readonly string[]]>((done) => disk.list(done))
      expect(error).toBeUndefined()
      return names
    }

    describe('clock', () => {
      test('timers run in the order of their moments, those of one moment in the order of their calls', async () => {
        const ran: string[] = []
        n1.clock.after(30_000, () => ran.push('30'))
        n1.clock.after(10_000, () => ran.push('10'))
        n1.clock.after(20_000, () => ran.push('20 first'))
        n1.clock.after(20_000, () => ran.push('20 second'))
        n1.clock.after(0, () => ran.push('0'))
        expect(ran).toEqual([])
        await world.run(60)
        expect(ran).toEqual(['0', '10', '20 first', '20 second', '30'])
      })

      test('a timer never runs early', async () => {
        const delays = [0, 1, 999, 1000, 1001, 3333, 10_000]
        const early: number[] = []
        const startUs = n1.clock.monotonicUs()
        let ran = 0
        for (const us of delays) {
          n1.clock.after(us, () => {
            ran += 1
            if (n1.clock.monotonicUs() - startUs < us) early.push(us)
          })
        }
        await world.run(50)
        expect({ ran, early }).toEqual({ ran: delays.length, early: [] })
      })

      test('a cancelled timer does not run, and cancelling again or too late does nothing', async () => {
        const ran: string[] = []
        const cancel = n1.clock.after(5000, () => ran.push('cancelled'))
        const cancelLate = n1.clock.after(5000, () => ran.push('kept'))
        n1.clock.after(10_000, () => ran.push('later'))
        cancel()
        cancel()
        await world.run(8)
        cancelLate()
        await world.run(30)
        expect(ran).toEqual(['kept', 'later'])
      })

      test('a timer may set and cancel others', async () => {
        const ran: string[] = []
        const cancel = n1.clock.after(10_000, () => ran.push('cancelled'))
        n1.clock.after(5000, () => {
          cancel()
          n1.clock.after(0, () => ran.push('set'))
        })
        await world.run(40)
        expect(ran).toEqual(['set'])
      })

      test('time is whole microseconds and passes', async () => {
        const before = [n1.clock.monotonicUs(), n1.clock.wallUs()] as const
        await world.run(20)
        const after = [n1.clock.monotonicUs(), n1.clock.wallUs()] as const
        expect([...before, ...after].every(Number.isInteger)).toBe(true)
        expect(after[0] - before[0]).toBeGreaterThanOrEqual(20_000)
        expect(after[1]).toBeGreaterThan(before[1])
      })
    })

    describe('disk', () => {
      const bytes = (text: string) => Buffer.from(text)

      test('an absent file is empty, and removing it succeeds', async () => {
        expect(await sizeOf(n1.disk, 'absent')).toEqual([undefined, 0])
        expect(await textOf(n1.disk, 'absent')).toBe('')
        expect(await result((done) => n1.disk.remove('absent', done))).toEqual([])
        expect(await namesOf(n1.disk)).toEqual([])
      })

      test('appended bytes are read back, fewer at the end of the file', async () => {
        n1.disk.append('log', bytes('hello '), () => {})
        expect(await result((done) => n1.disk.append('log', bytes('world'), done))).toEqual([])
        expect(await sizeOf(n1.disk, 'log')).toEqual([undefined, 11])
        expect(await textOf(n1.disk, 'log', 3, 5)).toBe('lo wo')
        expect(await textOf(n1.disk, 'log', 6, 100)).toBe('world')
        expect(await textOf(n1.disk, 'log', 11, 100)).toBe('')
        expect(await textOf(n1.disk, 'log', 50, 100)).toBe('')
      })

      test('a file is cut down, never grown, and goes on at its new end', async () => {
        n1.disk.append('log', bytes('0123456789'), () => {})
        n1.disk.truncate('log', 4, () => {})
        n1.disk.append('log', bytes('x'), () => {})
        expect(await result((done) => n1.disk.truncate('log', 100, done))).toEqual([])
        expect(await textOf(n1.disk, 'log')).toBe('0123x')
      })

      test('a rename replaces the target, and both names go on as they should', async () => {
        n1.disk.append('old', bytes('old'), () => {})
        n1.disk.append('new', bytes('new'), () => {})
        n1.disk.rename('new', 'old', () => {})
        n1.disk.append('old', bytes('+'), () => {})
        n1.disk.append('new', bytes('fresh'), () => {})
        n1.disk.sync('directory', () => {})
        expect(await textOf(n1.disk, 'old')).toBe('new+')
        expect(await textOf(n1.disk, 'new')).toBe('fresh')
        expect(await namesOf(n1.disk)).toEqual(['new', 'old'])
      })

      test('renaming an absent file is an error, and what follows still runs', async () => {
        const [error] = await result((done) => n1.disk.rename('absent', 'x', done))
        expect(error).toBeInstanceOf(Error)
        expect(await namesOf(n1.disk)).toEqual([])
      })

      test('a removed file is gone, and can be made anew', async () => {
        n1.disk.append('log', bytes('first'), () => {})
        n1.disk.remove('log', () => {})
        n1.disk.append('log', bytes('second'), () => {})
        expect(await textOf(n1.disk, 'log')).toBe('second')
      })

      test('operations end in the order of their calls', async () => {
        const ended: string[] = []
        const note = (what: string) => () => void ended.push(what)
        n1.disk.append('b', new Uint8Array(1_000_000), note('append'))
        n1.disk.sync({ file: 'b' }, note('sync'))
        n1.disk.size('absent', note('size'))
        n1.disk.append('a', bytes('x'), note('append'))
        n1.disk.list(note('list'))
        n1.disk.read('absent', 0, 1, note('read'))
        n1.disk.sync('directory', note('sync directory'))
        await result((done) => n1.disk.remove('b', done))
        expect(ended).toEqual(['append', 'sync', 'size', 'append', 'list', 'read', 'sync directory'])
      })

      test('each node has a disk of its own', async () => {
        await result((done) => n1.disk.append('log', bytes('mine'), done))
        expect(await namesOf(n2.disk)).toEqual([])
      })

      test('any sequence of operations leaves what it leaves on a map of texts', async () => {
        const file = fc.constantFrom('a', 'b', 'c')
        const step = fc.oneof(
          fc.record({ do: fc.constant('append' as const), file, text: fc.string({ maxLength: 5 }) }),
          fc.record({ do: fc.constant('truncate' as const), file, length: fc.nat(8) }),
          fc.record({ do: fc.constant('rename' as const), file, to: file }),
          fc.record({ do: fc.constant('remove' as const), file }),
        )
        let round = 0
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
            round += 1 // The disk outlives the round, so each has names of its own.
            const model = new Map<string, Buffer>()
            const nameOf = (plain: string) => `${plain}-${round}`
            for (const each of steps) {
              const name = nameOf(each.file)
              const content = model.get(name)
              if (each.do === 'append') {
                n1.disk.append(name, bytes(each.text), () => {})
                model.set(name, Buffer.concat([content ?? bytes(''), bytes(each.text)]))
              } else if (each.do === 'truncate') {
                n1.disk.truncate(name, each.length, () => {})
                if (content) model.set(name, content.subarray(0, each.length))
              } else if (each.do === 'rename') {
                n1.disk.rename(name, nameOf(each.to), () => {})
                if (content) model.delete(name)
                if (content) model.set(nameOf(each.to), content)
              } else {
                n1.disk.remove(name, () => {})
                model.delete(name)
              }
            }
            const names = (await namesOf(n1.disk)).filter((name) => name.endsWith(`-${round}`))
            expect(names).toEqual([...model.keys()].sort())
            for (const [name, content] of model) expect(await textOf(n1.disk, name)).toBe(content.toString())
          }),
          { numRuns: 20 },
        )
      })
    })

    describe('network', () => {
      const message = (from: NodeId, to: NodeId, term: number): Message =>
        Object.freeze({ type: 'vote-reply', pre: false, granted: true, from, to, term })

      /** What arrives at a node, as `n1: 3` or `unreachable n3`. */
      function listen(env: Env): string[] {
        const heard: string[] = []
        env.network.listen({
          message: (from, { term }) => heard.push(`${from}: ${term}`),
          unreachable: (to) => heard.push(`unreachable ${to}`),
        })
        return heard
      }

      test('messages arrive whole, and in the order in which they were sent on their link', async () => {
        const got: Message[] = []
        n2.network.listen({ message: (_, each) => got.push(each), unreachable: () => {} })
        listen(n1)
        const sent = Array.from({ length: 100 }, (_, term) => message('n1', 'n2', term))
        for (const each of sent.slice(0, 50)) n1.network.send('n2', each)
        await world.run(200)
        for (const each of sent.slice(50)) n1.network.send('n2', each)
        expect(got).toHaveLength(50)
        await world.run(200)
        expect(got).toEqual(sent)
      })

      test('both directions of a pair work side by side', async () => {
        const [at1, at2] = [listen(n1), listen(n2)]
        n1.network.send('n2', message('n1', 'n2', 1))
        n2.network.send('n1', message('n2', 'n1', 2))
        await world.run(200)
        expect({ at1, at2 }).toEqual({ at1: ['n2: 2'], at2: ['n1: 1'] })
      })

      test('nothing arrives from within send', async () => {
        const [at1, at2] = [listen(n1), listen(n2)]
        n1.network.send('n2', message('n1', 'n2', 1))
        n1.network.send('n3', message('n1', 'n3', 1))
        expect([...at1, ...at2]).toEqual([])
        await world.run(200)
        expect({ at1, at2 }).toEqual({ at1: ['unreachable n3'], at2: ['n1: 1'] })
      })

      test('the sender hears each time that a peer can not be reached, and others are not disturbed', async () => {
        const [at1, at2] = [listen(n1), listen(n2)]
        for (let term = 1; term <= 3; term++) {
          n1.network.send('n3', message('n1', 'n3', term))
          n1.network.send('n2', message('n1', 'n2', term))
          await world.run(150)
        }
        expect(at1).toEqual(['unreachable n3', 'unreachable n3', 'unreachable n3'])
        expect(at2).toEqual(['n1: 1', 'n1: 2', 'n1: 3'])
      })
    })
  })
}
