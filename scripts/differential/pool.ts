/** Spreads batches of seeds over worker threads. */
import { Worker } from 'node:worker_threads'
import type { Batch, Tally } from './batch.ts'

export interface PoolOptions {
  readonly jobs: number
  /** The next batch, or `undefined` when there are no more. */
  readonly nextBatch: () => Batch | undefined
  readonly onTally: (tally: Tally) => void
}

/** Resolves when all batches are done; rejects with what a worker threw. */
export async function runPool({ jobs, nextBatch, onTally }: PoolOptions): Promise<void> {
  const workers: Worker[] = []
  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url))
      workers.push(worker)
      const give = (): void => {
        const batch = nextBatch()
        if (batch === undefined) resolve()
        else worker.postMessage(batch)
      }
      worker.on('message', (tally: Tally) => {
        onTally(tally)
        give()
      })
      worker.on('error', reject)
      give()
    })
  try {
    await Promise.all(Array.from({ length: jobs }, start))
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
