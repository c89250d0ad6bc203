import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { childrenOf, isAlive } from './fixtures/processes.ts'

test('no child outlives a controller that was killed, not even a frozen one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'faultline-orphans-'))
  const controller = execa(process.execPath, [join(import.meta.dirname, 'fixtures', 'controller.ts'), directory], {
    reject: false,
  })
  let children: number[] = []
  try {
    await once(controller.stdout, 'data') // It says that it has frozen a node.
    children = childrenOf(controller.pid!)
    expect(children).toHaveLength(4) // Three nodes and the link proxies.
    controller.kill('SIGKILL')
    for (let waitedMs = 0; waitedMs < 2000 && children.some(isAlive); waitedMs += 10) await sleep(10)
    expect(children.filter(isAlive)).toEqual([])
  } finally {
    controller.kill('SIGKILL')
    for (const pid of children.filter(isAlive)) process.kill(pid, 'SIGKILL')
    rmSync(directory, { recursive: true })
  }
})
