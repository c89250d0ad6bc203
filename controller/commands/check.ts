/** `faultline check FILE…`: decides recorded histories, ours or others', and stored runs. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import pc from 'picocolors'
import { check, explain, minimize } from 'porcupine-ts'
import { FormatError, formats, guessFormat, type History, HistoryError, pairs } from 'porcupine-ts/formats'
import { isModelName, models, withInitial } from 'porcupine-ts/models'
import { exitCodeOf, type OutcomeName } from '../../results/outcome.ts'
import { files } from '../../results/store.ts'
import { UsageError } from '../../workloads/usage-error.ts'
import { checkBudget } from '../judge.ts'
import { named } from '../named.ts'
import { wholeNumber } from './options.ts'

interface CheckCommandOptions {
  readonly format?: string
  readonly model?: string
  readonly budget: number
}

export function checkCommand(): Command {
  return new Command('check')
    .description('decide whether recorded histories are linearizable')
    .argument('<files...>', 'history files, or directories of runs')
    .addOption(new Option('--format <name>', 'format of the files (default: guessed)').choices(Object.keys(formats)))
    .addOption(
      new Option('--model <name>', "the model to hold them to (default: the format's or the header's)").choices(
        Object.keys(models),
      ),
    )
    .addOption(
      new Option('--budget <n>', 'configurations to expand before saying unknown')
        .argParser(wholeNumber)
        .default(checkBudget),
    )
    .action((given: readonly string[], options: CheckCommandOptions) => {
      process.exitCode = exitCodeOf(given.map((file) => checkFile(file, options)))
    })
}

function checkFile(given: string, options: CheckCommandOptions): OutcomeName {
  const file = fileOf(given)
  const history = readFile(file, options.format)
  const name = options.model ?? history.model
  if (!isModelName(name))
    throw new UsageError({ given: `model ${name}`, expected: 'a known model', type: '--model cas-register' })
  const model = withInitial(models[name], history.initial)
  const startMs = performance.now()
  const { operations, failed } = pairsOf(file, history)
  const result = check(model, operations, { maxConfigurations: options.budget })
  const ms = Math.round(performance.now() - startMs)
  const facts = `${operations.length} operations, ${result.partitions.length} keys, ${result.explored} configurations, ${ms} ms`
  const colour = { valid: pc.green, illegal: pc.red, unknown: pc.yellow }[result.verdict]
  console.log(`${file}: ${colour(result.verdict)} as ${name} (${facts})`)
  for (const note of history.notes) console.log(`  note: ${note}`)
  const illegal = result.partitions.find((partition) => partition.verdict === 'illegal')
  if (illegal) {
    const { core } = minimize(model, illegal.operations, illegal.stuck)
    console.log(`  ${explain(core, { history: illegal.operations, failed, initial: history.initial }).text}`)
  }
  return result.verdict
}

function fileOf(given: string): string {
  if (!existsSync(given)) {
    throw new UsageError({
      given: `no such file: ${given}`,
      expected: 'a history file, or the directory of a run',
      type: 'faultline check results/runs/latest',
    })
  }
  return statSync(given).isDirectory() ? join(given, files.history) : given
}

function readFile(file: string, format: string | undefined): History {
  if (!existsSync(file)) {
    throw new UsageError({
      given: `no ${files.history} in it: ${file}`,
      expected: 'the directory of a run',
      type: 'faultline check results/runs/latest',
    })
  }
  const text = readFileSync(file, 'utf8')
  const known = format ?? guessFormat(text)
  if (known === undefined) {
    throw new UsageError({
      given: `${file}, which looks like none of the formats`,
      expected: `one of ${Object.keys(formats).join(', ')}`,
      type: '--format faultline',
    })
  }
  try {
    return named('format', formats, known)(text)
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause
    throw new UsageError(
      {
        given: `${file}: ${cause.message}`,
        expected: `an undamaged history in the format ${known}`,
        type: '--format NAME, if the guess is wrong',
      },
      { cause },
    )
  }
}

function pairsOf(file: string, { events }: History): ReturnType<typeof pairs> {
  try {
    return pairs(events)
  } catch (cause) {
    if (!(cause instanceof HistoryError)) throw cause
    throw new UsageError(
      {
        given: `${file}: ${cause.message}`,
        expected: 'a history in which each process has one op open at a time',
        type: 'faultline check --help',
      },
      { cause },
    )
  }
}
