/** A list of runs for programs: `faultline runs --json`, and `/runs.json` of the web interface. */
import type { Listing } from './run-index.ts'

/** Versioned: fields are added, but none changes its meaning without a new number. */
export const runsVersion = 1

/** Ends with a line break. `total` counts what fits, whatever the limit; the rows are those of `RunRow`. */
export function runsJson(root: string, { rows, total }: Listing): string {
  return `${JSON.stringify({ 'faultline-runs': runsVersion, root, total, runs: rows }, undefined, 2)}\n`
}
