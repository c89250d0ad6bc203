import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { rules } from './rules.ts'
import { parseTranscript, printTranscript, Script } from './testing/script.ts'

const folder = new URL('transcripts/', import.meta.url)

describe('a transcript replays to the same results', () => {
  it.each(readdirSync(folder))('%s', (file) => {
    const path = new URL(file, folder)
    const text = readFileSync(path, 'utf8')
    const script = new Script(rules)
    const printed = printTranscript(
      parseTranscript(text).map((block) => ({ ...block, result: script.run(block.commands) })),
    )
    if (process.env.UPDATE_TRANSCRIPTS === '1') writeFileSync(path, printed)
    else expect(printed).toBe(text)
  })
})
