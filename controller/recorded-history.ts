/** Finds and reads a recorded history that somebody named: a file of any known format, or a run's directory. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { ModelError } from 'porcupine-ts'
import { type Damage, type Loaded, type LoadedColumns, load, Misfit, UnknownModel } from 'porcupine-ts/cli'
import { columnsFromJsonl, type HistoryColumns } from 'porcupine-ts/columns'
import {
  FormatError,
  type FormatName,
  formats,
  guessFormat,
  HistoryError,
  type JepsenOptions,
  textOf,
} from 'porcupine-ts/formats'
import { models, objects } from 'porcupine-ts/models'
import { readColumns } from '../results/columns.ts'
import { files } from '../results/store.ts'
import { type Usage, UsageError } from '../workloads/usage-error.ts'
import { reasonOf } from './reason.ts'

/** Stands for the standard input. */
const standardInput = '-'
const ours: FormatName = 'faultline'
const lookBytes = 10_000

/** As columns where they do and the history is of our own format and undamaged, as events elsewhere. */
export type Recorded = Loaded | LoadedColumns

export interface ReadOptions {
  /** Guessed unless told. */
  readonly format?: FormatName
  readonly jepsen?: JepsenOptions
  /** Whether columns will do, which are read much faster; never unless told. */
  readonly columnsDo?: (columns: HistoryColumns) => boolean
}

/** A history that can not be checked. It never becomes a verdict. */
export class DamagedHistory extends UsageError {
  readonly damage: Damage

  constructor(file: string, damage: Damage, help: Omit<Usage, 'given'>, options?: ErrorOptions) {
    super({ ...help, given: `${file}: ${damage.message}` }, options)
    this.name = 'DamagedHistory'
    this.damage = damage
  }
}

export function historyFile(given: string): string {
  if (given === standardInput) return given
  const file = existsSync(given) && statSync(given).isDirectory() ? join(given, files.history) : given
  if (existsSync(file)) return file
  throw new UsageError({
    given: file === given ? `no such file: ${given}` : `no ${files.history} in it: ${file}`,
    expected: file === given ? 'a history file, or the directory of a run' : 'the directory of a run',
    type: 'faultline check results/runs/latest',
  })
}

/** Throws a `DamagedHistory`. */
export function readRecorded(file: string, { format, jepsen = {}, columnsDo }: ReadOptions): Recorded {
  const notes: string[] = []
  if (columnsDo !== undefined && (format === undefined || format === ours) && basename(file) === files.history) {
    const beside = readColumns(file)
    if (beside !== undefined && 'note' in beside) notes.push(beside.note)
    else if (beside !== undefined && columnsDo(beside)) return { columns: beside, notes }
  }
  const bytes = bytesOf(file)
  const known = format ?? guessFormat(bytes.toString('utf8', 0, lookBytes))
  if (known === undefined) {
    // Bytes that are no text say so better than a guess that fails.
    if (bytes.length > 0) refusing(file, undefined, () => textOf(bytes))
    const damage = { message: 'it looks like none of the formats', line: 1, column: 1 }
    throw new DamagedHistory(file, damage, { expected: `one of ${Object.keys(formats).join(', ')}`, type: typeFormat })
  }
  // What looks odd to the quick reader is told by the ordinary one.
  const columns = columnsDo !== undefined && known === ours ? columnsFromJsonl(bytes) : undefined
  if (columns !== undefined && columnsDo?.(columns) === true) return { columns, notes }
  const loaded = refusing(file, known, () => load(textOf(bytes), known, jepsen))
  return { ...loaded, notes: [...notes, ...loaded.notes] }
}

const typeFormat = '--format faultline'

function bytesOf(file: string): Buffer {
  try {
    const bytes = readFileSync(file === standardInput ? 0 : file)
    return isCompressed(bytes) ? gunzipSync(bytes) : bytes
  } catch (cause) {
    const help = { expected: 'a file that can be read', type: 'faultline check results/runs/latest' }
    throw new DamagedHistory(file, { message: reasonOf(cause) }, help, { cause })
  }
}

function isCompressed(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** What is wrong with a history is the fault of whoever gave it, and no crash: throws a `DamagedHistory` for it. */
export function refusing<T>(file: string, format: FormatName | undefined, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    throw refused(file, format, cause)
  }
}

/** What to throw instead of `cause`: a `DamagedHistory`, or `cause` itself where it is no fault of the history. */
export function refused(file: string, format: FormatName | undefined, cause: unknown): unknown {
  const refusal = (damage: Damage, expected: string, type: string) =>
    new DamagedHistory(file, damage, { expected, type }, { cause })
  if (cause instanceof FormatError) {
    const { message, line, column } = cause
    const expected = `an undamaged history in the format ${format ?? ours}`
    return refusal({ message, line, column }, expected, '--format NAME, if the guess is wrong')
  }
  if (cause instanceof HistoryError) {
    const expected = 'ops that the model knows, and of each process one at a time'
    return refusal({ message: cause.message }, expected, '--model NAME, if the ops are those of another model')
  }
  if (cause instanceof Misfit) {
    return refusal({ message: cause.problem }, cause.expected, `faultline check ${file}`)
  }
  if (cause instanceof ModelError) {
    const expected = 'a model whose functions return for every operation, without throwing'
    return refusal({ message: cause.message }, expected, '--model FILE, once it is mended')
  }
  if (cause instanceof UnknownModel) {
    const names = [...Object.keys(models), ...Object.keys(objects)].join(', ')
    const message = 'it names a model that nobody has'
    return refusal({ message }, `one of ${names}, or a file such as ./my-model.ts`, '--model NAME')
  }
  return cause
}
