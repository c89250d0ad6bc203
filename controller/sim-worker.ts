/** A worker thread of a simulated campaign: takes seeds one by one, and tells what came of each. */
import { parentPort, workerData } from 'node:worker_threads'
import { type PlanSource, simulateSeed } from './sim-job.ts'

export type ToWorker = { readonly seed: string }

const port = parentPort
if (!port) throw new Error('this is a worker; start it as one')
const source = workerData as PlanSource // Given by `sim-pool.ts`.

port.on('message', ({ seed }: ToWorker) => {
  port.postMessage(simulateSeed(source, seed))
})
