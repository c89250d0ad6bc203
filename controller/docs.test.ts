import { readFileSync } from 'node:fs'
import { models, objects } from 'porcupine-ts/models'
import { expect, test } from 'vitest'
import { bugs } from '../cluster/bugs/index.ts'
import { systems } from '../cluster/systems/index.ts'
import { faults } from '../nemesis/index.ts'
import { outcomes } from '../results/outcome.ts'
import { workloads } from '../workloads/index.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test.each(Object.entries({ systems, workloads, faults, bugs, models, objects, outcomes }))(
  'the README names all %s',
  (_kind, registry) => {
    const missing = Object.keys(registry).filter((name) => !readme.includes(`\`${name}\``))
    expect(missing).toEqual([])
  },
)

test('every target of every fault on real processes stands in the README', () => {
  const { partition, kill, pause } = faults
  const missing = [...partition.picks, ...kill.picks, ...pause.picks].filter((pick) => !readme.includes(`\`${pick}\``))
  expect(missing).toEqual([])
})
