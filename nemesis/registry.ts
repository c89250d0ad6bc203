/** The faults by name: one file and one line add a fault. */
import { named } from '../workloads/named.ts'
import { UsageError } from '../workloads/usage-error.ts'
import { clock } from './clock.ts'
import { crashPoint } from './crash-point.ts'
import { disk } from './disk.ts'
import type { AnyFault } from './fault.ts'
import { kill } from './kill.ts'
import { partition } from './partition.ts'
import { pause } from './pause.ts'
import { power } from './power.ts'
import { weather } from './weather.ts'

/** The registry: the key is the only name. Where a system has no control for one, it is skipped and says so. */
export const faults = {
  partition,
  kill,
  pause,
  power,
  weather,
  clock,
  disk,
  'crash-point': crashPoint,
} satisfies Record<string, AnyFault>

/** A fault by its name. Throws a `UsageError` for any other. */
export function faultNamed(name: string): AnyFault {
  return named<AnyFault>('fault', faults, name, '--faults')
}

/** A fault as it is asked for: `partition`, or `partition:isolate-leader` for one of its targets only. */
export interface AskedFault {
  readonly name: string
  readonly fault: AnyFault
  /** Absent: each fault draws its target. */
  readonly pick: string | undefined
}

/** Reads `NAME` or `NAME:TARGET`. Throws a `UsageError` for an unknown one. */
export function askedFault(text: string): AskedFault {
  const [name = '', pick] = text.split(':', 2)
  const fault = faultNamed(name)
  if (pick === undefined || fault.picks.includes(pick)) return { name, fault, pick }
  throw new UsageError({
    given: `fault '${text}'`,
    expected: `${name}: followed by one of ${fault.picks.join(', ')}`,
    type: `--faults ${name}:${fault.picks[0]}`,
  })
}
