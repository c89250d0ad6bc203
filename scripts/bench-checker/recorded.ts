/** The histories that others recorded, with the verdict that each must get. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { check } from '../../checker/check.ts'
import { pairs, readHistory } from '../../checker/formats/index.ts'
import { models, withInitial } from '../../checker/models/index.ts'
import { wholeKv } from '../../checker/models/whole-kv.ts'
import type { Subject } from './row.ts'

export const dataFolder = process.env.FAULTLINE_DATA ?? join(import.meta.dirname, '../../../shared/data')

const validLogs = ['002', '005', '007', '018', '025', '031', '038', '045', '048', '049']

/** Paths of recorded histories; none where the folder is absent. */
export function recordedFiles(): readonly string[] {
  if (!existsSync(dataFolder)) return []
  const entries = readdirSync(dataFolder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name !== 'README.md')
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted()
}

export function etcdLogs(): readonly string[] {
  return recordedFiles().filter((file) => file.includes('/etcd/'))
}

export function recorded(file: string): Subject {
  const { operations, model, header } = read(file)
  const expected = expectedOf(file)
  return { name: basename(file), header, operations, expected, check: (options) => check(model, operations, options) }
}

/** The same history held to a model of the whole store, without a partition by key. */
export function recordedAsOne(file: string): Subject {
  const { operations, model, header } = read(file)
  const whole = wholeKv(model)
  return {
    name: `${basename(file)}, as one object`,
    header: { ...header, partition: false },
    operations,
    expected: expectedOf(file),
    check: (options) => check(whole, operations, options),
  }
}

function read(file: string) {
  const { events, model, initial } = readHistory(readFileSync(file, 'utf8'))
  const header = { model, initial }
  return { operations: pairs(events).operations, model: withInitial(models[model], initial), header }
}

function expectedOf(file: string): 'valid' | 'illegal' {
  if (file.includes('/etcd/')) return validLogs.includes(basename(file).slice(5, 8)) ? 'valid' : 'illegal'
  return file.includes('-bad') || file.includes('/bad/') ? 'illegal' : 'valid'
}
