/**
 * Threads that play turns ahead of their time. The schedule asks for its turns one after the other, as it would of a
 * single thread; meanwhile idle threads play those that will come next if nothing unforeseen happens. So the result
 * is the same as that of one thread, down to the configurations expanded: what was played in vain is thrown away.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Answer } from '../columns/check-columns.ts'
import { budgetOf } from '../schedule.ts'
import type { Assignment, Played, Task } from './parallel-thread.ts'
import { after } from './timer.ts'

export interface CrewOptions {
  /** How many threads. */
  readonly workers: number
  readonly assignment: Assignment
  /** The keys that are left, in the order of their turns. */
  readonly open: readonly Open[]
  /** Configurations that may still be expanded. */
  readonly budget: number
  /** What is left of the time; the threads are asked to stop then, and not waited for much longer. */
  readonly leftMs: (() => number) | undefined
  readonly signal: AbortSignal | undefined
  readonly maxOldGenerationSizeMb: number | undefined
}

export interface Open {
  /** Its place in the list of all keys. */
  readonly number: number
  /** Which turn it is to have next. */
  readonly attempt: number
}

interface Line {
  readonly number: number
  /** Its place in the order of turns. */
  readonly place: number
  /** The turn that it is to have next. */
  attempt: number
  isBusy: boolean
  /** Nothing is to be played ahead for it any more. */
  isOver: boolean
}

interface Hand {
  readonly worker: Worker
  task: Task | undefined
}

interface Waiting {
  resolve(answer: Answer): void
  reject(reason: unknown): void
}

/** More would only wait for each other. */
const mostThreads = 4 * availableParallelism()

export class Crew {
  readonly #options: CrewOptions
  readonly #lines: readonly Line[]
  readonly #hands: Hand[] = []
  /** Asked for, and not foreseen. */
  readonly #asked: Task[] = []
  /** By key, turn and budget. */
  readonly #answers = new Map<string, Answer>()
  readonly #waiting = new Map<string, Waiting>()
  /** By key: why there is no more to be had of it. */
  readonly #lost = new Map<number, string>()
  /** What turns that are played or being played took or may take of the budget. */
  #promised = 0
  /** The earliest turn that came to an illegal verdict: nothing behind it will be asked for. */
  #last: { readonly attempt: number; readonly place: number } | undefined
  #timer: NodeJS.Timeout | undefined
  #isLate = false
  #failure: { readonly reason: unknown } | undefined

  constructor(options: CrewOptions) {
    this.#options = options
    const { open, workers, signal, leftMs } = options
    this.#lines = open.map((each, place) => ({ ...each, place, isBusy: false, isOver: false }))
    signal?.addEventListener('abort', this.#abort, { once: true })
    this.#timer = after(leftMs?.(), () => this.#beLate())
    for (let i = 0; i < Math.min(workers, open.length, mostThreads); i++) this.#hire()
    this.#deal()
  }

  /** What this turn comes to, played ahead or now. Rejects with the signal's reason, and where a thread fails. */
  answer(number: number, attempt: number, budget: number): Promise<Answer> {
    const lost = this.#isLate ? 'time is up' : this.#lost.get(number)
    if (this.#failure !== undefined) return Promise.reject(this.#failure.reason)
    if (lost !== undefined) return Promise.resolve(nothing(lost))
    const task = { number, attempt, budget }
    const found = this.#answers.get(nameOf(task))
    if (found !== undefined) return Promise.resolve(found)
    return new Promise((resolve, reject) => {
      this.#waiting.set(nameOf(task), { resolve, reject })
      if (!this.#hands.some((hand) => hand.task !== undefined && nameOf(hand.task) === nameOf(task))) {
        this.#asked.push(task)
        this.#deal()
      }
    })
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer)
    this.#options.signal?.removeEventListener('abort', this.#abort)
    await Promise.all(this.#hands.map(({ worker }) => worker.terminate()))
  }

  readonly #abort = () => this.#fail(this.#options.signal?.reason)

  #fail(reason: unknown): void {
    this.#failure = { reason }
    for (const { reject } of this.#waiting.values()) reject(reason)
  }

  #beLate(): void {
    this.#isLate = true
    for (const { resolve } of this.#waiting.values()) resolve(nothing('time is up'))
  }

  #hire(): void {
    const { assignment, maxOldGenerationSizeMb } = this.#options
    const worker = new Worker(new URL('./parallel-thread.ts', import.meta.url), {
      workerData: assignment,
      resourceLimits: maxOldGenerationSizeMb === undefined ? {} : { maxOldGenerationSizeMb },
    })
    const hand: Hand = { worker, task: undefined }
    this.#hands.push(hand)
    worker.on('message', (played: Played) => {
      if ('error' in played) return this.#fail(played.error)
      const { task } = hand
      hand.task = undefined
      if (task !== undefined) this.#take(task, played.answer)
      this.#deal()
    })
    worker.on('error', (error) => {
      const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      const { task } = hand
      if (!isMemory || task === undefined) return this.#fail(error)
      this.#hands.splice(this.#hands.indexOf(hand), 1)
      this.#lose(task, 'the thread ran out of memory')
      this.#hire()
      this.#deal()
    })
    worker.on('exit', (code) => {
      if (this.#hands.includes(hand)) this.#fail(new Error(`a thread of the check ended with code ${code}`))
    })
  }

  #take(task: Task, answer: Answer): void {
    const { verdict, explored } = answer.decision
    this.#promised += explored - task.budget
    this.#answers.set(nameOf(task), answer)
    const line = this.#lineOf(task)
    if (line !== undefined && line.attempt === task.attempt) {
      line.isBusy = false
      line.attempt++
      if (verdict !== 'unknown') line.isOver = true
      const { attempt } = task
      const { place } = line
      if (verdict === 'illegal' && this.#isWanted(attempt, place)) this.#last = { attempt, place }
    }
    this.#waiting.get(nameOf(task))?.resolve(answer)
    this.#waiting.delete(nameOf(task))
  }

  #lose(task: Task, reason: string): void {
    this.#lost.set(task.number, reason)
    const line = this.#lineOf(task)
    if (line !== undefined) line.isOver = true
    this.#waiting.get(nameOf(task))?.resolve(nothing(reason))
    this.#waiting.delete(nameOf(task))
  }

  #deal(): void {
    if (this.#isLate || this.#failure !== undefined) return
    for (const hand of this.#hands) {
      if (hand.task !== undefined) continue
      const task = this.#asked.shift() ?? this.#foreseen()
      if (task === undefined) return
      hand.task = task
      this.#promised += task.budget
      const line = this.#lineOf(task)
      if (line?.attempt === task.attempt) line.isBusy = true
      const left = this.#options.leftMs?.()
      const timed: Task = left === undefined ? task : { ...task, timeLimitMs: Math.max(0, left) }
      hand.worker.postMessage(timed)
    }
  }

  /** The next turn that nobody plays yet, unless its budget may turn out to be smaller. */
  #foreseen(): Task | undefined {
    let next: Line | undefined
    for (const line of this.#lines) {
      if (line.isOver || line.isBusy || !this.#isWanted(line.attempt, line.place)) continue
      if (next === undefined || line.attempt < next.attempt) next = line
    }
    if (next === undefined) return undefined
    const { number, attempt } = next
    const budget = budgetOf(attempt)
    if (this.#promised + budget > this.#options.budget) return undefined
    return { number, attempt, budget }
  }

  #lineOf({ number }: Task): Line | undefined {
    return this.#lines.find((line) => line.number === number)
  }

  #isWanted(attempt: number, place: number): boolean {
    const last = this.#last
    return last === undefined || attempt < last.attempt || (attempt === last.attempt && place < last.place)
  }
}

function nameOf({ number, attempt, budget }: Task): string {
  return `${number}/${attempt}/${budget}`
}

function nothing(reason: string): Answer {
  return { engine: 'none', decision: { verdict: 'unknown', order: [], explored: 0, reason }, isProved: true }
}
