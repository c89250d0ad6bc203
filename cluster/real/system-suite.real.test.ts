import { setTimeout as sleep } from 'node:timers/promises'
import { systemSuite } from '../system.suite.ts'
import { makeRun } from './fixtures/run.ts'

/** The same suite runs on the simulated system. */
systemSuite('children', (options) => {
  const { system, get, end } = makeRun(options)
  return { system, get, close: end, run: (ms) => sleep(ms) }
})
