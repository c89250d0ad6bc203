/** How runs lie on disk: names that the store's writer and reader share. */
import { join } from 'node:path'

/** Where runs go below the current directory unless told otherwise. */
export const defaultRoot = join('results', 'runs')

/** Where the campaigns go whose runs go to `root`: beside it, as they are no runs. `results/runs` → `results/campaigns`. */
export function campaignsBeside(root: string): string {
  return join(root, '..', 'campaigns')
}

/** The files of a run's directory. */
export const files = {
  plan: 'plan.json',
  environment: 'environment.json',
  history: 'history.jsonl',
  events: 'events.jsonl',
  evidence: 'evidence.json',
  messages: 'messages.jsonl',
  outcome: 'outcome.json',
  page: 'report.html',
  text: 'report.txt',
} as const

/** The name of the link to the newest run. */
export const latest = 'latest'
