import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDirectory, makeRun } from '../results/index/runs.fixture.ts'
import { runsCommand } from './commands/runs.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'faultline-runs-'))
  makeRun(root, { name: 'old', outcome: 'valid', startedAt: '2020-01-01T00:00:00.000Z', faults: ['kill'] })
  makeRun(root, { name: 'new', outcome: 'illegal', cause: 'a stale read', bug: 'leader-local-read', mode: 'sim' })
  makeRun(root, { name: 'open', startedAt: new Date().toISOString(), seed: '\u001b[31mred' })
  makeDirectory(root, 'torn', { 'plan.json': '{' })
})
afterAll(() => rmSync(root, { recursive: true }))

/** What is printed for these words; throws what commander has to say. */
function typed(...words: readonly string[]): string {
  let printed = ''
  const command = runsCommand((text) => {
    printed += text
  })
  command.exitOverride().configureOutput({ writeErr: () => undefined })
  command.parse(['--root', root, ...words], { from: 'user' })
  return printed
}

describe('faultline runs', () => {
  test('prints a table, the newest first, and says what is damaged', () => {
    const lines = typed().split('\n')
    expect(lines[0]).toMatch(/started \(UTC\) +outcome +workload +faults +system +bug +seed +time +ops +run/)
    expect(lines.slice(1, 5).map((line) => /(\w+)\W*(?:\[\d+m)?$/.exec(line)?.[1])).toEqual([
      'open',
      'new',
      'old',
      'torn',
    ])
    expect(lines[1]).toContain('no outcome')
    expect(lines[1]).toContain('␛[31mred')
    expect(lines[2]).toMatch(/illegal .* raft-kv \(sim\) .* leader-local-read/)
    expect(lines[5]).toBe('torn: damaged: plan.json can not be read: it is no JSON; there is no environment.json')
  })

  test.each([
    ['--outcome valid,damaged', ['old', 'torn']],
    ['--bug leader-local-read', ['new']],
    ['--bug none --workload register', ['open', 'old']],
    ['--system raft-kv', ['open', 'new', 'old']],
    ['--fault kill', ['old']],
    ['--mode sim', ['new']],
    ['--since 1h', ['open']],
    ['--since 3d', ['open']],
    ['--since 1000000d', ['open', 'new', 'old']],
    ['--limit 9007199254740991', ['open', 'new', 'old', 'torn']],
    ['--since 2025-06-01', ['open', 'new']],
    ['--sort name --ascending', ['new', 'old', 'open', 'torn']],
    ['--limit 1', ['open']],
    ['--rebuild', ['open', 'new', 'old', 'torn']],
    ['stale READ', ['new']],
    ['--root nowhere', []],
  ])('%s --json lists %j', (words, expected) => {
    const listed = JSON.parse(typed('--json', ...words.split(' '))) as {
      'faultline-runs': number
      runs: { name: string }[]
    }
    expect(listed['faultline-runs']).toBe(1)
    expect(listed.runs.map(({ name }) => name)).toEqual(expected)
  })

  test('says how many there are beyond the limit', () => {
    expect(typed('--limit', '3')).toContain('3 runs of 4; --limit shows more')
  })

  test.each([
    ['--outcome fine', 'valid, illegal'],
    ['--since yesterday', '2026-01-31'],
    ['--sort colour', 'started'],
    ['--since 99999999999d', 'a calendar has'],
    ['--since 99999999999h', 'at most'],
    ['--limit 0', 'above 0'],
  ])('%s is refused with what was expected', (words, expected) => {
    expect(() => typed(...words.split(' '))).toThrow(expected)
  })
})
