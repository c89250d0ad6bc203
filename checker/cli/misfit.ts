/** Whatever was asked for and would be passed over in silence, so that a verdict would say less than it seems to. */
import type { HistoryEvent } from '../formats/event.ts'
import { isModelName, models } from '../models/index.ts'
import type { KvValue } from '../models/kv.ts'

/** What was asked for does not fit the history. */
export class Misfit extends Error {
  readonly problem: string
  /** What would fit. */
  readonly expected: string

  constructor(problem: string, expected: string) {
    super(`${problem}; expected ${expected}`)
    this.name = 'Misfit'
    this.problem = problem
    this.expected = expected
  }
}

/** A model that nobody has. */
export class UnknownModel extends Error {
  constructor(name: string, known: readonly string[]) {
    super(
      `no model is called ${JSON.stringify(name)}; there are ${known.join(', ')}, or give a file such as ./my-model.js`,
    )
    this.name = 'UnknownModel'
  }
}

const keysTold = 8

/** Throws a `Misfit` where there is no operation of this key, so that a mistyped one does not make a history valid. */
export function refuseOtherKeys(events: readonly HistoryEvent[], key: string): void {
  const keys = new Set<string>()
  for (const { type, key: each } of events) {
    if (type !== 'invoke' || each === undefined) continue
    if (each === key) return
    keys.add(each)
  }
  const some = Array.from(keys).slice(0, keysTold).join(', ')
  const more = keys.size > keysTold ? ` and ${keys.size - keysTold} more` : ''
  throw new Misfit(
    `it has no operation of the key ${key}`,
    keys.size === 0 ? 'no --key, as no operation has one' : `one of its keys: ${some}${more}`,
  )
}

/** Objects begin as their models say. Throws a `Misfit`. */
export function refuseInitial(model: string, initial: KvValue | undefined): void {
  if (initial === undefined || isModelName(model)) return
  throw new Misfit(`${model} takes no initial value`, `--initial only with ${Object.keys(models).join(', ')}`)
}
