/** `faultline campaign`: workloads × fault sets × seeds on real processes, one after another. */
import { Command, Option } from 'commander'
import { outcomes } from '../../results/outcome.ts'
import { makeRoot } from '../../results/store.ts'
import { workloads } from '../../workloads/index.ts'
import { CampaignStore, campaignTable, crossed } from '../campaign.ts'
import { campaignDirectory } from '../campaign-place.ts'
import { summarizeCampaign } from '../campaign-summaries.ts'
import { defaults, drawPlan } from '../draw-plan.ts'
import { interruptSignal } from '../interrupt.ts'
import { runReal } from '../run.ts'
import { repeatCommand, typedCommand } from '../typed-command.ts'
import {
  askedBy,
  atMost,
  duration,
  nameList,
  oneOrMore,
  type SetupOptions,
  seedNumber,
  setupOptions,
  someNames,
} from './options.ts'

interface CampaignCommandOptions extends SetupOptions {
  readonly workloads: readonly string[]
  readonly faults: readonly (readonly string[])[]
  readonly seeds: number
  readonly firstSeed: number
  readonly bug?: string
  readonly for?: number
  readonly name?: string
  readonly resume?: string
}

export function campaignCommand(): Command {
  const all = defaults.faults.join('+')
  const command = new Command('campaign')
    .description('run workloads × fault sets × seeds one after another; ends with a table and the worst exit code')
    .addOption(
      new Option('--workloads <names>', 'comma-separated')
        .argParser(someNames)
        .default(Object.keys(workloads), Object.keys(workloads).join(',')),
    )
    .addOption(
      new Option('--faults <sets>', 'comma-separated sets, each of names joined by +, or none')
        .argParser(faultSets)
        .default(
          [...defaults.faults.map((name) => [name]), [...defaults.faults]],
          `${defaults.faults.join(',')},${all}`,
        ),
    )
    .addOption(
      new Option('--seeds <n>', 'how many seeds for each combination').argParser(atMost(10_000, oneOrMore)).default(3),
    )
    .addOption(
      new Option('--first-seed <n>', 'the seeds are this number and the next ones').argParser(seedNumber).default(1),
    )
    .option('--bug <name>', 'a bug for the nodes to carry (default: none)')
    .addOption(
      new Option('--for <duration>', 'begin no run after this: 90s, 10m, 2h (default: no limit)').argParser(duration),
    )
    .option('--name <name>', 'name of the campaign, in campaigns/ beside the root (default: the time)')
    .option('--resume <dir>', 'go on with this campaign; its own setup counts (default: a new one)')
  for (const option of setupOptions()) command.addOption(option)
  return command.action(async (options: CampaignCommandOptions) => {
    process.exitCode = await campaign(options)
  })
}

async function campaign(options: CampaignCommandOptions): Promise<number> {
  const store = options.resume === undefined ? create(options) : CampaignStore.open(options.resume)
  const interrupt = interruptSignal()
  const endMs = performance.now() + (options.for ?? Number.POSITIVE_INFINITY)
  const todo = store.open()
  console.log(`${todo.length} of ${store.campaign.runs.length} runs to do; the campaign is in ${store.dir}`)
  for (const { id, asked } of todo) {
    if (interrupt.signal.aborted || performance.now() >= endMs) break
    const startMs = performance.now()
    const { outcome, dir } = await runReal(drawPlan(asked), {
      root: options.root,
      command: typedCommand(),
      repeat: repeatCommand(asked),
      isQuiet: true,
      keepRunning: false,
      signal: interrupt.signal,
    })
    // What was cut short is to be done again, unless it has shown something that must not be lost.
    if (interrupt.signal.aborted && outcomes[outcome.outcome].exitCode !== 1) break
    const seconds = (performance.now() - startMs) / 1000
    store.add({ id, outcome: outcome.outcome, cause: outcome.cause, dir, seconds })
    summarizeCampaign(store, true) // A campaign that is killed leaves what it has seen.
    console.log(`${id.padEnd(48)} ${outcome.outcome.padEnd(10)} ${seconds.toFixed(1)} s  ${dir}`)
    if (outcome.outcome !== 'valid') console.log(`  ${outcome.cause}`)
  }
  interrupt.release()
  console.log(`\n${campaignTable(store)}`)
  const isCutShort = interrupt.signal.aborted && store.open().length > 0
  summarizeCampaign(store, isCutShort)
  if (isCutShort) console.log('interrupted: what was not run proves nothing, so this does not read as a pass')
  return store.exitCode(isCutShort)
}

function create(options: CampaignCommandOptions): CampaignStore {
  const { seed: _seed, workload: _workload, faults: _faults, ...common } = askedBy(options)
  const definition = crossed({
    workloads: options.workloads,
    faultSets: options.faults,
    seeds: Array.from({ length: options.seeds }, (_none, at) => String(options.firstSeed + at)),
    common,
  })
  // Whatever is wrong with one of them is better known now than in the night.
  for (const { asked } of definition.runs) drawPlan(asked)
  const dir = campaignDirectory(options.root, options.name)
  makeRoot(options.root) // One that can not be written is better known before anything lies beside it.
  return CampaignStore.create(dir, definition)
}

/** `partition,kill+pause,none` → `[['partition'], ['kill', 'pause'], []]`. */
function faultSets(text: string): string[][] {
  return text.split(',').map((set) => nameList(set.replaceAll('+', ',').trim()))
}
