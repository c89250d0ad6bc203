/** Roots with runs for tests of what reads many of them. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HistoryEvent } from 'porcupine-ts/formats'
import type { Plan } from '../../nemesis/plan.ts'
import type { Environment } from '../environment.ts'
import { exampleEnvironment, examplePlan, validRun } from '../examples.ts'
import type { Outcome, OutcomeName } from '../outcome.ts'
import { createRun, type StoredRun } from '../store.ts'

export function freshRoot(): string {
  return mkdtempSync(join(tmpdir(), 'faultline-many-'))
}

export interface Made {
  readonly name: string
  /** Absent: the run goes on, or was cut short. */
  readonly outcome?: OutcomeName
  readonly cause?: string
  readonly seed?: string
  readonly workload?: string
  readonly bug?: string
  readonly faults?: readonly string[]
  readonly startedAt?: string
  readonly mode?: Environment['mode']
  readonly ok?: number
  readonly history?: readonly HistoryEvent[]
}

/** A run with the files that a run leaves, small ones. */
export function makeRun(root: string, made: Made): StoredRun {
  const stored = createRun(root, made.name, { plan: planOf(made), environment: environmentOf(made) })
  const writer = stored.historyWriter({ workload: made.workload ?? 'register', model: 'register' })
  for (const event of made.history ?? []) writer.add(event)
  writer.close()
  if (made.outcome !== undefined) {
    stored.writeEvidence([])
    stored.writeOutcome(outcomeOf(made, made.outcome))
  }
  return stored
}

/** A directory that is none of ours, or no longer whole. */
export function makeDirectory(root: string, name: string, files: Readonly<Record<string, string>>): string {
  const dir = join(root, name)
  mkdirSync(dir, { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, file), text)
  return dir
}

function planOf({ seed = '7', workload = 'register', bug, faults = [] }: Made): Plan {
  return {
    ...examplePlan,
    seed,
    workload: { name: workload, options: {} },
    system: { ...examplePlan.system, ...(bug === undefined ? {} : { bug }) },
    faults: faults.map((fault, at) => ({
      id: `f${at + 1}`,
      fault,
      target: { pick: 'leader', draw: at },
      begin: { atMs: 1000 * (at + 1) },
      forMs: 500,
    })),
  }
}

function environmentOf({ startedAt = exampleEnvironment.startedAt, mode = 'real' }: Made): Environment {
  return { ...exampleEnvironment, startedAt, mode }
}

function outcomeOf({ cause = 'because', ok = 10 }: Made, outcome: OutcomeName): Outcome {
  const base = validRun({ ops: 10 }).outcome
  if (base === undefined) throw new Error('the example has an outcome')
  return { ...base, outcome, cause, counts: { ok, fail: 2, info: 1, keys: 3 } }
}
