/** The changes of a key in the order of their versions, as far as answers tell: what `retire-versions.ts` works on. */
import type { KvInput, KvOutput, KvState, KvValue } from '../models/kv.ts'
import type { Operation } from '../operation.ts'

export type KvOperation = Operation<KvInput, KvOutput>

export class VersionChain {
  /** The version at first, and the highest that was answered. */
  readonly base: number
  readonly top: number
  /** Indexed by version - base. The answered change that made it. */
  readonly #writers: (KvOperation | undefined)[]
  /** What was seen of it, by observers or by the compare-and-set that came next. */
  readonly #seen: (KvValue | undefined)[]
  /** Versions that a refused compare-and-set saw without saying what it met. */
  readonly #blind = new Set<number>()
  /** Indeterminate changes that are known to have taken effect, and by now count as answered. */
  readonly promoted: KvOperation[] = []
  /** Of everything from the change to a version on, and of everything after that change: the earliest return. */
  readonly #reached: Float64Array
  readonly #after: Float64Array

  private constructor(init: KvState, top: number) {
    this.base = init.version
    this.top = top
    const length = top - init.version + 1
    this.#writers = new Array<KvOperation | undefined>(length).fill(undefined)
    this.#seen = new Array<KvValue | undefined>(length).fill(undefined)
    this.#seen[0] = init.value
    this.#reached = new Float64Array(length).fill(Number.POSITIVE_INFINITY)
    this.#after = new Float64Array(length).fill(Number.POSITIVE_INFINITY)
  }

  /** Of answered operations that are legal from `init` on; `undefined` where an answer does not say where it stands. */
  static of(init: KvState, answered: readonly KvOperation[]): VersionChain | undefined {
    let top = init.version
    for (const { input, output } of answered) {
      if (output?.version === undefined) return undefined
      if (input.f === 'cas' && output.swapped === undefined) return undefined
      if (output.version > top) top = output.version
    }
    const chain = new VersionChain(init, top)
    for (const operation of answered) chain.#enter(operation)
    let earliest = Number.POSITIVE_INFINITY
    for (let k = top - chain.base; k >= 0; k--) {
      earliest = chain.#after[k] = Math.min(earliest, chain.#after[k] ?? 0)
      earliest = chain.#reached[k] = Math.min(earliest, chain.#reached[k] ?? 0)
    }
    return chain
  }

  #enter(operation: KvOperation): void {
    const { input, output } = operation
    const k = (output?.version ?? 0) - this.base
    if (isChange(operation)) {
      this.#writers[k] = operation
      this.#reached[k] = operation.return
      if (input.f === 'cas') this.#seen[k - 1] = input.value[0]
      return
    }
    this.#after[k] = Math.min(this.#after[k] ?? 0, operation.return)
    const value = input.f === 'cas' ? output?.found : output?.value
    if (value !== undefined) this.#seen[k] = value
    else if (input.f === 'cas') this.#blind.add(k)
  }

  /** No answered change made this version: a pending one must have. */
  isGap(version: number): boolean {
    return version > this.base && this.#writers[version - this.base] === undefined
  }

  writer(version: number): KvOperation | undefined {
    return this.#writers[version - this.base]
  }

  /** What somebody saw there; of the first version, what it was. */
  seen(version: number): KvValue | undefined {
    return this.#seen[version - this.base]
  }

  isBlind(version: number): boolean {
    return this.#blind.has(version - this.base)
  }

  /** The earliest return of what can not have come before the change to this version: from then on it was there. */
  reached(version: number): number {
    return this.#reached[version - this.base] ?? Number.POSITIVE_INFINITY
  }

  /** The earliest return of what came after the change to this version. */
  after(version: number): number {
    return this.#after[version - this.base] ?? Number.POSITIVE_INFINITY
  }

  /** A pending change turns out to have made a version. */
  promote(version: number, pending: KvOperation): void {
    const k = version - this.base
    const output = pending.input.f === 'cas' ? { version, swapped: true } : { version }
    const operation = { ...pending, output, return: this.after(version) }
    this.promoted.push(operation)
    this.#writers[k] = operation
    if (pending.input.f === 'cas') this.#seen[k - 1] = pending.input.value[0]
  }

  /** The highest version that everything called from `time` on must have met, or something later. */
  settledBefore(time: number): number {
    let version = this.top
    while (version > this.base && !(this.reached(version) < time)) version--
    return version
  }
}

export function isChange({ input, output }: KvOperation): boolean {
  return input.f !== 'read' && (input.f !== 'cas' || output?.swapped === true)
}
