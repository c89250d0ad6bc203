/** Independent registers: read, write, compare-and-set and delete, with values that occur once. */
import type { Random } from '../cluster/random.ts'
import { each, type Place, rate } from './combinators.ts'
import { drawKey, drawReadAim, keyOptions, readAll } from './keys.ts'
import type { DrawnOp } from './op.ts'
import { booleanOf, numberOf } from './options.ts'
import { weighted } from './weighted.ts'
import type { Workload, WorkloadOptions } from './workload.ts'

export const register: Workload = {
  summary: 'read, write, compare-and-set and delete independent keys',
  model: 'cas-register',
  options: {
    ...keyOptions,
    reads: { summary: 'weight of reads', default: 45, min: 0 },
    writes: { summary: 'weight of writes', default: 30, min: 0 },
    cas: { summary: 'weight of compare-and-sets, which expect what their client last saw', default: 20, min: 0 },
    deletes: { summary: 'weight of deletes', default: 5, min: 0 },
    classic: { summary: 'values from 0 to 4 and blind compare-and-sets, harder to check', default: false },
  },
  generator: (options, random) =>
    rate(
      numberOf(options, 'rate'),
      random.fork('rate'),
      each(random.fork('ops'), (stream, place) => draw(stream, place, options)),
    ),
  final: (_options, random, history) => readAll(random, history),
}

function draw(random: Random, { client, count }: Place, options: WorkloadOptions): DrawnOp {
  const key = drawKey(random, count, options)
  const isClassic = booleanOf(options, 'classic')
  // A value that names its op lets the checker decide in almost linear time, and a person see who wrote it.
  const fresh = uniqueValue(client, count)
  const f = weighted(random, [
    { item: 'read', weight: numberOf(options, 'reads') },
    { item: 'write', weight: numberOf(options, 'writes') },
    { item: 'cas', weight: numberOf(options, 'cas') },
    { item: 'delete', weight: numberOf(options, 'deletes') },
  ] as const)
  switch (f) {
    case 'read':
      return { request: { f, key }, aim: drawReadAim(random, options) }
    case 'write':
      return { request: { f, key, value: isClassic ? random.below(5) : fresh }, aim: { at: 'leader' } }
    case 'cas':
      return {
        request: isClassic ? { f, key, value: [random.below(5), random.below(5)] } : { f: 'cas-seen', key, to: fresh },
        aim: { at: 'leader' },
      }
    case 'delete':
      return { request: { f, key }, aim: { at: 'leader' } }
    default:
      return f satisfies never
  }
}

/** Values that share the thousands are of one op number, as far as there are a thousand clients; further ones follow far off. */
const farOff = 2 ** 40

/** Another number for each op of each client: exact for a billion ops of each of eight million clients. */
function uniqueValue(client: number, count: number): number {
  return Math.floor(client / 1000) * farOff + count * 1000 + (client % 1000) + 1
}
