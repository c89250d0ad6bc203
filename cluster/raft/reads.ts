/**
 * Reads that wait for proof that their leader still led after they arrived: ReadIndex, thesis section 6.4.
 * Leases would answer here without a round (thesis 6.4.1); they trust clocks, so there are none.
 */
import type { NodeId } from './message.ts'
import type { ReadyRead } from './ready.ts'

/** A read was taken in: its id comes back in `Ready.reads` or `Ready.lostReads`. Or this node does not lead. */
export type ReadAccepted =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: 'not_leader'; readonly leader: NodeId | undefined }

interface PendingRead {
  readonly id: number
  /** The broadcast that must be confirmed: the first one after the read arrived. */
  readonly round: number
  /** Unknown until an entry of the leader's own term is committed. */
  index: number | undefined
}

export class Reads {
  #pending: PendingRead[] = []

  get arePending(): boolean {
    return this.#pending.length > 0
  }

  /** Is there a read that arrived after the broadcast `round`? Rounds rise, so the last one tells. */
  wantRoundAfter(round: number): boolean {
    return (this.#pending.at(-1)?.round ?? 0) > round
  }

  add(read: PendingRead): void {
    this.#pending.push(read)
  }

  /** `commit` now covers all that was committed before: the reads without an index get it. */
  commitIsKnown(commit: number): void {
    for (const read of this.#pending) read.index ??= commit
  }

  /** The reads that a quorum's confirmation of `round` allows, in order of arrival. */
  take(round: number): readonly ReadyRead[] {
    const taken: ReadyRead[] = []
    this.#pending = this.#pending.filter(({ id, index, round: needed }) => {
      const isWaiting = index === undefined || needed > round
      if (!isWaiting) taken.push({ id, index })
      return isWaiting
    })
    return taken
  }

  /** Nobody wants these any more. Without it, a leader that no quorum hears would keep them for as long as it leads. */
  forget(ids: readonly number[]): void {
    const unwanted = new Set(ids)
    this.#pending = this.#pending.filter(({ id }) => !unwanted.has(id))
  }

  /** The ids of all that wait; they will get no answer here. */
  giveUp(): readonly number[] {
    const ids = this.#pending.map((read) => read.id)
    this.#pending = []
    return ids
  }
}
