/** Watches over one check: its clock, the questions whether time is up, and how often it reports progress. */
import type { StepContext } from './model.ts'

export interface Progress {
  /** Partitions that have their verdict. */
  readonly partitionsDone: number
  readonly partitions: number
  /** Configurations expanded, in finished attempts. */
  readonly explored: number
  /** The key that is being decided. */
  readonly key: string | undefined
}

export interface WatchOptions {
  readonly timeLimitMs?: number
  readonly now?: () => number
  readonly onProgress?: (progress: Progress) => void
}

/** Between two reports lies at least this much work, in configurations and operations. */
const workPerReport = 1 << 16
/** An engine asks whether time is up about this often, in configurations. */
const workPerQuestion = 1 << 10

export class Watch implements StepContext {
  readonly #now: () => number
  readonly #end: number
  readonly #onProgress: ((progress: Progress) => void) | undefined
  #progress: Progress = { partitionsDone: 0, partitions: 0, explored: 0, key: undefined }
  #work = 0
  #isOver = false
  /** Whether a step was told that time is up: what it returned then means nothing. */
  hasTold = false

  constructor({ timeLimitMs, now: given, onProgress }: WatchOptions) {
    this.#onProgress = onProgress
    // Nobody needs a clock then, and in Node.js asking for it loads ten modules.
    if (timeLimitMs === undefined) {
      this.#now = () => 0
      this.#end = Number.POSITIVE_INFINITY
      return
    }
    const now = given ?? defaultClock()
    if (now === undefined) throw new TypeError('timeLimitMs was given without now, a monotonic clock in milliseconds')
    if (!(timeLimitMs >= 0)) throw new TypeError(`timeLimitMs is ${timeLimitMs}, but must be a number from 0 on`)
    this.#now = now
    this.#end = now() + timeLimitMs
  }

  /** For the engines. Once true, always true. */
  readonly isOver = (): boolean => {
    if (this.#onProgress !== undefined) this.#did(workPerQuestion)
    return this.#ask()
  }

  /** For the model's steps. */
  expired(): boolean {
    if (this.#ask()) this.hasTold = true
    return this.hasTold
  }

  /** To be called before each attempt. */
  begin(progress: Progress): void {
    this.#progress = progress
  }

  /** To be called after each attempt. */
  end(progress: Progress, work: number): void {
    this.#progress = progress
    if (this.#onProgress !== undefined) this.#did(work)
  }

  #did(work: number): void {
    this.#work += work
    if (this.#work < workPerReport) return
    this.#work = 0
    this.#onProgress?.(this.#progress)
  }

  #ask(): boolean {
    this.#isOver ||= this.#end < Number.POSITIVE_INFINITY && this.#now() >= this.#end
    return this.#isOver
  }
}

function defaultClock(): (() => number) | undefined {
  const { performance } = globalThis as { readonly performance?: { now(): number } }
  return performance === undefined ? undefined : () => performance.now()
}
