/** A campaign's summaries for people and build servers: `summary.json`, `junit.xml` and `summary.md` in its directory. */
import { basename } from 'node:path'
import { type CampaignSummary, writeCampaignSummaries } from '../results/summaries/of-campaign.ts'
import type { CampaignStore } from './campaign.ts'
import { repeatCommand } from './typed-command.ts'

/**
 * Written again after each run, so that a campaign that is killed leaves what it has seen. `isCutShort`: it has not done
 * what it was asked to, which does not read as a pass.
 */
export function summarizeCampaign(store: CampaignStore, isCutShort: boolean): CampaignSummary {
  const asked = new Map(store.campaign.runs.map((planned) => [planned.id, planned.asked]))
  const left = store.open()
  return writeCampaignSummaries(store.dir, {
    name: basename(store.dir),
    mode: 'real',
    exitCode: store.exitCode(isCutShort && left.length > 0),
    runs: store.finished.map(({ id, outcome, cause, dir, seconds }) => {
      const setup = asked.get(id)
      const group = id.split(' ').slice(0, -1).join(' ')
      const repeat = setup === undefined ? {} : { repeat: repeatCommand(setup) }
      return { id, group, outcome, cause, seconds, dir, ...repeat }
    }),
    notRun: left.map(({ id }) => id),
  })
}
