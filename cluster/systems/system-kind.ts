/** The seam of a kind of system: what it is, what can be set, and how it is brought up in each mode. */
import type { Clock } from '../env.ts'
import type { OptionSpec } from '../node/options.ts'
import type { NodeId } from '../raft/message.ts'
import type { Random } from '../random.ts'
import { realSystem } from '../real/system.ts'
import type { Scheduler } from '../sim/scheduler.ts'
import { type SimSystemOptions, simSystem } from '../sim/system.ts'
import type { System } from '../system.ts'
import { programs } from './programs.ts'

export interface RealSetup {
  readonly nodes: readonly NodeId[]
  readonly options: Readonly<Record<string, unknown>>
  /** Node data goes below it. */
  readonly directory: string
  readonly logDirectory: string
  readonly clock: Clock
  readonly seed: string
}

/** The first few may be left out: how harsh this simulation is, and who looks on. */
export interface SimSetup extends Pick<SimSystemOptions, 'onTrace' | 'onMessage' | 'crashPoints' | 'encodesMessages'> {
  readonly nodes: readonly NodeId[]
  readonly options: Readonly<Record<string, unknown>>
  readonly scheduler: Scheduler
  readonly random: Random
}

export interface SystemKind {
  readonly summary: string
  readonly nodes: { readonly default: number; readonly min: number; readonly max: number }
  readonly options: Readonly<Record<string, OptionSpec>>
  /** Whether its nodes can carry a bug of the zoo. */
  readonly takesBugs: boolean
  real?(setup: RealSetup): System
  sim?(setup: SimSetup): System
}

/** The kind of a program of ours, which both modes can host. */
export function hosted(
  program: keyof typeof programs,
  links: 'peers' | 'clients',
  rest: Omit<SystemKind, 'real' | 'sim'>,
): SystemKind {
  return {
    ...rest,
    real: (setup) => realSystem({ ...setup, program, links }),
    sim: (setup) => simSystem({ ...setup, program: programs[program], links }),
  }
}
