/**
 * Checks a history while it grows. It is fed with what happens to operations, in the order of time, and says when the
 * history has become illegal: never later than `interval` after that, as long as it is fed or told the time; never
 * falsely, since what it says is a verdict of `check` on what it kept. `reduction.ts` says what may be forgotten.
 *
 * Where answers carry versions, or values tell what each operation observed, what is kept is the open window, the
 * indeterminate operations and a little for each of those. Other keys are kept whole and checked again and again, each
 * time with a budget; a key for which that is too little, or which grows too large, ends `unknown`.
 */
import type { Model } from '../model.ts'
import { type Verdict, verdictOf } from '../result.ts'
import { type Alarm, type Happening, KeyMonitor, type KeyReport } from './key-monitor.ts'
import type { Reduction } from './reduction.ts'

export interface MonitorOptions<S, I, O> {
  /** What of a key may be forgotten, in the order in which it is tried; nothing unless told. */
  readonly reductions?: readonly Reduction<S, I, O>[]
  /** Keys are looked at about so often, in the unit of the history's times; 100,000 (µs) unless told. */
  readonly interval?: number
  /** The most configurations that one look at one key may expand; 20 thousand unless told. */
  readonly maxConfigurations?: number
  /** The same for the last look, at the end; 5 million unless told. */
  readonly maxConfigurationsAtEnd?: number
  /** A key of which more operations would have to be kept is given up; 100 thousand unless told. */
  readonly maxKept?: number
}

export interface MonitorReport<S, I, O> {
  readonly verdict: Verdict
  readonly alarm?: Alarm<S, I, O>
  /** What was verified, key by key, in the order in which the keys first appeared. */
  readonly keys: readonly KeyReport[]
  /** Configurations expanded in all. */
  readonly explored: number
}

/** What is kept until the next look, at most, whatever the interval. */
const maxFresh = 1024
/** What an operation that is kept takes, roughly: its fields, its input and its output. */
const bytesEach = 200

export class Monitor<S, I, O> {
  readonly #model: Model<S, I, O>
  readonly #options: MonitorOptions<S, I, O>
  readonly #keys = new Map<string | undefined, KeyMonitor<S, I, O>>()
  /** The keys of operations that may still return. */
  readonly #open = new Map<number, KeyMonitor<S, I, O>>()
  readonly #touched = new Set<KeyMonitor<S, I, O>>()
  #time = Number.NEGATIVE_INFINITY
  #begin = 0
  #lastLook = Number.NEGATIVE_INFINITY
  #fresh = 0
  #alarm: Alarm<S, I, O> | undefined

  /** Keys are those of `Model.key`; a model that splits its histories otherwise counts as one key. */
  constructor(model: Model<S, I, O>, options: MonitorOptions<S, I, O> = {}) {
    this.#model = model
    this.#options = options
  }

  /** Once there is one, nothing is looked at any more. */
  get alarm(): Alarm<S, I, O> | undefined {
    return this.#alarm
  }

  /** What it keeps: operations, and roughly what they take. */
  get kept(): { readonly operations: number; readonly bytes: number } {
    let operations = 0
    for (const key of this.#keys.values()) operations += key.kept
    return { operations, bytes: operations * bytesEach }
  }

  /** Takes the next happening; its time is no earlier than the last one's. Ids are whole numbers from 0, each used once. */
  see(happening: Happening<I, O>): Alarm<S, I, O> | undefined {
    if (this.#alarm !== undefined) return this.#alarm
    this.advance(happening.time)
    if (this.#alarm === undefined) this.#take(happening)
    return this.#alarm
  }

  /** Nothing that happened earlier will be told any more. */
  advance(time: number): Alarm<S, I, O> | undefined {
    if (!(time >= this.#time)) throw new RangeError(`time went back from ${this.#time} to ${time}`)
    // What comes at the time of a return may be a call that is concurrent with it.
    const isSettled = time > this.#time
    const { interval = 100_000 } = this.#options
    if (isSettled && (time - this.#lastLook >= interval || this.#fresh >= maxFresh)) this.#look(time)
    this.#time = time
    return this.#alarm
  }

  /** Looks at all that has not been looked at, with a larger budget. To be called once, when nothing more will come. */
  end(): MonitorReport<S, I, O> {
    const { maxConfigurationsAtEnd: budget = 5_000_000 } = this.#options
    for (const key of this.#keys.values()) this.#alarm ??= key.look(budget)
    const keys = [...this.#keys.values()]
    const reports = keys.map((key) => key.report())
    const explored = keys.reduce((sum, key) => sum + key.explored, 0)
    const alarm = this.#alarm === undefined ? {} : { alarm: this.#alarm }
    return { verdict: verdictOf(reports), ...alarm, keys: reports, explored }
  }

  #take(happening: Happening<I, O>): void {
    const { kind, id } = happening
    const key = kind === 'call' ? this.#keyOf(happening.input, happening.time) : this.#open.get(id)
    if (key === undefined) throw new TypeError(`operation ${id} ends, but was not called, or has ended`)
    if (kind === 'call' && (this.#open.has(id) || !(id >= 0))) throw new TypeError(`operation ${id} is called again`)
    if (kind === 'call') this.#open.set(id, key)
    else this.#open.delete(id)
    key.see(happening)
    this.#touched.add(key)
    this.#fresh++
  }

  #keyOf(input: I, time: number): KeyMonitor<S, I, O> {
    if (this.#keys.size === 0) this.#begin = time
    const name = this.#model.partition === undefined ? this.#model.key?.(input) : undefined
    let key = this.#keys.get(name)
    if (key === undefined) {
      const { reductions = [], maxConfigurations: budget = 20_000, maxKept = 100_000 } = this.#options
      key = new KeyMonitor(name, { model: this.#model, reductions, begin: this.#begin, budget, maxKept })
      this.#keys.set(name, key)
    }
    return key
  }

  #look(time: number): void {
    this.#lastLook = time
    this.#fresh = 0
    for (const key of this.#touched) {
      if (!key.isDue) continue
      this.#touched.delete(key)
      this.#alarm ??= key.look()
      if (this.#alarm !== undefined) return
    }
  }
}
