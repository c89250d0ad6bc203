/**
 * Where a run leaves what it saw: a directory of its own, written as the run goes on. Plan and environment are there
 * before anything starts, so that even a run that dies at once can be repeated.
 */
import { existsSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { encodeEvent, encodeHeader, type HistoryEvent, type Json } from 'porcupine-ts/formats'
import type { SystemEvent } from '../cluster/system.ts'
import type { FaultEvidence } from '../nemesis/evidence.ts'
import type { Plan } from '../nemesis/plan.ts'
import { UsageError } from '../workloads/usage-error.ts'
import { writeColumns } from './columns.ts'
import type { Environment } from './environment.ts'
import { files, latest } from './layout.ts'
import { LineFile } from './line-file.ts'
import type { StoredMessage } from './messages.ts'
import type { Outcome } from './outcome.ts'
import { StoreError, storing } from './store-error.ts'

/** The store's other half. */
export { defaultRoot, files, latest } from './layout.ts'
export { DamagedRunError, listRuns, readRun, resolveRun } from './load.ts'
export { StoreError } from './store-error.ts'

/** Takes events one by one as they happen. After some 10 ms an event is in the file, even if the controller is killed. */
export interface EventWriter<Event> {
  /** What went wrong at the first write that failed; nothing is written after it. */
  readonly error: StoreError | undefined
  add(event: Event): void
  /** Throws where a write failed, now or before. */
  flush(): void
  /** Flushes; may be called twice. */
  close(): void
}

/** What a history's first line says, besides the version of its format. */
export interface HistoryFields {
  readonly workload: string
  /** A key of the checker's `models`. */
  readonly model: string
  /** Whatever else is worth knowing without the other files: seed, versions. */
  readonly [field: string]: Json | undefined
}

/** What is known of a run before it starts. */
export interface Beginning {
  readonly plan: Plan
  readonly environment: Environment
  /** What to type to repeat the run, where that needs its directory; stands in for the environment's `repeat`. */
  readonly repeat?: (dir: string) => string
}

/** A run that is being written. Whatever can not be written throws a `StoreError`, but for `add`, whose writer keeps it. */
export interface StoredRun {
  readonly dir: string
  readonly name: string
  /** A directory for the nodes' logs. */
  readonly logs: string
  /** A directory for the nodes' data. */
  readonly nodes: string
  /** Begins history.jsonl. Once per run. */
  historyWriter(header: HistoryFields): EventWriter<HistoryEvent>
  /** Begins events.jsonl. Once per run. */
  eventsWriter(): EventWriter<SystemEvent>
  writeEvidence(evidence: readonly FaultEvidence[]): void
  /** The run has finished; a large history gets its columns. */
  writeOutcome(outcome: Outcome): void
  /** One line each. */
  writeMessages(messages: readonly StoredMessage[]): void
  /** The page and the text; returns the path of the page. */
  writeReport(page: string, text: string): string
}

/** `20260131-142503-register-ok-7`: when (UTC), workload, bug, seed. */
export function runName(plan: Plan, environment: Environment): string {
  const started = new Date(environment.startedAt)
  if (Number.isNaN(started.getTime())) throw new Error(`startedAt is no date: ${environment.startedAt}`)
  const [day = '', time = ''] = started.toISOString().replace(/[-:]/g, '').split(/[T.]/)
  return safeName([day, time, plan.workload.name, plan.system.bug ?? 'ok', plan.seed].join('-'))
}

/** Makes the run's directory below `root` and points `latest` to it. A name that is taken gets a number. */
export function createRun(root: string, name: string, { plan, environment, repeat }: Beginning): StoredRun {
  makeRoot(root)
  const dir = freshDirectory(root, safeName(name))
  writeJson(dir, files.plan, plan)
  writeJson(dir, files.environment, repeat === undefined ? environment : { ...environment, repeat: repeat(dir) })
  const logs = join(dir, 'logs')
  const nodes = join(dir, 'nodes')
  storing(logs, () => mkdirSync(logs))
  storing(nodes, () => mkdirSync(nodes))
  pointLatest(root, basename(dir))
  return {
    dir,
    name: basename(dir),
    logs,
    nodes,
    historyWriter: (header) => {
      const writer = lineWriter(join(dir, files.history), (event: HistoryEvent) => encodeEvent(event))
      writer.file.add(encodeHeader({ 'faultline-history': 1, ...header }))
      writer.flush()
      return writer
    },
    eventsWriter: () => lineWriter(join(dir, files.events), (event: SystemEvent) => `${JSON.stringify(event)}\n`),
    writeEvidence: (evidence) => writeJson(dir, files.evidence, evidence),
    writeOutcome: (outcome) => {
      writeJson(dir, files.outcome, outcome)
      writeColumns(dir)
    },
    writeMessages: (messages) =>
      writeWhole(dir, files.messages, messages.map((message) => `${JSON.stringify(message)}\n`).join('')),
    writeReport: (page, text) => {
      writeWhole(dir, files.text, text)
      return writeWhole(dir, files.page, page)
    },
  }
}

/** One level at a time: where a directory can not be made, a recursive `mkdir` of Node may try for ever. */
export function makeRoot(root: string): void {
  const path = resolve(root)
  if (existsSync(path) && statSync(path).isDirectory()) return
  try {
    if (!existsSync(dirname(path))) makeRoot(dirname(path))
    mkdirSync(path)
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new UsageError(
      {
        given: `a root that can not be made: ${path}`,
        expected: 'a directory, or a place where one can be made',
        type: '--root results/runs',
      },
      { cause },
    )
  }
}

/** Only what is safe in a path and in a shell; never empty, never hidden, never long. */
function safeName(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[.-]+/, '')
    .slice(0, 120)
  return safe === '' || safe === latest ? `run-${safe}` : safe
}

/** Runs that start in the same second, perhaps in several controllers, must not share a directory. */
function freshDirectory(root: string, name: string): string {
  for (let number = 1; number <= 1000; number++) {
    const dir = resolve(root, number === 1 ? name : `${name}-${number}`)
    try {
      mkdirSync(dir)
      return dir
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw new StoreError(dir, error)
    }
  }
  throw new UsageError({
    given: `the directory ${root}`,
    expected: `fewer than a thousand runs named ${name} in it`,
    type: `mv ${root} ${root}-old`,
  })
}

/** A link is replaced by renaming another over it, so that `latest` never points to nothing. */
function pointLatest(root: string, name: string): void {
  const fresh = join(root, `.${latest}-${process.pid}-${name}`)
  storing(fresh, () => symlinkSync(name, fresh))
  try {
    renameSync(fresh, join(root, latest))
  } catch (cause) {
    const path = join(root, latest)
    const usage = {
      given: `a file or directory ${path}`,
      expected: 'a link to the newest run, or nothing, at this place',
    }
    throw new UsageError({ ...usage, type: `mv ${path} ${path}-old` }, { cause })
  }
}

function lineWriter<Event>(path: string, encode: (event: Event) => string): EventWriter<Event> & { file: LineFile } {
  const file = new LineFile(path)
  return {
    file,
    get error() {
      return file.error
    },
    add: (event) => file.add(encode(event)),
    flush: () => file.flush(),
    close: () => file.close(),
  }
}

function writeJson(dir: string, file: string, value: unknown): void {
  writeWhole(dir, file, `${JSON.stringify(value, undefined, 2)}\n`)
}

/** A reader sees the old file or the new one, never half of it. */
export function writeWhole(dir: string, file: string, text: string): string {
  const path = join(dir, file)
  const fresh = join(dir, `.${file}.new`)
  try {
    writeFileSync(fresh, text)
    renameSync(fresh, path)
  } catch (cause) {
    rmSync(fresh, { force: true }) // On a full disk its room is needed.
    throw new StoreError(path, cause)
  }
  return path
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
