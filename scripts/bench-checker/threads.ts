/** Where it pays to spread keys over threads: the packed command on histories of many keys, with and without. */
import { join } from 'node:path'
import { generate, type KvOperation, type Shape } from './generate.ts'
import { estimate, type MeasureOptions, measure, ratio } from './measure.ts'
import { writeLines } from './one-case.ts'
import type { Answer } from './peer.ts'
import { msText, timesText } from './row.ts'

/** Nearly every key takes more configurations than its first turn has. */
const hard = { clients: 100, idle: 0, indeterminate: 10, values: 20, refusals: 'blind', aims: 'seen' } as const
const easy = { clients: 5, idle: 0, indeterminate: 5, values: 'unique', refusals: 'found', aims: 'any' } as const

const cases = [
  { name: '100 easy keys of 1,000 operations', shape: { ...easy, operations: 1000 }, keys: 100 },
  { name: '20 hard keys of 2,000 operations', shape: { ...hard, operations: 2000 }, keys: 20 },
  { name: '200 hard keys of 2,000 operations', shape: { ...hard, operations: 2000 }, keys: 200 },
  { name: '400 hard keys of 2,000 operations', shape: { ...hard, operations: 2000 }, keys: 400 },
]
const rounds: MeasureOptions = { budgetMs: 15_000, fewest: 5, most: 15, warmUps: 0 }

/** `run` starts the command with these arguments and waits until it has ended. */
export async function benchThreads(folder: string, run: (given: readonly string[]) => Promise<Answer>): Promise<void> {
  console.log('\nkeys over threads\n')
  const path = join(folder, 'threads.jsonl')
  for (const { name, shape, keys } of cases) {
    writeLines(withKeys(keys, { ...shape, keys: 1, deletes: 0, seed: 1 }), path)
    const given = ['--brief', path]
    const [one, two] = await measure(
      [
        { name: 'one thread', decide: () => run(given) },
        { name: 'two threads', decide: () => run(['--workers', '2', ...given]) },
      ],
      rounds,
    )
    if (one === undefined || two === undefined) throw new Error('nothing was measured')
    const { median, low, high } = ratio(one, two, Number.POSITIVE_INFINITY)
    const times = [one, two].map(({ samples }) => msText(estimate(samples).median))
    console.log(
      `${name}: ${times.join(' by one, ')} by two, ratio ${timesText(median)} (${timesText(low)}–${timesText(high)})`,
    )
  }
}

/** Each key's history is drawn by itself, with a seed of its own, and all run at once. */
function withKeys(keys: number, shape: Shape): readonly KvOperation[] {
  const all = Array.from({ length: keys }, (_, k) => {
    const key = `k${k}`
    const withKey = ({ process, ...rest }: KvOperation): KvOperation => {
      return { ...rest, process: process * keys + k, input: { ...rest.input, key } }
    }
    return generate({ ...shape, seed: shape.seed + k }).map(withKey)
  }).flat()
  return all.sort((a, b) => a.call - b.call).map((operation, id) => ({ ...operation, id }))
}
