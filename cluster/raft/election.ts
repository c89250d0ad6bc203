/**
 * One node's votes: who granted, and how long each voter who has not answered was waited for. Raft section 5.2.
 * Votes are a set of voters, not a count, so that an answer that comes twice counts once.
 */
import type { Message, NodeId } from './message.ts'

export class Election {
  #granted = new Set<NodeId>()
  /** Ticks since each unanswered request, in the order of the voters. */
  #waited = new Map<NodeId, number>()

  get granted(): readonly NodeId[] {
    return [...this.#granted]
  }

  /** Asks `peers` anew, with one's own vote in the box. */
  begin(self: NodeId, peers: readonly NodeId[]): void {
    this.#granted = new Set([self])
    this.#waited = new Map(peers.map((peer) => [peer, 0]))
  }

  /** Ends it; these votes stay. */
  end(granted: readonly NodeId[]): void {
    this.#granted = new Set(granted)
    this.#waited = new Map()
  }

  isWaitingFor(peer: NodeId): boolean {
    return this.#waited.has(peer)
  }

  answered(peer: NodeId, isGrant: boolean): void {
    this.#waited.delete(peer)
    if (isGrant) this.#granted.add(peer)
  }

  /** The voters whose request has now gone unanswered for the time-out; their wait starts anew. */
  tick(voteTimeoutTicks: number): readonly NodeId[] {
    const late: NodeId[] = []
    for (const [peer, ticks] of this.#waited) {
      const isLate = ticks + 1 >= voteTimeoutTicks
      this.#waited.set(peer, isLate ? 0 : ticks + 1)
      if (isLate) late.push(peer)
    }
    return late
  }
}

/** Questions about the next term, and yeses to them, put nobody into that term. Thesis section 9.6. */
export function isAboutNextTerm(message: Message): boolean {
  switch (message.type) {
    case 'vote-request':
      return message.pre
    case 'vote-reply':
      return message.pre && message.granted
    default:
      return false
  }
}
