/**
 * The index of runs: an SQLite file beside the runs, so that thousands of them are listed, sorted and searched at once.
 * It is never the source of truth. Each refresh looks at every directory and reads again those that changed; a file that
 * is missing, damaged or of another version is thrown away and made anew; where none can be written, it is in memory.
 */
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type RunFilter, searchable, sqlOf } from './filter.ts'
import { type RunRow, readRow, signatureOf } from './run-row.ts'

/** To be raised whenever rows or tables change; each version has a file of its own, so that two never fight over one. */
const version = 1

/** In one transaction and only where there are none: another process may do the same. */
const tables = `
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS runs (
  name TEXT PRIMARY KEY, signature TEXT NOT NULL, state TEXT NOT NULL, outcome TEXT, workload TEXT, system TEXT,
  bug TEXT, mode TEXT, faults TEXT NOT NULL, seed TEXT, started TEXT, duration_ms REAL, ops REAL,
  search TEXT NOT NULL, row TEXT NOT NULL
) STRICT, WITHOUT ROWID;
PRAGMA user_version = ${version};
COMMIT;
`

/** Where the index of `root` lies: beside the runs, hidden, and ignored by git with them. */
export function indexFile(root: string): string {
  return join(root, `.index-${version}.sqlite`)
}

export interface Refreshed {
  /** Runs that were read, as they were new or had changed. */
  readonly read: number
  readonly removed: number
}

export interface Listing {
  readonly rows: readonly RunRow[]
  /** How many there are without limit and offset. */
  readonly total: number
}

export class RunIndex {
  readonly root: string
  readonly #busyMs: number
  #database: DatabaseSync
  #note: string | undefined

  /** Opens the index, or makes one; needs no `root` to exist. `busyMs`: how long to wait while another process writes. */
  constructor(root: string, { busyMs = 3_000 } = {}) {
    this.root = root
    this.#busyMs = busyMs
    this.#database = this.#open()
  }

  /** Why the index is not where it should be, or was made anew; absent where all is well. */
  get note(): string | undefined {
    return this.#note
  }

  /** Throws away what was known and reads every run again. */
  rebuild(): Refreshed {
    return this.#guarded(() => {
      this.#database.exec('DELETE FROM runs')
      return this.#refresh()
    })
  }

  /** Brings the index up to date with the directories. */
  refresh(): Refreshed {
    return this.#guarded(() => this.#refresh())
  }

  /** As `refresh`, but looks at one directory alone: its name, which leads nowhere else. */
  refreshOne(name: string): Refreshed {
    return this.#guarded(() => this.#refresh([name].filter(isVisible)))
  }

  list(filter: RunFilter = {}): Listing {
    const { where, order, values } = sqlOf(filter)
    const { limit = -1, offset = 0 } = filter
    return this.#guarded(() => {
      const counted = this.#database.prepare(`SELECT count(*) AS total FROM runs ${where}`).get(...values)
      const found = this.#database
        .prepare(`SELECT row FROM runs ${where} ${order} LIMIT ? OFFSET ?`)
        .all(...values, limit, offset)
      return { rows: found.map(({ row }) => rowOf(row)), total: Number(counted?.total ?? 0) }
    })
  }

  /** One run; `undefined` where there is none of that name. */
  get(name: string): RunRow | undefined {
    return this.#guarded(() => {
      const found = this.#database.prepare('SELECT row FROM runs WHERE name = ?').get(name)
      return found === undefined ? undefined : rowOf(found.row)
    })
  }

  /** The different values of a column, sorted, for menus. */
  values(column: 'workload' | 'system' | 'bug' | 'mode'): string[] {
    return this.#guarded(() =>
      this.#database
        .prepare(`SELECT DISTINCT ${column} AS value FROM runs WHERE ${column} IS NOT NULL ORDER BY 1 LIMIT 200`)
        .all()
        .map(({ value }) => String(value)),
    )
  }

  /** Kinds of faults in any plan, sorted. */
  faultKinds(): string[] {
    const lists = this.#guarded(() => this.#database.prepare('SELECT DISTINCT faults FROM runs LIMIT 2000').all())
    return [...new Set(lists.flatMap(({ faults }) => String(faults).split(',')))].filter((kind) => kind !== '').sort()
  }

  /** How many runs ended how; what has no outcome counts by its state. */
  outcomes(): Readonly<Record<string, number>> {
    const found = this.#guarded(() =>
      this.#database.prepare('SELECT coalesce(outcome, state) AS name, count(*) AS count FROM runs GROUP BY 1').all(),
    )
    return Object.fromEntries(found.map(({ name, count }) => [String(name), Number(count)]))
  }

  close(): void {
    this.#database.close()
  }

  #refresh(only?: readonly string[]): Refreshed {
    const rows = this.#database.prepare('SELECT name, signature FROM runs').all()
    const all = rows.map(({ name, signature }): [string, string] => [String(name), String(signature)])
    const known = new Map(only === undefined ? all : all.filter(([name]) => only.includes(name)))
    const changed: { name: string; signature: string; row: RunRow }[] = []
    for (const name of only ?? directories(this.root)) {
      const signature = signatureOf(this.root, name)
      if (signature === undefined) continue
      // The signature was taken first: what changes while the row is read is read again next time.
      if (known.get(name) !== signature) changed.push({ name, signature, row: readRow(this.root, name) })
      known.delete(name)
    }
    const gone = [...known.keys()]
    if (changed.length > 0 || gone.length > 0) this.#write(changed, gone)
    return { read: changed.length, removed: gone.length }
  }

  #write(changed: readonly { name: string; signature: string; row: RunRow }[], gone: readonly string[]): void {
    const database = this.#database
    database.exec('BEGIN IMMEDIATE')
    try {
      const put = database.prepare(`INSERT OR REPLACE INTO runs VALUES (${Array(15).fill('?').join(', ')})`)
      for (const { signature, row } of changed) {
        const { ops } = row
        put.run(
          row.name,
          signature,
          row.state,
          row.outcome ?? null,
          row.workload ?? null,
          row.system ?? null,
          row.bug ?? null,
          row.mode ?? null,
          row.faults.join(','),
          row.seed ?? null,
          sortableTime(row.startedAt),
          row.durationMs ?? null,
          ops === undefined ? null : ops.ok + ops.fail + ops.info,
          searchText(row),
          JSON.stringify(row),
        )
      }
      const remove = database.prepare('DELETE FROM runs WHERE name = ?')
      for (const name of gone) remove.run(name)
      database.exec('COMMIT')
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  /**
   * A damaged index is made anew, once; where it is busy, or can not be written, one in memory takes its place. So runs
   * can always be listed.
   */
  #guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (!isSqlite(error)) throw error
      if (!isDamage(error)) return this.#withoutFile(work, error)
      this.#replace(error.message)
      try {
        this.#refresh()
        return work()
      } catch (again) {
        if (!isSqlite(again)) throw again
        return this.#withoutFile(work, again)
      }
    }
  }

  #withoutFile<T>(work: () => T, { message }: Error): T {
    if (this.#database.isOpen) this.#database.close()
    this.#database = this.#memory(message)
    this.#refresh()
    return work()
  }

  #open(): DatabaseSync {
    const path = indexFile(this.root)
    if (!existsSync(this.root)) return this.#fresh(':memory:')
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found !== undefined && !found.isFile()) {
      // A link could make us write to what is not ours.
      this.#note = `${path} is no file, so the index is in memory`
      return this.#fresh(':memory:')
    }
    try {
      if (found === undefined || found.size === 0) return this.#fresh(path)
      const database = new DatabaseSync(path, { timeout: this.#busyMs })
      if (isOurs(database)) return database
      database.close()
      this.#note = `${path} was damaged and made anew`
      removeIndex(path)
      return this.#fresh(path)
    } catch (error) {
      if (!isSqlite(error) && !isSystem(error)) throw error
      return this.#memory(error.message)
    }
  }

  #replace(why: string): void {
    const path = indexFile(this.root)
    if (this.#database.isOpen) this.#database.close()
    try {
      if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === true) removeIndex(path)
      this.#database = this.#open()
      this.#note ??= `${path} was made anew: ${why}`
    } catch (error) {
      if (!isSystem(error)) throw error
      this.#database = this.#memory(error.message)
    }
  }

  #memory(why: string): DatabaseSync {
    this.#note = `${indexFile(this.root)} can not be used (${why}), so the index is in memory`
    return this.#fresh(':memory:')
  }

  #fresh(path: string): DatabaseSync {
    const database = new DatabaseSync(path, { timeout: this.#busyMs })
    database.exec(tables)
    return database
  }
}

/** Whether it has our tables and is whole; a file of foreign bytes is not even a database. */
function isOurs(database: DatabaseSync): boolean {
  try {
    if (database.prepare('PRAGMA user_version').get()?.user_version !== version) return false
    return database.prepare('PRAGMA quick_check(1)').get()?.quick_check === 'ok'
  } catch (error) {
    if (isSqlite(error)) return false
    throw error
  }
}

function removeIndex(path: string): void {
  for (const file of [path, `${path}-journal`, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true })
}

function directories(root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isVisible(entry.name))
    .map(({ name }) => name)
}

function isVisible(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !name.includes('/')
}

function searchText(row: RunRow): string {
  const { name, state, outcome, cause, class: kind, mode, system, bug, workload, faults, seed, startedAt } = row
  const words = [name, state, outcome, cause, kind, mode, system, bug, workload, ...faults, seed, startedAt]
  return searchable(words.filter((word) => word !== undefined).join('\n'))
}

/** Times of one form compare as texts; what is no time has no place among them. */
function sortableTime(text: string | undefined): string | null {
  const time = new Date(text ?? '')
  return Number.isNaN(time.getTime()) ? null : time.toISOString()
}

/** Only what this class wrote; a row that someone else put there is at worst shown wrong. */
function rowOf(row: unknown): RunRow {
  return JSON.parse(String(row)) as RunRow
}

/** SQLITE_ERROR (no such table), SQLITE_CORRUPT, SQLITE_NOTADB, whatever their details. */
const damages = [1, 11, 26]

function isDamage(error: Error): boolean {
  return 'errcode' in error && typeof error.errcode === 'number' && damages.includes(error.errcode & 0xff)
}

function isSqlite(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'
}

function isSystem(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error
}
