/** A run's summary for a comparison: the stored one where it is younger than what it was made from, else made now. */
import { closeSync, fstatSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { files } from '../layout.ts'
import { readRun } from '../load.ts'
import { summaryFiles } from '../summaries/of-run.ts'
import { isRunSummary, type RunSummary, summaryOf } from '../summaries/run-summary.ts'
import { openPlain } from './run-files.ts'

const sources = [files.plan, files.environment, files.history, files.evidence, files.outcome]
const largestBytes = 1 << 22

/** Throws a `DamagedRunError` where there is no sound run. */
export function readSummary(dir: string): RunSummary {
  return storedSummary(dir) ?? summaryOf(readRun(dir))
}

/** The value of a JSON file in a run's directory; `undefined` where there is none that can be read, or a larger one. */
export function readJson(
  dir: string,
  file: string,
  atMostBytes = largestBytes,
): { value: unknown; changedNs: bigint } | undefined {
  const opened = openPlain(dir, [file], '')
  if (opened === undefined) return undefined
  try {
    if (opened.size > atMostBytes) return undefined
    const { ctimeNs } = fstatSync(opened.descriptor, { bigint: true })
    return { value: JSON.parse(readFileSync(opened.descriptor, 'utf8')), changedNs: ctimeNs }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  } finally {
    closeSync(opened.descriptor)
  }
}

function storedSummary(dir: string): RunSummary | undefined {
  const stored = readJson(dir, summaryFiles.json)
  if (stored === undefined || !isRunSummary(stored.value)) return undefined
  const { changedNs, value } = stored
  const isStale = sources.some((file) => {
    const found = lstatSync(join(dir, file), { bigint: true, throwIfNoEntry: false })
    return found !== undefined && found.ctimeNs > changedNs
  })
  return isStale ? undefined : value
}
