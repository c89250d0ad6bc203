/**
 * Makes a key's history easier to decide without changing what can be decided. Values that nobody can ever have
 * observed become one value, so that operations which put them there become alike; versions are left out of the state
 * where no output has one. Both keep what every operation can tell apart, so the linearizations stay the same.
 */
import type { Simplified } from '../model.ts'
import type { Operation } from '../operation.ts'
import type { KvInput, KvModel, KvOutput, KvState, KvValue } from './kv.ts'

type KvOperation = Operation<KvInput, KvOutput>

export function simplifyKv(model: KvModel, operations: readonly KvOperation[]): Simplified<KvState, KvInput, KvOutput> {
  const hasVersions = operations.some(({ output }) => output?.version !== undefined)
  const hasAppends = operations.some(({ input }) => input.f === 'append')
  const hasResets = operations.some(({ input }) => input.f !== 'append' && input.f !== 'read')
  const observed = new Observed(operations, hasAppends)
  const reduce = (state: KvState): KvState => ({
    value: observed.reduce(state.value),
    version: hasVersions ? state.version : 0,
  })
  return {
    model: {
      ...model,
      init: () => reduce(model.init()),
      step: (state, input, output) => model.step(state, input, output).map(reduce),
      lost: (state, input, output) =>
        model.lost?.(state, input, output) === true ||
        (!hasResets && output?.value !== undefined && !startsWith(output.value, state.value)),
    },
    operations: operations.map((operation) => ({ ...operation, input: observed.reduceInput(operation.input) })),
  }
}

/** Where values only grow, a read of `later` is out of reach once the value is no beginning of it. */
function startsWith(later: KvValue, value: KvValue): boolean {
  return value === null || (typeof later === 'string' && later.startsWith(String(value)))
}

/** The values that some operation saw or compared with, and which values can still become one of them. */
class Observed {
  readonly #values: ReadonlySet<KvValue>
  /** Observed texts in order; the beginnings of one come directly before it. Empty where nothing is appended. */
  readonly #texts: readonly string[]
  /** Of these, the ones that are no beginning of another. */
  readonly #longest: readonly string[]
  readonly #unobserved: string

  constructor(operations: readonly KvOperation[], hasAppends: boolean) {
    const values = new Set<KvValue>()
    for (const { input, output } of operations) {
      if (output?.value !== undefined) values.add(output.value)
      if (output?.found !== undefined) values.add(output.found)
      // Pending ones too: should it take effect, it has compared.
      if (input.f === 'cas') values.add(input.value[0])
    }
    const texts = [...values].filter((value) => typeof value === 'string').sort()
    this.#values = values
    this.#texts = hasAppends ? texts : []
    this.#longest = this.#texts.filter((text, i) => this.#texts[i + 1]?.startsWith(text) !== true)
    let unobserved = '(unobserved)'
    while (texts.some((text) => text.startsWith(unobserved))) unobserved = `(${unobserved})`
    this.#unobserved = unobserved
  }

  /** The value itself if it, or what appends can make of it, was observed; else the one that stands for all others. */
  reduce(value: KvValue): KvValue {
    if (value === null || this.#values.has(value) || this.#isBeginning(String(value))) return value
    return this.#unobserved
  }

  reduceInput(input: KvInput): KvInput {
    switch (input.f) {
      case 'write':
        return { ...input, value: this.reduce(input.value) }
      case 'cas':
        return { ...input, value: [input.value[0], this.reduce(input.value[1])] }
      case 'append':
        // What it is appended to can then never be observed again, whatever is appended later.
        return this.#longest.some((text) => text.includes(input.value)) ? input : { ...input, value: this.#unobserved }
      case 'read':
      case 'delete':
        return input
      default:
        return input satisfies never
    }
  }

  /** Whether an observed text begins with this one: then so does the first that is not smaller. */
  #isBeginning(text: string): boolean {
    let low = 0
    let high = this.#texts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#texts[middle] ?? '') < text) low = middle + 1
      else high = middle
    }
    return this.#texts[low]?.startsWith(text) === true
  }
}
