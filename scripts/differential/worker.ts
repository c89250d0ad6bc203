/** A thread that examines one batch after the other. */
import { parentPort } from 'node:worker_threads'
import { type Batch, examineBatch } from './batch.ts'

parentPort?.on('message', (batch: Batch) => parentPort?.postMessage(examineBatch(batch)))
