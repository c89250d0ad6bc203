import { register } from '../fixtures/register.ts'
import { seededRandom } from '../random.ts'
import { systemSuite } from '../system.suite.ts'
import { Scheduler } from './scheduler.ts'
import { SimSystem } from './system.ts'

/** The fake must not drift from the real: the same suite runs on both. */
systemSuite('simulated', (options) => {
  const scheduler = new Scheduler()
  const system = new SimSystem({ program: register, scheduler, random: seededRandom('system suite'), ...options })
  const run = async (ms: number): Promise<void> => scheduler.runUntil(scheduler.monotonicUs() + ms * 1000)
  return {
    system,
    run,
    get: (node, path) =>
      new Promise((resolve, reject) => {
        const connection = system.connect(node)
        connection.ask({ method: 'GET', path, body: undefined }, 3000, (end) => {
          connection.close()
          if ('lost' in end) reject(new Error(end.lost))
          else resolve(end.body)
        })
        void run(100)
      }),
    close: async () => {
      system.stop(() => undefined)
      await run(100)
    },
  }
})
