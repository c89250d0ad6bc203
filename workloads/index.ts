/** The workloads by name, and what else the folders to the right use of this one. */
import { seededRandom } from '../cluster/random.ts'
import { append } from './append.ts'
import { named } from './named.ts'
import { completeOptions } from './options.ts'
import { register } from './register.ts'
import { UsageError } from './usage-error.ts'
import type { Workload, WorkloadOptions } from './workload.ts'

export { type Counts, History, type HistoryOptions } from './history.ts'
export { type Interpretation, type InterpretOptions, interpret } from './interpreter.ts'
export { Leaders } from './leaders.ts'
export { UsageError } from './usage-error.ts'

/** The registry: the key is the only name. */
export const workloads = { register, append } satisfies Record<string, Workload>

/** A workload by its name. Throws a `UsageError` for any other. */
export function workloadNamed(name: string): Workload {
  return named<Workload>('workload', workloads, name)
}

/** Complete options for a workload. Throws a `UsageError` for an unknown name, a wrong type or an impossible mix. */
export function workloadOptions(name: string, given: Readonly<Record<string, unknown>> = {}): WorkloadOptions {
  const workload = workloadNamed(name)
  const options = completeOptions(name, workload.options, given)
  try {
    // A generator is pure, so drawing one op shows now what would else end a run that has begun.
    workload.generator(options, seededRandom('options')).next({ timeUs: Number.MAX_SAFE_INTEGER, client: 0, count: 0 })
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new UsageError(
      { given: JSON.stringify(given), expected: 'options that allow at least one op', type: `--workload ${name}` },
      { cause },
    )
  }
  return options
}
