/** `faultline report RUN`: makes a stored run's report again, from its files alone. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { readRun, resolveRun } from '../../results/load.ts'
import { outcomes } from '../../results/outcome.ts'
import { reportHtml } from '../../results/report/page.ts'
import { reportText } from '../../results/report/text.ts'
import { defaultRoot, files } from '../../results/store.ts'
import { storing } from '../../results/store-error.ts'
import { writeRunSummaries } from '../../results/summaries/of-run.ts'

export function reportCommand(): Command {
  return new Command('report')
    .description("write a stored run's report again; exits by its outcome")
    .argument('[run]', 'directory or name of the run', 'latest')
    .option('--root <dir>', 'where run directories are', defaultRoot)
    .action((given: string, { root }: { root: string }) => {
      const run = readRun(resolveRun(root, given))
      writeRunSummaries(run)
      const text = reportText(run)
      storing(run.dir, () => {
        writeFileSync(join(run.dir, files.text), text)
        writeFileSync(join(run.dir, files.page), reportHtml(run))
      })
      console.log(text)
      process.exitCode = run.outcome ? outcomes[run.outcome.outcome].exitCode : outcomes.unknown.exitCode
    })
}
