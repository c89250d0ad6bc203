/** Finds and reads a recorded history that somebody named: a file of any known format, or a run's directory. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { columnsFromJsonl, type HistoryColumns } from 'porcupine-ts/columns'
import { decode, FormatError, formats, guessFormat, type History, HistoryError } from 'porcupine-ts/formats'
import { readColumns } from '../results/columns.ts'
import { files } from '../results/store.ts'
import { named } from '../workloads/named.ts'
import { UsageError } from '../workloads/usage-error.ts'

const ours = 'faultline'
const lookBytes = 10_000

/** As columns where it is of our own format and undamaged, as events elsewhere. */
export type Recorded =
  | { readonly columns: HistoryColumns; readonly notes: readonly string[] }
  | { readonly history: History; readonly notes: readonly string[] }

export function historyFile(given: string): string {
  const file = existsSync(given) && statSync(given).isDirectory() ? join(given, files.history) : given
  if (existsSync(file)) return file
  throw new UsageError({
    given: file === given ? `no such file: ${given}` : `no ${files.history} in it: ${file}`,
    expected: file === given ? 'a history file, or the directory of a run' : 'the directory of a run',
    type: 'faultline check results/runs/latest',
  })
}

export function readRecorded(file: string, format: string | undefined): Recorded {
  const notes: string[] = []
  if ((format === undefined || format === ours) && basename(file) === files.history) {
    const beside = readColumns(file)
    if (beside !== undefined && !('note' in beside)) return { columns: beside, notes }
    if (beside !== undefined) notes.push(beside.note)
  }
  const bytes = readFileSync(file)
  const known = format ?? guessFormat(bytes.toString('utf8', 0, lookBytes))
  // What looks odd to the quick reader is told by the ordinary one.
  const columns = known === ours ? columnsFromJsonl(bytes) : undefined
  if (columns !== undefined) return { columns, notes }
  const history = readText(file, known, (name) => named('format', formats, name)(bytes.toString('utf8')))
  return { history, notes: [...notes, ...history.notes] }
}

/** The events, whatever model the history was made for. */
export function readEvents(file: string, format: string | undefined): Pick<History, 'events' | 'notes'> {
  const text = readFileSync(file, 'utf8')
  return readText(file, format ?? guessFormat(text), (name) =>
    name === ours ? decode(text) : named('format', formats, name)(text),
  )
}

function readText<T>(file: string, format: string | undefined, read: (format: string) => T): T {
  if (format === undefined) {
    throw new UsageError({
      given: `${file}, which looks like none of the formats`,
      expected: `one of ${Object.keys(formats).join(', ')}`,
      type: '--format faultline',
    })
  }
  try {
    return read(format)
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause
    throw new UsageError(
      {
        given: `${file}: ${cause.message}`,
        expected: `an undamaged history in the format ${format}`,
        type: '--format NAME, if the guess is wrong',
      },
      { cause },
    )
  }
}

/** Events that do not fit together are the history's fault, so whoever gave it is told. */
export function pairing<T>(file: string, pair: () => T): T {
  try {
    return pair()
  } catch (cause) {
    if (!(cause instanceof HistoryError)) throw cause
    throw new UsageError(
      {
        given: `${file}: ${cause.message}`,
        expected: 'a history in which each process has one op open at a time',
        type: 'faultline check --help',
      },
      { cause },
    )
  }
}
