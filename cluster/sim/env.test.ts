import { envSuite, type World } from '../env.suite.ts'
import type { Env } from '../env.ts'
import type { NodeProgram } from '../node/program.ts'
import { seededRandom } from '../random.ts'
import { Scheduler } from './scheduler.ts'
import { simSystem } from './system.ts'

/** The fake must not drift from the real: the same suite runs on both. */
envSuite('a simulated Env', () => {
  const scheduler = new Scheduler()
  const envs: Record<string, Env> = {}
  const program: NodeProgram = {
    summary: 'hands out its Env',
    start(env, setup, ready) {
      envs[setup.id] = env
      env.clock.after(0, ready)
      return { handle: () => undefined }
    },
  }
  const system = simSystem({
    program,
    nodes: ['n1', 'n2', 'n3'],
    options: {},
    scheduler,
    random: seededRandom('env suite'),
    links: 'peers',
  })
  const run = async (ms: number): Promise<void> => scheduler.runUntil(scheduler.monotonicUs() + ms * 1000)
  return new Promise<World>((resolve, reject) => {
    system.start((error) => {
      if (error) return reject(error)
      system.controls.crash?.kill('n3')
      resolve({ envs, run, close: async () => system.stop(() => undefined) })
    })
    scheduler.runUntil(1_000_000)
  })
})
