/**
 * One node's time as leader of one term: replication, commit by counting, proof of leadership. Raft sections 5.3, 5.4
 * and 7, thesis sections 6.2 and 6.4. A new one is made for each term won, so that nothing is carried over.
 */
import type { Log } from './log.ts'
import type { AppendReply, LogPosition, Message, NodeId, Snapshot, SnapshotReply } from './message.ts'
import { Progress } from './progress.ts'
import { quorumValue } from './quorum.ts'
import { Reads } from './reads.ts'
import type { RaftCounters, RaftOptions, ReadyRead } from './ready.ts'
import type { Rules } from './rules.ts'

/** What the leader's time needs of its node. */
/** Payload of one append request, in characters: a frame has its bound, and a heartbeat must not wait behind a flood. */
const maxPayloadPerAppend = 1_000_000

export interface LeadershipParts {
  readonly options: RaftOptions
  readonly peers: readonly NodeId[]
  readonly log: Log
  readonly rules: Rules
  readonly counters: { -readonly [name in keyof RaftCounters]: number }
  readonly snapshotOf: () => Snapshot | undefined
  readonly send: (message: Message) => void
}

export class Leadership {
  readonly #parts: LeadershipParts
  readonly #term: number
  readonly #progress: ReadonlyMap<NodeId, Progress>
  /** The same, in the order of the peers. */
  readonly #followers: readonly Progress[]
  readonly #reads = new Reads()
  /** Where the log ended before this term. */
  readonly #inherited: number
  /** The newest broadcast, and whether the next one is due. */
  #round = 0
  #isBroadcastDue = true
  #heartbeatElapsed = 0
  #quorumElapsed = 0

  constructor(parts: LeadershipParts, term: number) {
    this.#parts = parts
    this.#term = term
    this.#followers = parts.peers.map((peer) => new Progress(peer, parts.log.lastIndex + 1))
    this.#progress = new Map(this.#followers.map((progress) => [progress.peer, progress]))
    this.#inherited = parts.log.lastIndex
    this.#append('noop', '')
  }

  get hasPendingReads(): boolean {
    return this.#reads.arePending
  }

  get match(): Readonly<Record<NodeId, number>> {
    return Object.fromEntries(
      this.#parts.options.voters.map((voter) => [voter, this.#progress.get(voter)?.match ?? this.#parts.log.synced]),
    )
  }

  /** Entries of this term that are not committed. Inherited ones do not count: without a new one they never commit. */
  get uncommitted(): number {
    const { log } = this.#parts
    return log.lastIndex - Math.max(log.commit, this.#inherited)
  }

  propose(payload: string): LogPosition {
    return this.#append('command', payload)
  }

  read(id: number): void {
    const { log, rules } = this.#parts
    this.#reads.add({ id, round: rules.readNeedsQuorum() ? this.#round + 1 : 0, index: undefined })
    if (this.#mayRead()) this.#reads.commitIsKnown(log.commit)
  }

  forgetReads(ids: readonly number[]): void {
    this.#reads.forget(ids)
  }

  /** One unit of time; false when it can no longer believe that a quorum follows it. */
  tick(): boolean {
    const { options } = this.#parts
    for (const progress of this.#followers) progress.tick(2 * options.electionTicks)
    if (++this.#heartbeatElapsed >= options.heartbeatTicks) this.#isBroadcastDue = true
    if (++this.#quorumElapsed < options.electionTicks) return true
    this.#quorumElapsed = 0
    return !options.checkQuorum || this.#isFollowed()
  }

  onAppendReply(reply: AppendReply): void {
    const { log, rules } = this.#parts
    const progress = this.#progress.get(reply.from)
    if (progress === undefined) return
    progress.heard(reply.round)
    if (reply.ok) {
      this.#acknowledged(progress, reply.match)
    } else if (progress.isNews(reply.refused)) {
      const next = rules.nextAfterRefusal(reply, (term, upTo) => log.lastOfTerm(term, upTo))
      progress.refused(reply.refused, next)
    }
  }

  onSnapshotReply(reply: SnapshotReply): void {
    const progress = this.#progress.get(reply.from)
    if (progress === undefined) return
    progress.heard(reply.round)
    this.#acknowledged(progress, reply.match)
  }

  unreachable(peer: NodeId): void {
    this.#progress.get(peer)?.lost()
  }

  /** Commits what a quorum holds on disk; the leader counts as far as it has synced. Raft 5.3, 5.4.2. */
  commit(): void {
    const { log, rules } = this.#parts
    const index = this.#ofQuorum(log.synced, (progress) => progress.match)
    if (index <= log.commit || !rules.mayCommit(log.termAt(index), this.#term)) return
    log.commitTo(index)
    if (this.#mayRead()) this.#reads.commitIsKnown(log.commit)
  }

  /** The reads that may be answered by now. */
  takeReads(): readonly ReadyRead[] {
    return this.#reads.arePending ? this.#reads.take(this.#confirmedRound()) : []
  }

  /** Ends this leadership; the ids of the reads that it can not answer any more. */
  end(): readonly number[] {
    return this.#reads.giveUp()
  }

  /** Sends what is due. Called when messages are taken, so that what came in together goes out together. */
  flush(): void {
    if (this.#reads.wantRoundAfter(this.#round) && this.#confirmedRound() === this.#round) this.#isBroadcastDue = true
    const isBroadcast = this.#isBroadcastDue
    if (isBroadcast) {
      this.#isBroadcastDue = false
      this.#heartbeatElapsed = 0
      this.#round++
    }
    // Entries carry the round as well: whoever got some needs no heartbeat.
    if (isBroadcast) this.#heartbeat(this.#followers.filter((progress) => !this.#replicate(progress)))
    else for (const progress of this.#followers) this.#replicate(progress)
  }

  #append(kind: 'noop' | 'command', payload: string): LogPosition {
    const { log, options } = this.#parts
    const entry = { index: log.lastIndex + 1, term: this.#term, kind, payload }
    if (kind === 'command' || options.noopOnElection) log.append([entry])
    return { index: entry.index, term: entry.term }
  }

  /** An empty append request: proof of leadership, and a check that nothing sent got lost. */
  #heartbeat(followers: readonly Progress[]): void {
    const { log, rules } = this.#parts
    const terms = rules.prevTerms(
      followers.map((progress) => progress.next),
      (index) => log.termAt(index),
    )
    followers.forEach((progress, i) => {
      const term = terms[i]
      if (term === undefined) progress.outlived()
      // Where the log no longer tells, the empty place before all entries fits everyone and proves nothing.
      this.#sendAppend(
        progress.peer,
        term === undefined ? { index: 0, term: 0 } : { index: progress.next - 1, term },
        [],
      )
    })
  }

  /** Sends the follower what it lacks, as far as it may be sent now; true if an append request went out. */
  #replicate(progress: Progress): boolean {
    const { log, options, rules } = this.#parts
    let hasSent = false
    while (progress.maySend && progress.next <= log.lastIndex) {
      if (rules.needsSnapshot(progress.next, log.firstIndex)) {
        this.#sendSnapshot(progress)
        break
      }
      const prev = { index: progress.next - 1, term: log.termAt(progress.next - 1) ?? 0 }
      const entries = log.sliceUpTo(progress.next, options.maxEntriesPerAppend, maxPayloadPerAppend)
      if (entries.length === 0) break
      this.#sendAppend(progress.peer, prev, entries)
      progress.sent(prev.index + entries.length)
      hasSent = true
    }
    return hasSent
  }

  #sendAppend(to: NodeId, prev: LogPosition, entries: ReturnType<Log['slice']>): void {
    const { log, options, counters, send } = this.#parts
    const { commit } = log
    counters.appendsSent++
    send({ type: 'append-request', from: options.id, to, term: this.#term, prev, entries, commit, round: this.#round })
  }

  #sendSnapshot(progress: Progress): void {
    const { log, options, counters, snapshotOf, send } = this.#parts
    const snapshot = snapshotOf()
    // One that ends below the log would leave a hole.
    if (snapshot === undefined || snapshot.index < log.base.index) return
    counters.snapshotsSent++
    send({
      type: 'snapshot-request',
      from: options.id,
      to: progress.peer,
      term: this.#term,
      snapshot,
      round: this.#round,
    })
    progress.sentSnapshot()
  }

  #acknowledged(progress: Progress, match: number): void {
    const { log } = this.#parts
    // A follower's snapshot vouches for no more than this log holds.
    progress.acknowledged(Math.min(match, log.lastIndex), log.firstIndex)
    this.commit()
  }

  #mayRead(): boolean {
    const { log, rules } = this.#parts
    return rules.mayRead(log.termAt(log.commit), this.#term)
  }

  /** The newest broadcast that a quorum has answered. */
  #confirmedRound(): number {
    return this.#ofQuorum(this.#round, (progress) => progress.round)
  }

  #ofQuorum(own: number, of: (progress: Progress) => number): number {
    const { options, rules } = this.#parts
    const values = [own]
    for (const progress of this.#followers) values.push(of(progress))
    return quorumValue(values, rules.quorum(options.voters.length))
  }

  #isFollowed(): boolean {
    const { options, rules } = this.#parts
    // Asked of every peer, as asking starts its next period.
    const active = this.#followers.filter((progress) => progress.takeActive()).length
    return active + 1 >= rules.quorum(options.voters.length)
  }
}
