/** `faultline runs` and `faultline serve`, as a person types them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDirectory, makeRun } from '../results/index/runs.fixture.ts'
import { eventually, launch } from './fixtures/launch.ts'

let cwd = ''
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'faultline-runs-'))
  makeRun(join(cwd, 'results', 'runs'), { name: 'one', outcome: 'illegal' })
})
afterAll(() => rmSync(cwd, { recursive: true }))

test('an index of other bytes is replaced, and that is said beside the table', async () => {
  writeFileSync(join(cwd, 'results', 'runs', '.index-1.sqlite'), 'no database '.repeat(1000))
  const { exitCode, stdout, stderr } = await launch(['runs'], { cwd })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('illegal')
  expect(stderr).toContain('was damaged and made anew')
})

test('what can not be asked for exits with 254', async () => {
  const { exitCode, stderr } = await launch(['runs', '--outcome', 'fine'], { cwd })
  expect(exitCode).toBe(254)
  expect(stderr).toContain('valid, illegal')
})

test('faultline serve says where, serves until it is told to end, and ends with 0', async () => {
  const child = launch(['serve', '--port', '0'], { cwd })
  let out = ''
  child.stdout?.on('data', (piece: Buffer) => {
    out += String(piece)
  })
  try {
    const url = await eventually('an address', () => /http:\/\/127\.0\.0\.1:\d+\//.exec(out)?.[0])
    const body = await (await fetch(url)).text()
    expect(body).toContain('1 run')
    const second = await launch(['serve', '--port', new URL(url).port], { cwd })
    expect(second.exitCode).toBe(254)
    expect(second.stderr).toContain('EADDRINUSE')
  } finally {
    child.kill('SIGINT')
  }
  const { exitCode, stderr } = await child
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
})

test('faultline serve shows the campaigns beside its root, not those of the current directory', async () => {
  makeDirectory(join(cwd, 'results', 'campaigns'), 'near', { 'campaign.json': '{}' })
  makeDirectory(join(cwd, 'far', 'campaigns'), 'away', { 'campaign.json': '{}' })
  const child = launch(['serve', '--port', '0', '--root', join('far', 'runs')], { cwd })
  let out = ''
  child.stdout?.on('data', (piece: Buffer) => {
    out += String(piece)
  })
  try {
    const url = await eventually('an address', () => /http:\/\/127\.0\.0\.1:\d+\//.exec(out)?.[0])
    const body = await (await fetch(`${url}campaigns/`)).text()
    expect(body.match(/(?<=href="\/campaigns\/)\w+(?=\/")/g)).toEqual(['away'])
  } finally {
    child.kill('SIGINT')
  }
  expect((await child).exitCode).toBe(0)
})
