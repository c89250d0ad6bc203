/** One pass of the proof of determinism, in a process of its own: `fingerprints SEED…` or `trace SEED`, a line each. */
import { fingerprint, swarmPlan, traceLines } from './determinism.ts'

const [what, ...seeds] = process.argv.slice(2)
const plans = seeds.map(swarmPlan)
const lines = what === 'trace' ? plans.flatMap(traceLines) : plans.map(fingerprint)
process.stdout.write(`${lines.join('\n')}\n`)
