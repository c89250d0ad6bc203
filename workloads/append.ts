/** Texts that only grow: appends that occur once, and reads. A read shows the whole past of a key and its order. */
import type { Random } from '../cluster/random.ts'
import { each, type Place, rate } from './combinators.ts'
import { drawKey, drawReadAim, keyOptions, readAll } from './keys.ts'
import type { DrawnOp } from './op.ts'
import { numberOf } from './options.ts'
import { weighted } from './weighted.ts'
import type { Workload, WorkloadOptions } from './workload.ts'

export const append: Workload = {
  summary: 'append unique tokens to independent keys, and read them',
  model: 'append-kv',
  options: {
    ...keyOptions,
    // With ten clients and as many reads as appends, a text ends at about 50 tokens.
    opsPerKey: { ...keyOptions.opsPerKey, default: 10 },
    reads: { summary: 'weight of reads', default: 50, min: 0 },
    appends: { summary: 'weight of appends', default: 50, min: 0 },
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
  const f = weighted(random, [
    { item: 'read', weight: numberOf(options, 'reads') },
    { item: 'append', weight: numberOf(options, 'appends') },
  ] as const)
  switch (f) {
    case 'read':
      return { request: { f, key }, aim: drawReadAim(random, options) }
    case 'append':
      // The space keeps `1.1` and `1.17` apart.
      return { request: { f, key, value: `${client}.${count} ` }, aim: { at: 'leader' } }
    default:
      return f satisfies never
  }
}
