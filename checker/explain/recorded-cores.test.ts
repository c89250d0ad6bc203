/**
 * The illegal histories that others recorded: what each is called and how it is told, as someone found right who looked
 * at it, and how small the cores are. `UPDATE_GOLDEN=1` writes the file anew, to be reviewed as a difference.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { check } from '../check.ts'
import { pairs, readHistory } from '../formats/index.ts'
import { models, withInitial } from '../models/index.ts'
import { explain } from './explain.ts'
import { minimize } from './minimize.ts'

const data = process.env.FAULTLINE_DATA ?? join(import.meta.dirname, '../../../shared/data')
const isAbsent = !existsSync(data)
if (isAbsent) console.log(`skipped: no recorded histories at ${data}; set FAULTLINE_DATA to their folder`)
const golden = join(import.meta.dirname, '../fixtures', 'recorded-sentences.txt')

const folders = ['porcupine/etcd', 'porcupine/kv', 'knossos/cas-register/bad']

function explained(file: string) {
  const { events, model: name, initial } = readHistory(readFileSync(file, 'utf8'))
  const { operations, failed } = pairs(events)
  const model = withInitial(models[name as keyof typeof models], initial)
  const illegal = check(model, operations).partitions.find(({ verdict }) => verdict === 'illegal')
  if (illegal === undefined) return undefined
  const { core, confirmed, isMinimal } = minimize(model, illegal.operations, illegal.stuck, { core: illegal.core })
  const { kind, text } = explain(core, { history: illegal.operations, failed, initial })
  return {
    name: basename(file),
    size: core.length,
    isSure: confirmed && isMinimal,
    line: `${basename(file)}: ${kind}\n  ${text}\n`,
  }
}

describe.skipIf(isAbsent)('the illegal histories of others (skipped where FAULTLINE_DATA has none)', () => {
  const found = isAbsent
    ? []
    : folders
        .flatMap((folder) => readdirSync(join(data, folder)).map((name) => join(data, folder, name)))
        .flatMap((file) => explained(file) ?? [])

  test('are told in sentences that are right', () => {
    const told = found.map(({ line }) => line).join('')
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, told)
    expect(told).toBe(readFileSync(golden, 'utf8'))
  })

  test('have confirmed cores, with a median of at most 8 operations', () => {
    expect(found).toHaveLength(45)
    expect(found.filter(({ isSure }) => !isSure)).toEqual([])
    const sizes = found.map(({ size }) => size).sort((a, b) => a - b)
    const counts = Map.groupBy(sizes, (size) => size)
    console.log(`operations in a core: ${[...counts].map(([size, { length }]) => `${size} in ${length}`).join(', ')}`)
    expect(sizes[sizes.length >> 1]).toBeLessThanOrEqual(8)
  })
})
