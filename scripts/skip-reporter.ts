/** Tells after a test run which tests were skipped and why, and leaves it in a file for `summary.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Reporter, TestCase } from 'vitest/node'

export const skipsFile = '.cache/skips.json'

/** The reason is what `skip` was given, or what stands in the title. */
export interface Skip {
  readonly test: string
  readonly reason: string
}

export const skipReporter: Reporter = {
  onTestRunEnd(modules) {
    const skips = modules.flatMap((module) => [...module.children.allTests('skipped')].map(skipOf))
    mkdirSync('.cache', { recursive: true })
    writeFileSync(skipsFile, JSON.stringify(skips))
  },
}

function skipOf(test: TestCase): Skip {
  const result = test.result()
  const note = result.state === 'skipped' ? result.note : undefined
  return { test: test.fullName, reason: note ?? /\((skipped [^)]*)\)/.exec(test.fullName)?.[1] ?? 'no reason given' }
}
