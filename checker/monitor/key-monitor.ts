/** One key under watch: what is kept of it, checked now and then, and made smaller when it was found legal. */
import { check } from '../check.ts'
import type { Model } from '../model.ts'
import { isPending, type Operation } from '../operation.ts'
import type { CheckResult } from '../result.ts'
import type { Reduction, Residue } from './reduction.ts'

/** What happened to an operation, on the history's clock. */
export type Happening<I, O> =
  | { readonly kind: 'call'; readonly id: number; readonly process: number; readonly input: I; readonly time: number }
  /** `output` is what was answered. */
  | { readonly kind: 'return'; readonly id: number; readonly output: O | undefined; readonly time: number }
  /** It surely did not take effect. */
  | { readonly kind: 'fail'; readonly id: number; readonly time: number }
  /** Nobody will ever know; it may still take effect. */
  | { readonly kind: 'lost'; readonly id: number; readonly time: number }

export interface Alarm<S, I, O> {
  readonly key: string | undefined
  /** The operation whose answer, or failure, made the history illegal. */
  readonly operation: Operation<I, O>
  readonly time: number
  /** False where an earlier one may have done so, as a budget ran out before. */
  readonly isExact: boolean
  /** What was kept: illegal by itself, by `check`, begun in `init`. It may hold stand-ins for others, with ids below 0. */
  readonly init: S
  readonly operations: readonly Operation<I, O>[]
}

export interface KeyReport {
  readonly key: string | undefined
  readonly verdict: 'valid' | 'illegal' | 'unknown'
  /** Operations that returned, and how many of these are known to be legal together. */
  readonly returned: number
  readonly verified: number
  /** If unknown. */
  readonly reason?: string
}

export interface KeyOptions<S, I, O> {
  readonly model: Model<S, I, O>
  readonly reductions: readonly Reduction<S, I, O>[]
  /** A time before every call. */
  readonly begin: number
  /** Of one check, in configurations. */
  readonly budget: number
  /** Beyond so many operations, the key is given up. */
  readonly maxKept: number
}

/** A residue that does not get smaller is checked again when it has grown by this part of it, or if it is small. */
const growth = 32
const smallResidue = 4000

export class KeyMonitor<S, I, O> {
  readonly key: string | undefined
  readonly #options: KeyOptions<S, I, O>
  #residue: Residue<S, I, O>
  #fresh: Happening<I, O>[] = []
  readonly #open = new Map<number, number>()
  #returned = 0
  #verified = 0
  /** Why nothing more can be said. */
  #givenUp: string | undefined
  #reason: string | undefined
  #isIllegal = false
  /** Whether all before `#fresh` was found legal. */
  #isVerified = true
  explored = 0

  constructor(key: string | undefined, options: KeyOptions<S, I, O>) {
    this.key = key
    this.#options = options
    this.#residue = { init: options.model.init(), operations: [] }
  }

  /** Operations and happenings that are kept. */
  get kept(): number {
    return this.#residue.operations.length + this.#fresh.length
  }

  see(happening: Happening<I, O>): void {
    const { kind, id, time } = happening
    if (kind === 'call') this.#open.set(id, time)
    else this.#open.delete(id)
    if (kind === 'return') this.#returned++
    if (this.#givenUp === undefined) this.#fresh.push(happening)
  }

  /** Whether there is enough to look at, small residues being looked at each time. */
  get isDue(): boolean {
    if (this.#givenUp !== undefined || this.#fresh.length === 0) return false
    const size = this.#residue.operations.length
    return size < smallResidue || this.#fresh.length * growth >= size
  }

  /** To be called when nothing more can come with a time as early as what was seen. */
  look(budget = this.#options.budget): Alarm<S, I, O> | undefined {
    if (this.#givenUp !== undefined || (this.#fresh.length === 0 && this.#isVerified)) return undefined
    this.#fresh.sort(byTime)
    if (this.#residue.excludes !== undefined) {
      const all = this.#operationsAfter(this.#fresh.length)
      if (all.some(this.#residue.excludes)) return this.#giveUp('its operations or answers became of another kind')
    }
    const operations = this.#operationsAfter(this.#fresh.length)
    const { verdict, partitions } = this.#check(operations, budget)
    if (verdict === 'illegal') return this.#alarm(budget)
    if (verdict === 'unknown') {
      this.#reason = partitions.find((each) => each.verdict === 'unknown')?.reason
      this.#isVerified = false
      this.#residue = { ...this.#residue, operations }
    } else {
      this.#isVerified = true
      this.#verified = this.#returned
      this.#residue = this.#reduced(operations)
    }
    this.#fresh = []
    if (this.#residue.operations.length <= this.#options.maxKept) return undefined
    return this.#giveUp(`more than ${this.#options.maxKept} operations would have to be kept`)
  }

  report(): KeyReport {
    const counts = { key: this.key, returned: this.#returned, verified: this.#verified }
    if (this.#isIllegal) return { ...counts, verdict: 'illegal' }
    const reason = this.#givenUp ?? (this.#isVerified ? undefined : this.#reason)
    if (reason !== undefined) return { ...counts, verdict: 'unknown', reason }
    return this.#verified === this.#returned && this.#fresh.length === 0
      ? { ...counts, verdict: 'valid' }
      : { ...counts, verdict: 'unknown', reason: 'its last operations were not looked at' }
  }

  #giveUp(reason: string): undefined {
    this.#givenUp = reason
    this.#fresh = []
    this.#residue = { init: this.#residue.init, operations: [] }
  }

  get #model(): Model<S, I, O> {
    const { init } = this.#residue
    return { ...this.#options.model, init: () => init }
  }

  #check(operations: readonly Operation<I, O>[], maxConfigurations: number): CheckResult<Operation<I, O>> {
    const result = check(this.#model, operations, { maxConfigurations })
    this.explored += result.explored
    return result
  }

  /** A beginning of a legal history is legal, so bisection finds where it becomes illegal. */
  #alarm(budget: number): Alarm<S, I, O> {
    this.#isIllegal = true
    let isExact = this.#isVerified
    let legal = 0
    let illegal = this.#fresh.length
    while (illegal - legal > 1) {
      const middle = (legal + illegal) >>> 1
      const { verdict } = this.#check(this.#operationsAfter(middle), budget)
      if (verdict === 'unknown') isExact = false
      if (verdict === 'illegal') illegal = middle
      else legal = middle
    }
    const operations = this.#operationsAfter(illegal)
    const last = this.#fresh[illegal - 1]
    // What failed is there no more. And where a larger budget found what a smaller one had not, nothing is fresh.
    const all = last === undefined ? operations.filter((each) => !isPending(each)) : this.#operationsAfter(illegal - 1)
    const operation = [...operations, ...all].find(({ id }) => id === last?.id) ?? all.at(-1)
    if (operation === undefined) throw new Error('no operation is illegal')
    const time = last?.time ?? operation.return
    return { key: this.key, operation, time, isExact, init: this.#residue.init, operations }
  }

  /** The residue with what happened to it since, up to a happening. */
  #operationsAfter(count: number): Operation<I, O>[] {
    const operations: (Operation<I, O> | undefined)[] = [...this.#residue.operations]
    const places = new Map<number, number>()
    for (const [place, each] of operations.entries()) {
      if (each?.return === Number.POSITIVE_INFINITY) places.set(each.id, place)
    }
    for (let i = 0; i < count; i++) {
      const happening = this.#fresh[i]
      if (happening === undefined) break
      if (happening.kind === 'call') {
        const { id, process, input, time } = happening
        places.set(id, operations.length)
        operations.push({ id, process, input, output: undefined, call: time, return: Number.POSITIVE_INFINITY })
        continue
      }
      const place = places.get(happening.id) ?? -1
      const operation = operations[place]
      if (operation === undefined || happening.kind === 'lost') continue
      operations[place] =
        happening.kind === 'fail' ? undefined : { ...operation, output: happening.output, return: happening.time }
    }
    return operations.filter((each) => each !== undefined)
  }

  #reduced(operations: readonly Operation<I, O>[]): Residue<S, I, O> {
    const { reductions, begin } = this.#options
    let earliestOpen = Number.POSITIVE_INFINITY
    for (const call of this.#open.values()) earliestOpen = Math.min(earliestOpen, call)
    const moment = { isOpen: (id: number) => this.#open.has(id), earliestOpen, begin }
    const { excludes } = this.#residue
    const more = excludes === undefined ? {} : { excludes }
    for (const reduce of reductions) {
      const residue = reduce(this.#model, operations, moment)
      if (residue !== undefined) return { ...more, ...residue }
    }
    return { ...this.#residue, operations }
  }
}

/** At one time calls come first, since an operation that is called then is concurrent with one that returns. */
function byTime(a: Happening<unknown, unknown>, b: Happening<unknown, unknown>): number {
  return a.time - b.time || Number(b.kind === 'call') - Number(a.kind === 'call')
}
