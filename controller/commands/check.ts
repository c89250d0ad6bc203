/** `faultline check FILE…`: decides recorded histories, ours or others', and stored runs. */
import { Command, Option } from 'commander'
import pc from 'picocolors'
import { type CheckResult, check, explain, type Minimized, type Model, minimize, type Operation } from 'porcupine-ts'
import { checkColumns, Rows } from 'porcupine-ts/columns'
import { formats, type History, type Pairs, pairs, type RecordedOperation } from 'porcupine-ts/formats'
import { isModelName, type KvModel, type KvValue, type ModelName, models, withInitial } from 'porcupine-ts/models'
import { exitCodeOf, type OutcomeName } from '../../results/outcome.ts'
import { UsageError } from '../../workloads/usage-error.ts'
import { checkBudget } from '../judge.ts'
import { historyFile, pairing, type Recorded, readEvents, readRecorded } from '../recorded-history.ts'
import { isModelFile, loadModel, type UserModel, userOperations } from '../user-model.ts'
import { wholeNumber } from './options.ts'

interface CheckCommandOptions {
  readonly format?: string
  readonly model?: string
  readonly budget: number
}

const mostTold = 12

export function checkCommand(): Command {
  return new Command('check')
    .description('decide whether recorded histories are linearizable')
    .argument('<files...>', 'history files, or directories of runs')
    .addOption(new Option('--format <name>', 'format of the files (default: guessed)').choices(Object.keys(formats)))
    .option(
      '--model <name|file>',
      `the model to hold them to: ${Object.keys(models).join(', ')}, or a module that exports model (default: the format's or the header's)`,
    )
    .addOption(
      new Option('--budget <n>', 'configurations to expand before saying unknown')
        .argParser(wholeNumber)
        .default(checkBudget),
    )
    .action(async (given: readonly string[], options: CheckCommandOptions) => {
      const { model } = options
      const own = model !== undefined && isModelFile(model) ? await loadModel(model) : undefined
      const checked = given.map((file) => (own ? checkByOwn(file, own, options) : checkFile(file, options)))
      process.exitCode = exitCodeOf(checked)
    })
}

function checkFile(given: string, { format, model, budget }: CheckCommandOptions): OutcomeName {
  const file = historyFile(given)
  if (model !== undefined && !isModelName(model)) {
    const expected = `one of ${Object.keys(models).join(', ')}, or a file such as ./my-model.ts`
    throw new UsageError({ given: `model ${model}`, expected, type: '--model cas-register' })
  }
  const recorded = readRecorded(file, format)
  const startMs = performance.now()
  const { result, name, initial, kvModel, failed } = decide(file, recorded, model, budget)
  tell(file, result, name, startMs, recorded.notes)
  const illegal = result.partitions.find((partition) => partition.verdict === 'illegal')
  if (illegal) {
    const found = minimize(kvModel, illegal.operations, illegal.stuck, { core: illegal.core })
    console.log(`  ${explain(found.core, { history: illegal.operations, failed: failed(), initial }).text}`)
    console.log(`  ${confirmation(found)}`)
  }
  return result.verdict
}

interface Decided {
  readonly result: CheckResult<RecordedOperation>
  readonly name: ModelName
  readonly initial: KvValue
  readonly kvModel: KvModel
  /** Made only where something is to be explained. */
  readonly failed: () => readonly RecordedOperation[]
}

function decide(file: string, recorded: Recorded, model: ModelName | undefined, maxConfigurations: number): Decided {
  if ('columns' in recorded) {
    const columns = { ...recorded.columns, model: model ?? recorded.columns.model }
    const rows = new Rows(columns)
    const result = checkColumns(columns, { maxConfigurations })
    const { initial } = rows
    const kvModel = withInitial(models[columns.model], initial)
    return { result, name: columns.model, initial, kvModel, failed: () => rows.all().failed }
  }
  const { history } = recorded
  const name = model ?? history.model
  const kvModel = withInitial(models[name], history.initial)
  const { operations, failed } = pairsOf(file, history)
  const result = check(kvModel, operations, { maxConfigurations })
  return { result, name, initial: history.initial, kvModel, failed: () => failed }
}

function pairsOf(file: string, { events }: History): Pairs {
  return pairing(file, () => pairs(events))
}

function checkByOwn(given: string, model: UserModel, { format, model: name = '', budget }: CheckCommandOptions) {
  const file = historyFile(given)
  const { events, notes } = readEvents(file, format)
  const startMs = performance.now()
  const operations = pairing(file, () => userOperations(events))
  const result = check(model, operations, { maxConfigurations: budget })
  tell(file, result, name, startMs, notes)
  const illegal = result.partitions.find((partition) => partition.verdict === 'illegal')
  if (illegal) {
    const found = minimize(model, illegal.operations, illegal.stuck, { core: illegal.core })
    console.log('  These operations can not be put in any order that fits their times and answers:')
    for (const operation of found.core.slice(0, mostTold)) console.log(`    ${lineOf(model, operation)}`)
    if (found.core.length > mostTold) console.log(`    … and ${found.core.length - mostTold} more`)
    console.log(`  ${confirmation(found)}`)
  }
  return result.verdict
}

function lineOf<I, O>(model: Model<unknown, I, O>, { id, process, input, output }: Operation<I, O>): string {
  const described = model.describeOperation?.(input, output) ?? `${JSON.stringify(input)} -> ${JSON.stringify(output)}`
  return `event ${id}, process ${process}: ${described}`
}

function tell(
  file: string,
  { verdict, partitions, explored }: CheckResult<unknown>,
  model: string,
  startMs: number,
  notes: readonly string[],
): void {
  const ms = Math.round(performance.now() - startMs)
  const count = partitions.reduce((sum, partition) => sum + partition.size, 0)
  const facts = `${count} operations, ${partitions.length} keys, ${explored} configurations, ${ms} ms`
  const colour = { valid: pc.green, illegal: pc.red, unknown: pc.yellow }[verdict]
  console.log(`${file}: ${colour(verdict)} as ${model} (${facts})`)
  for (const note of notes) console.log(`  note: ${note}`)
  const reasons = partitions.filter((each) => each.verdict === 'unknown' && each.reason !== undefined)
  for (const { key, reason } of verdict === 'unknown' ? reasons.slice(0, mostTold) : []) {
    console.log(`  ${key ?? 'the history'}: ${reason}`)
  }
}

function confirmation({ core, confirmed }: Minimized<unknown>): string {
  const size = `a core of ${core.length} ${core.length === 1 ? 'operation' : 'operations'}`
  return confirmed
    ? `confirmed on ${size} by the unpruned search`
    : `not confirmed by the unpruned search: ${size} is too large for it`
}
