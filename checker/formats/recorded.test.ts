/** Histories that others recorded, each with the verdict that it must get; and the fixtures, named by theirs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type CheckResult, check } from '../check.ts'
import { longestPrefix } from '../explain/longest-prefix.ts'
import { casRegister, models, withInitial } from '../models/index.ts'
import { guessFormat, readHistory } from './guess.ts'
import { readJepsen } from './jepsen.ts'
import { pairs, type RecordedOperation } from './pairs.ts'

const data = process.env.FAULTLINE_DATA ?? join(import.meta.dirname, '../../../shared/data')
const isAbsent = !existsSync(data)
if (isAbsent) console.log(`skipped: no recorded histories at ${data}; set FAULTLINE_DATA to their folder`)

const validLogs = ['002', '005', '007', '018', '025', '031', '038', '045', '048', '049']
const firstWrong: Record<string, number> = { 'bad-analysis': 14, 'cas-failure': 491, 'rethink-fail-minimal': 4 }

describe.skipIf(isAbsent)('recorded histories (skipped where FAULTLINE_DATA has none)', () => {
  test.each(filesOf('porcupine/etcd'))('etcd log %s gets its verdict', (file) => {
    const number = basename(file).slice(5, 8)
    expect(decide(file, 'etcd-log').verdict).toBe(validLogs.includes(number) ? 'valid' : 'illegal')
  })

  test.each(filesOf('porcupine/kv'))('key-value history %s gets its verdict', (file) => {
    expect(decide(file, 'kv-text').verdict).toBe(file.includes('-bad') ? 'illegal' : 'valid')
  })

  test.each(filesOf('knossos/cas-register/good'))('Knossos history %s is valid', (file) => {
    expect(decide(file, 'jepsen').verdict).toBe('valid')
  })

  test.each(filesOf('knossos/cas-register/bad'))('Knossos history %s fails at the known op', (file) => {
    expect(decide(file, 'jepsen').verdict).toBe('illegal')
    // Knossos drops failed compare-and-sets, which shows some anomalies later, and never earlier.
    const history = readJepsen(readFileSync(file, 'utf8'), { failedCasObserves: false })
    const { stuck, isExact } = longestPrefix(casRegister, pairs(history.events).operations)
    expect(isExact).toBe(true)
    expect(stuck?.completedAt).toBe(firstWrong[basename(file, '.edn')])
  })
})

test.each(fixtures())('%s gets the verdict in its name', (file) => {
  const { verdict } = decide(file, 'faultline')
  expect(verdict).toBe(basename(file).split('-')[0])
})

function decide(file: string, format: string): CheckResult<RecordedOperation> {
  const text = readFileSync(file, 'utf8')
  expect(guessFormat(text)).toBe(format)
  const history = readHistory(text)
  return check(withInitial(models[history.model], history.initial), pairs(history.events).operations)
}

function filesOf(folder: string): string[] {
  if (isAbsent) return ['none']
  const path = join(data, folder)
  return readdirSync(path).map((name) => join(path, name))
}

function fixtures(): string[] {
  const path = join(import.meta.dirname, '../fixtures')
  return readdirSync(path).flatMap((name) => (name.endsWith('.jsonl') ? [join(path, name)] : []))
}
