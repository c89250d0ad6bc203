import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execaSync } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Reply, Request } from '../kv/request.ts'
import { childrenOf, commandOf } from './fixtures/processes.ts'
import { call, makeRun, start, type TestRun } from './fixtures/run.ts'

const write = (value: number): Request => ({ f: 'write', key: 'a', value })
const read: Request = { f: 'read', key: 'a' }
const reset: Reply = { type: 'info', error: 'connection reset' }
const timeout: Reply = { type: 'info', error: 'time-out' }

/** The entry whose children run the project's own programs. */
const projectEntry = join(import.meta.dirname, 'child.ts')

function hasPrlimit(): boolean {
  return execaSync('prlimit', ['--version'], { reject: false }).exitCode === 0
}

/** What the suite of all systems does not know of: children, their logs and files. */
describe('a running system', () => {
  let run: TestRun

  beforeEach(async () => {
    run = makeRun()
    await start(run.system)
  })
  afterEach(() => run.end())

  test('a log holds what its node said, also on stdout', () => {
    expect(readFileSync(run.system.logs().n1!, 'utf8')).toContain('on stdout: a careless line')
  })

  test('a node that dies by its own fault ends with a code that says so, and its log says why', async () => {
    await run.get('n1', '/break').catch(() => {}) // The node takes the answer along.
    expect(await run.event('node-dead')).toMatchObject({ node: 'n1', wanted: false, how: 'exit 70' })
    const log = readFileSync(run.system.logs().n1!, 'utf8')
    expect(log).toMatch(/invariant broken: Error: told to break\n\s+at /)
  })

  test('the death of the link proxies is a failure of the harness', async () => {
    const pid = childrenOf(process.pid).find((child) => commandOf(child).includes('link-proxies'))
    process.kill(pid!, 'SIGKILL')
    expect(await run.event('harness')).toMatchObject({ what: 'the link proxies died: SIGKILL' })
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
        // A held request may still take effect, long after its client gave up; on its own connection, so not at once.
        const value = effect === 0 ? 1 : 2
        await expect.poll(() => call(run.system.connect('n1'), read)).toEqual({ type: 'ok', output: { value } })
      } finally {
        await run.end()
      }
    },
  )
})

test('a node that the disk of this machine failed has not crashed by itself', async ({ skip }) => {
  if (!hasPrlimit()) skip('there is no prlimit (util-linux) to make the disk seem full for one process')
  const run = makeRun({ program: 'single-copy', nodes: ['n1'], links: 'clients', childEntry: projectEntry })
  try {
    await start(run.system)
    const connection = run.system.connect('n1')
    expect(await call(connection, write(1))).toMatchObject({ type: 'ok' })
    // setpriv execs, so that the child that one sees is the node.
    const pid = childrenOf(process.pid).find((child) => commandOf(child).endsWith('/child.ts n1 '))
    execaSync('prlimit', ['--fsize=1', '--pid', String(pid)])
    expect(await call(connection, write(2))).toEqual(reset)
    expect(await run.event('node-dead')).toMatchObject({ node: 'n1', wanted: true, how: 'exit 74' })
    expect(await run.event('harness')).toMatchObject({
      what: 'n1 died as it could not write to the disk of this machine',
    })
  } finally {
    await run.end()
  }
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

  test('a stop during the start leaves no child', async () => {
    const run = makeRun()
    const started = start(run.system)
    const stopped = new Promise<void>((resolve) => run.system.stop(resolve))
    await expect(started).rejects.toThrow('the system was stopped')
    await stopped
    expect(childrenOf(process.pid).filter((pid) => commandOf(pid).includes('link-proxies'))).toEqual([])
    await run.end()
  })
})
