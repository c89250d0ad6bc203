/** Spreads seeds over worker threads, so that a simulated campaign uses all cores. No run is ever split. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { PlanSource, SimSummary } from './sim-job.ts'
import type { ToWorker } from './sim-worker.ts'

export interface PoolOptions {
  readonly source: PlanSource
  /** The next seed, or `undefined` when there are no more. */
  readonly nextSeed: () => string | undefined
  /** What came of a seed, in the order in which they ended; false: begin no more. */
  readonly onSummary: (summary: SimSummary) => boolean
  readonly jobs?: number
}

/** The simulation itself failed, or the checker: a defect of ours, with the seed that shows it. */
export class SeedError extends Error {
  override readonly name = 'SeedError'
  readonly seed: string

  constructor(seed: string, cause: unknown) {
    super(`the simulation of seed ${seed} failed`, { cause })
    this.seed = seed
  }
}

/**
 * Resolves when every seed that was given has ended, so that of several failures the one with the first seed is always
 * among them. Rejects with a `SeedError` where a worker throws.
 */
export async function runPool({
  source,
  nextSeed,
  onSummary,
  jobs = availableParallelism(),
}: PoolOptions): Promise<void> {
  const workers: Worker[] = []
  let isOver = false
  const startWorker = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let current = nextSeed()
      if (current === undefined) return resolve()
      const worker = new Worker(new URL('./sim-worker.ts', import.meta.url), { workerData: source })
      workers.push(worker)
      const give = (seed: string): void => {
        const order: ToWorker = { seed }
        worker.postMessage(order)
      }
      worker.on('message', (summary: SimSummary) => {
        if (!onSummary(summary)) isOver = true
        current = isOver ? undefined : nextSeed()
        if (current === undefined) resolve()
        else give(current)
      })
      worker.on('error', (cause) => {
        isOver = true
        reject(new SeedError(current ?? '', cause))
      })
      give(current)
    })
  try {
    await Promise.all(Array.from({ length: jobs }, startWorker))
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
