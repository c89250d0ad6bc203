import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listRuns, readRun } from './store.ts'

/** Writes two events, waits 60 ms, writes a third, says so, and waits to be killed. */
const writer = `
import { createRun } from ${JSON.stringify(new URL('./store.ts', import.meta.url).href)}
import { exampleEnvironment, examplePlan } from ${JSON.stringify(new URL('./examples.ts', import.meta.url).href)}
const stored = createRun(process.argv[1], 'killed', { plan: examplePlan, environment: exampleEnvironment })
const history = stored.historyWriter({ workload: 'register', model: 'register' })
const event = (index, type) => ({ index, timeUs: index, process: 0, type, f: 'read', key: 'k' })
history.add(event(0, 'invoke'))
history.add(event(1, 'info'))
setTimeout(() => {
  history.add({ ...event(2, 'invoke'), process: 1 })
  process.stdout.write('written')
  for (;;);
}, 60)
`

test('what a killed controller wrote more than 50 ms ago is in the file', async () => {
  const root = mkdtempSync(join(tmpdir(), 'faultline-killed-'))
  const child = spawn(process.execPath, ['--input-type=module', '--eval', writer, root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(listRuns(root)).toEqual(['killed'])
    const { history, notes } = readRun(join(root, 'killed'))
    expect(history.slice(0, 2).map(({ type }) => type)).toEqual(['invoke', 'info'])
    expect(notes).toContain('There is no outcome: the run was cut short, or was not judged yet.')
  } finally {
    child.kill('SIGKILL')
    rmSync(root, { recursive: true })
  }
})
