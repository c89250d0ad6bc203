/** Commands as a person types them. */
import type { Asked } from './draw-plan.ts'
import type { SimAsked } from './draw-sim-plan.ts'

/** What was typed, for the record. */
export function typedCommand(): string {
  return ['faultline', ...process.argv.slice(2).map(quoted)].join(' ')
}

/** What to type so that `drawPlan` is asked the same again, on any machine with the same version. */
export function repeatCommand(asked: Asked): string {
  return [realRun, ...setupWords(asked)].join(' ')
}

/** What to type so that this one run is simulated again, to the byte, on any machine with the same version. */
export function repeatSimulated({ isSwarm, worldSeed, ...asked }: SimAsked, seed: string): string {
  return [
    ...(isSwarm ? [simulatedRun] : [simulatedRun, '--plain']),
    ...setupWords({ ...asked, seed }),
    ...(worldSeed === undefined ? [] : ['--world', quoted(worldSeed)]),
  ].join(' ')
}

/** What to type so that a plan is simulated again where its file is. */
export function repeatSimulatedPlan(file: string): string {
  return `${simulatedRun} --plan ${quoted(file)}`
}

/**
 * What simulates the plan of a real run in the world of a seed, from what repeats that run; `undefined` where it takes
 * the plan's file.
 */
export function repeatInSimulation(repeatReal: string, worldSeed: string): string | undefined {
  if (!repeatReal.startsWith(`${realRun} `) || repeatReal.includes('--plan')) return undefined
  return `${simulatedRun} --plain ${repeatReal.slice(realRun.length + 1)} --world ${quoted(worldSeed)}`
}

/** A word as a shell wants it. */
export function quoted(word: string): string {
  return /^[\w.,:=/@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

const realRun = 'npm start --'
const simulatedRun = 'npm run --silent faultline -- simulate'

function setupWords(asked: Asked): string[] {
  const words: string[] = []
  const add = (flag: string, value: unknown): void => {
    if (value !== undefined) words.push(flag, quoted(String(value)))
  }
  add('--system', asked.system)
  add('--bug', asked.bug)
  add('--nodes', asked.nodes)
  add('--workload', asked.workload)
  add('--faults', asked.faults && (asked.faults.join(',') || 'none'))
  add('--clients', asked.clients)
  add('--time', asked.durationMs === undefined ? undefined : asked.durationMs / 1000)
  add('--op-timeout', asked.opTimeoutMs)
  add('--recovery', asked.recoveryMs)
  for (const [name, value] of Object.entries(asked.systemOptions ?? {})) add('--set', `${name}=${value}`)
  for (const [name, value] of Object.entries(asked.workloadOptions ?? {})) add('--with', `${name}=${value}`)
  add('--seed', asked.seed)
  return words
}
