/** The synthetic histories of the benchmark: forty with names, and random ones in two sizes. */

import { check } from '../../checker/check.ts'
import { casRegister } from '../../checker/models/index.ts'
import type { KvModel } from '../../checker/models/kv.ts'
import { withCorruptedReads, withPhantomRead, withStaleRead } from './damage.ts'
import { drawFrom } from './draw.ts'
import { generate, type KvOperation, type Shape } from './generate.ts'
import type { Subject } from './row.ts'

export interface Case {
  readonly name: string
  readonly model: KvModel
  /** `undefined`: only a checker can tell. */
  readonly expected?: 'valid' | 'illegal'
  /** Made anew by each call; the caller drops them when it is done. */
  readonly operations: () => readonly KvOperation[]
  /** How many there are. */
  readonly size: number
}

/**
 * Names tell the shape: values (`unique`, or how many), operations, clients, percent indeterminate, keys, deletes,
 * refusals that say what they found or are `blind`, and how it ends. (`illegal`: one stale read; `phantom`: one read of
 * a value that nobody wrote, which is illegal too.)
 */
export const names: readonly string[] = [
  'unique-1e3-c5-i0-valid',
  'unique-1e3-c5-i0-illegal',
  'unique-1e3-c5-i5-valid',
  'unique-1e3-c20-i0-valid',
  'unique-1e3-c20-i0-illegal',
  'unique-1e3-c20-i5-blind-valid',
  'unique-1e3-c20-i20-blind-valid',
  'unique-1e3-c100-i0-valid',
  'v5-1e3-c5-i0-blind-valid',
  'v5-1e3-c5-i0-blind-phantom',
  'v5-1e3-c5-i20-blind-valid',
  'v5-1e3-c20-i0-blind-valid',
  'v5-1e3-c20-i5-blind-valid',
  'v5-1e3-c100-i0-blind-valid',
  'v50-1e3-c10-i0-valid',
  'v50-1e3-c10-i0-illegal',
  'v50-1e3-c20-i5-blind-valid',
  'unique-1e3-c20-i0-k100-del-valid',
  'unique-1e3-c100-i0-k10-del-valid',
  'unique-1e4-c5-i0-valid',
  'unique-1e4-c20-i20-illegal',
  'unique-1e4-c50-i10-blind-valid',
  'v5-1e4-c5-i0-blind-valid',
  'v5-1e4-c20-i5-blind-valid',
  'unique-1e4-c20-i0-k10-del-valid',
  'unique-1e4-c100-i5-k10-del-valid',
  'unique-1e4-c20-i5-k100-del-valid',
  'v50-1e4-c100-i5-k100-del-valid',
  'unique-1e5-c20-i5-valid',
  'unique-1e5-c20-i5-illegal',
  'unique-1e5-c100-i20-blind-valid',
  'v5-1e5-c20-i5-blind-valid',
  'v50-1e5-c10-i0-valid',
  'unique-1e5-c100-i5-k100-del-valid',
  'unique-1e5-c100-i5-k100-del-illegal',
  'unique-1e6-c100-i20-valid',
  'unique-1e6-c100-i20-blind-valid',
  'v5-1e6-c20-i5-blind-valid',
  'unique-1e6-c100-i5-k100-del-valid',
  'unique-1e6-c100-i5-k100-del-illegal',
]

const deletes = 10

/** The history that a name stands for. */
export function named(name: string): Case {
  const [values = '', operations = '', clients = '', indeterminate = '', ...rest] = name.split('-')
  const keys = rest.find((part) => /^k\d+$/.test(part)) ?? 'k1'
  const shape: Shape = {
    values: values === 'unique' ? 'unique' : Number(values.slice(1)),
    operations: Number(operations),
    clients: Number(clients.slice(1)),
    indeterminate: Number(indeterminate.slice(1)),
    keys: Number(keys.slice(1)),
    deletes: rest.includes('del') ? deletes : 0,
    refusals: rest.includes('blind') ? 'blind' : 'found',
    aims: 'seen',
    idle: 0,
    seed: seedOf(name),
  }
  const end = rest.at(-1)
  return {
    name,
    model: casRegister,
    expected: end === 'valid' ? 'valid' : 'illegal',
    size: shape.operations,
    operations: () => {
      const legal = generate(shape)
      if (end === 'illegal') return withStaleRead(legal)
      return end === 'phantom' ? withPhantomRead(legal) : legal
    },
  }
}

/** Made, and ready to be measured. */
export function subjectOf({ name, model, expected, operations: make }: Case): Subject {
  const operations = make()
  return {
    name,
    header: { model: 'cas-register', initial: null },
    operations,
    check: (options) => check(model, operations, options),
    ...(expected === undefined ? {} : { expected }),
  }
}

/** One of the random histories of a single key: half of them have 1 to 3 reads that saw something else. */
export function random(size: number, number: number): Case {
  const seed = size + number
  const draw = drawFrom(seed)
  const values = draw.percent(25) ? 'unique' : draw.between(2, 50)
  const shape: Shape = {
    operations: size,
    clients: draw.between(5, 100),
    idle: draw.pick([0, 1, 4, 10]),
    values,
    aims: values === 'unique' || draw.percent(50) ? 'seen' : 'any',
    indeterminate: draw.between(0, 20),
    keys: 1,
    deletes: draw.between(0, 15),
    refusals: 'blind',
    seed,
  }
  const corrupted = number % 2 === 0 ? 0 : draw.between(1, 3)
  const { clients, idle, indeterminate, aims } = shape
  return {
    name: `random-${size}-${number} (values ${values}, aims ${aims}, c${clients}, idle ${idle}, i${indeterminate}, ${corrupted} corrupted)`,
    model: casRegister,
    size,
    ...(corrupted === 0 ? { expected: 'valid' as const } : {}),
    operations: () => {
      const legal = generate(shape)
      return corrupted === 0 ? legal : withCorruptedReads(legal, corrupted, seed)
    },
  }
}

/** FNV-1a, so that each name has a seed of its own. */
function seedOf(name: string): number {
  let hash = 0x811c9dc5
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return hash >>> 0
}
