import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually, killAll, launch, processesOf } from './fixtures/launch.ts'

/** `faultline node`: one node, started and stopped by hand. */
let cwd = ''
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'faultline-node-')))
})
afterEach(() => {
  killAll(cwd)
  rmSync(cwd, { recursive: true })
})

const anyPort = ['--client', '127.0.0.1:0', '--peer', '127.0.0.1:0', '--data', 'data']

interface Node {
  readonly url: string
  readonly stop: (signal: 'SIGINT' | 'SIGTERM') => Promise<number | undefined>
}

async function started(args: readonly string[] = []): Promise<Node> {
  const child = launch(['node', ...anyPort, ...args], { cwd })
  let out = ''
  child.stdout.on('data', (text) => {
    out += text
  })
  const url = await eventually('the line that says where it serves', () => /serves clients at (\S+)/.exec(out)?.[1])
  return {
    url,
    stop: async (signal) => {
      child.kill(signal)
      return (await child).exitCode
    },
  }
}

async function ask(url: string, method = 'GET', body?: unknown): Promise<[number, unknown]> {
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  return [answer.status, await answer.json()]
}

/** A cluster of one elects itself, but not at once. */
async function put(url: string, value: string): Promise<void> {
  let status = 0
  const endMs = performance.now() + 10_000
  while (status !== 200 && performance.now() < endMs) [status] = await ask(url, 'PUT', { value })
  expect(status).toBe(200)
}

describe.each(['raft-kv', 'single-copy'])('%s', (program) => {
  test('answers alone, and finds after an orderly end what it had acknowledged', async () => {
    const first = await started(['--program', program])
    await put(`${first.url}/kv/greeting`, 'hello')
    expect(await ask(`${first.url}/kv/greeting/append`, 'POST', { value: ' world' })).toEqual([200, { version: 2 }])
    expect(await ask(`${first.url}/status`)).toMatchObject([200, { role: 'leader' }])
    expect(await first.stop('SIGINT')).toBe(0)
    expect(processesOf(cwd)).toEqual([])

    const second = await started(['--program', program])
    await put(`${second.url}/kv/other`, 'now it leads')
    expect(await ask(`${second.url}/kv/greeting`)).toEqual([200, { value: 'hello world', version: 2 }])
    expect(await second.stop('SIGTERM')).toBe(0)
  })

  test('refuses a damaged disk, says which file and where, and exits with 1', async () => {
    const node = await started(['--program', program])
    await put(`${node.url}/kv/a`, 'first')
    await put(`${node.url}/kv/a`, 'second')
    await node.stop('SIGINT')
    const [log = ''] = readdirSync(join(cwd, 'data'))
    const bytes = readFileSync(join(cwd, 'data', log))
    bytes[9] = bytes[9]! ^ 0xff // In the payload of the first record, with more behind it.
    writeFileSync(join(cwd, 'data', log), bytes)
    const { exitCode, stderr } = await launch(['node', ...anyPort, '--program', program], { cwd })
    expect(exitCode).toBe(1)
    expect(stderr.trim()).toBe(
      `n1 can not run: ${log}: the record at byte 0 does not match its checksum: the file is damaged`,
    )
  })
})

test('two nodes do not share a directory; one that was killed leaves it to the next', async () => {
  const first = await started()
  const second = await launch(['node', ...anyPort, '--id', 'n2'], { cwd })
  expect([second.exitCode, second.stderr.trim()]).toEqual([
    1,
    'n2 can not run: the data directory data is in use by another node',
  ])
  await put(`${first.url}/kv/a`, 'still served')
  killAll(cwd)
  await eventually('the end', () => processesOf(cwd).length === 0)
  const next = await started()
  expect(await next.stop('SIGTERM')).toBe(0)
})

test('nodes of one folder have directories of their own unless told otherwise', async () => {
  for (const id of ['n1', 'n2']) {
    const child = launch(['node', ...anyPort.slice(0, 4), '--id', id], { cwd })
    await eventually('a directory', () => existsSync(join(cwd, 'faultline-node', id)))
    child.kill('SIGINT')
    await child
  }
  const { exitCode, stderr } = await launch(['node', '--id', '../n3'], { cwd })
  expect([exitCode, stderr]).toEqual([254, expect.stringContaining('../n3')])
})

test('a port that is taken is said so, and the exit code is 1', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  try {
    await eventually('a port', () => server.listening)
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { exitCode, stderr } = await launch(['node', ...anyPort, '--client', `127.0.0.1:${port}`], { cwd })
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(new RegExp(`^n1 can not run: .*EADDRINUSE.*${port}`))])
  } finally {
    server.close()
  }
})
