/** All that a node of a child process may touch. */
import type { Env, TraceEvent } from '../env.ts'
import type { Random } from '../random.ts'
import { realClock } from './clock.ts'
import { type RealDisk, realDisk } from './disk.ts'
import { type NetworkOptions, type RealNetwork, realNetwork } from './network.ts'

export interface EnvOptions extends NetworkOptions {
  /** Where the node's files live. */
  readonly directory: string
  readonly random: Random
  trace(event: TraceEvent): void
}

/** An Env whose parts can be opened and closed by whoever hosts the node. */
export interface RealEnv extends Env {
  readonly disk: RealDisk
  readonly network: RealNetwork
}

/** The real Env. The crash point named by the environment variable FAULTLINE_CRASH_POINT ends the process for good. */
export function realEnv(options: EnvOptions): RealEnv {
  return {
    clock: realClock(),
    random: options.random,
    disk: realDisk(options.directory),
    network: realNetwork(options),
    trace: (event) => options.trace(event),
    log: (line) => options.log(line),
    crashPoint(name) {
      if (process.env.FAULTLINE_CRASH_POINT === name) process.kill(process.pid, 'SIGKILL')
    },
  }
}
