import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { rules } from '../raft/rules.ts'
import { type Block, parseTranscript, printTranscript, Script } from '../raft/testing/script.ts'
import { runUnaudited } from '../raft/testing/world.ts'
import type { Bug } from './bug.ts'
import { bugs } from './index.ts'

const names = Object.keys(bugs).sort()
const folder = new URL('transcripts/', import.meta.url)

it('every bug has a file of its name, and a transcript', () => {
  const files = readdirSync(new URL('.', import.meta.url))
  for (const name of names) expect(files).toContain(`${name}.ts`)
  expect(readdirSync(folder).sort()).toEqual(names.map((name) => `${name}.txt`))
})

describe('a bug changes the outcome of its transcript', () => {
  it.each(Object.entries<Bug>(bugs))('%s', (name, bug) => {
    const path = new URL(`${name}.txt`, folder)
    const text = readFileSync(path, 'utf8')
    const blocks = parseTranscript(text)
    const right = results(blocks, rules)
    const wrong = results(blocks, bug.rules ?? rules)
    expect(wrong).not.toEqual(right)
    const printed = printTranscript(
      blocks.map((block, i) => ({ ...block, result: beside(right[i] ?? '', wrong[i] ?? '') })),
    )
    if (process.env.UPDATE_TRANSCRIPTS === '1') writeFileSync(path, printed)
    else expect(printed).toBe(text)
  })
})

describe('a core with a bug goes on, as its clients are to see the harm', () => {
  it.each(Object.entries<Bug>(bugs))('%s', (_, bug) => {
    for (let seed = 0; seed < 150; seed++) runUnaudited(seed, bug.rules ?? rules)
  })
})

function results(blocks: readonly Block[], table: typeof rules): readonly string[] {
  const script = new Script(table)
  return blocks.map((block) => script.run(block.commands))
}

/** Equal results once, others one under the other. */
function beside(right: string, wrong: string): string {
  return right === wrong ? right : `correct:\n${right}\nwith the bug:\n${wrong}`
}
