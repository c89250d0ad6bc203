/** Requests that wait: proposals for their entry to be applied, reads for their index; each has a deadline in ticks. */
import type { ApiAnswer } from './api.ts'

export type Answer = (answer: ApiAnswer) => void

interface Waiting {
  readonly answer: Answer
  readonly deadlineTick: number
}

interface WaitingProposal extends Waiting {
  readonly term: number
}

interface WaitingRead extends Waiting {
  readonly key: string
}

/** It surely did not take place. */
export function notDone(reason: string): ApiAnswer {
  return { status: 503, body: { error: 'not_done', reason, message: 'the request surely did not take place' } }
}

/** It may have taken place, or still take place. */
export function perhapsDone(reason: string): ApiAnswer {
  return { status: 503, body: { error: 'perhaps_done', reason, message: 'the request may take place, or may have' } }
}

export class Pending {
  #proposals = new Map<number, WaitingProposal>()
  #reads = new Map<number, WaitingRead>()

  get reads(): number {
    return this.#reads.size
  }

  addProposal(index: number, waiting: WaitingProposal): void {
    // An older one at this index was cut off the log by a newer leader, which then was us again.
    this.#proposals.get(index)?.answer(perhapsDone('leadership_lost'))
    this.#proposals.delete(index) // So that the map stays in the order of deadlines.
    this.#proposals.set(index, waiting)
  }

  addRead(id: number, waiting: WaitingRead): void {
    this.#reads.set(id, waiting)
  }

  /** The proposal whose fate the entry at `index` of `term` decides, if one waits. */
  takeProposal(index: number, term: number): Answer | undefined {
    const waiting = this.#proposals.get(index)
    if (!waiting) return undefined
    this.#proposals.delete(index)
    if (waiting.term === term) return waiting.answer
    // Another entry was committed in its place, so this one never will be. Raft, log matching property.
    waiting.answer(notDone('overwritten'))
    return undefined
  }

  takeRead(id: number): WaitingRead | undefined {
    const waiting = this.#reads.get(id)
    this.#reads.delete(id)
    return waiting
  }

  /** Whoever led when it proposed leads no more: the next leader may keep the entry or drop it. */
  loseProposals(): void {
    for (const waiting of this.#proposals.values()) waiting.answer(perhapsDone('leadership_lost'))
    this.#proposals.clear()
  }

  /** Answers what is past its deadline; gives the ids of the reads among it. */
  expire(tick: number): readonly number[] {
    for (const [index, waiting] of this.#proposals) {
      if (waiting.deadlineTick > tick) break // In the order of their deadlines, as of their indexes.
      this.#proposals.delete(index)
      waiting.answer(perhapsDone('deadline'))
    }
    const expired: number[] = []
    for (const [id, waiting] of this.#reads) {
      if (waiting.deadlineTick > tick) break
      this.#reads.delete(id)
      expired.push(id)
      waiting.answer(notDone('deadline'))
    }
    return expired
  }
}
