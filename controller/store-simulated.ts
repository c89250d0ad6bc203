/** Writes a simulated run's directory: the same files as a real run's, so that report, check and index see no difference. */
import type { Plan } from '../nemesis/plan.ts'
import { failureOf } from '../results/messages.ts'
import { endOfRun, reportHtml } from '../results/report/page.ts'
import { reportText } from '../results/report/text.ts'
import { spansOf } from '../results/spans.ts'
import { createRun, readRun, runName } from '../results/store.ts'
import { writeRunSummaries } from '../results/summaries/of-run.ts'
import { workloadNamed } from '../workloads/index.ts'
import { describeEnvironment } from './environment.ts'
import { messagesNear } from './messages-near.ts'
import type { SimulatedRun } from './simulate.ts'
import { version } from './version.ts'

export interface StoreOptions {
  readonly root: string
  readonly command: string
  readonly repeat: string
}

export function storeSimulated(
  plan: Plan,
  run: SimulatedRun,
  { root, command, repeat }: StoreOptions,
): { dir: string; text: string } {
  const environment = describeEnvironment('sim', command, repeat)
  const stored = createRun(root, runName(plan, environment), { plan, environment })
  const { model } = workloadNamed(plan.workload.name)
  const history = stored.historyWriter({ workload: plan.workload.name, model, seed: plan.seed, version })
  for (const event of run.result.events) history.add(event)
  history.close()
  const systemEvents = stored.eventsWriter()
  for (const event of run.systemEvents) systemEvents.add(event)
  systemEvents.close()
  stored.writeEvidence(run.result.evidence)
  stored.writeOutcome(run.outcome)
  if (run.outcome.outcome !== 'valid') {
    const endUs = endOfRun({ events: run.systemEvents, evidence: run.result.evidence }, spansOf(run.result.events))
    const failure = failureOf(run.outcome, run.systemEvents, endUs)
    stored.writeMessages(messagesNear(plan, run, failure))
  }
  const loaded = readRun(stored.dir)
  writeRunSummaries(loaded)
  const text = reportText(loaded)
  stored.writeReport(reportHtml(loaded), text)
  return { dir: stored.dir, text }
}
