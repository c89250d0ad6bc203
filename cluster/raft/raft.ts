/**
 * Raft as a pure state machine: time, messages and requests go in, a `Ready` comes out, nothing else happens. After
 * Ongaro & Ousterhout (extended version), figure 2, with PreVote (thesis section 9.6), CheckQuorum (6.2) and ReadIndex
 * (6.4). The safety rules are in `rules.ts`, a leader's work in `leadership.ts`, a follower's in `follower.ts`.
 */
import assert from 'node:assert/strict'
import type { Random } from '../random.ts'
import { Election, isAboutNextTerm } from './election.ts'
import { acceptAppend, acceptSnapshot } from './follower.ts'
import { Leadership } from './leadership.ts'
import { Log } from './log.ts'
import type {
  AppendRequest,
  HardState,
  LogPosition,
  Message,
  NodeId,
  Snapshot,
  SnapshotRequest,
  VoteReply,
  VoteRequest,
} from './message.ts'
import type { ReadAccepted } from './reads.ts'
import type { Proposed, RaftOptions, RaftStatus, Ready, ReadyRead, Restored, Role } from './ready.ts'
import { rules as correctRules, type Rules, type VoteAnswer } from './rules.ts'

export class Raft {
  readonly #options: RaftOptions
  readonly #peers: readonly NodeId[]
  readonly #random: Random
  readonly #rules: Rules
  readonly #snapshotOf: () => Snapshot | undefined
  readonly #log: Log
  readonly #election = new Election()
  readonly #counters = {
    elections: 0,
    appendsSent: 0,
    appendsRefused: 0,
    snapshotsSent: 0,
    snapshotsInstalled: 0,
    entriesTruncated: 0,
  }

  #term: number
  #vote: NodeId | undefined
  #role: Role = 'follower'
  #leader: NodeId | undefined
  #leadership: Leadership | undefined
  #electionElapsed = 0
  #electionTimeout = 0

  /** What the driver has written or is writing. */
  #saved: HardState
  /** A leader's requests reveal nothing unsynced; all other messages may. */
  #requests: Message[] = []
  #answers: Message[] = []
  #snapshot: Snapshot | undefined
  #reads: ReadyRead[] = []
  #lostReads: number[] = []
  /** The Ready that the driver works on, and where the log stands when that is done. */
  #out: { readonly synced: number; readonly applied: number } | undefined

  /** `snapshotOf` gives the newest snapshot on disk, for followers that are too far behind for the log. */
  constructor(
    options: RaftOptions,
    restored: Restored,
    random: Random,
    rules: Rules = correctRules,
    snapshotOf: () => Snapshot | undefined = () => undefined,
  ) {
    assert(options.voters.includes(options.id), `${options.id} is not one of the voters`)
    this.#options = options
    this.#peers = options.voters.filter((voter) => voter !== options.id)
    this.#random = random
    this.#rules = rules
    this.#snapshotOf = snapshotOf
    this.#log = new Log(restored)
    this.#term = restored.hardState.term
    this.#vote = restored.hardState.vote
    this.#saved = restored.hardState
    this.#resetElectionTimer()
  }

  get role(): Role {
    return this.#role
  }
  get term(): number {
    return this.#term
  }
  /** The leader of this term, if known. */
  get leader(): NodeId | undefined {
    return this.#leader
  }

  status(): RaftStatus {
    const { firstIndex, lastIndex, commit, applied } = this.#log
    return {
      id: this.#options.id,
      role: this.#role,
      term: this.#term,
      vote: this.#vote,
      leader: this.#leader,
      firstIndex,
      lastIndex,
      commit,
      applied,
      match: this.#leadership?.match,
      counters: { ...this.#counters },
    }
  }

  /** One unit of time has passed. */
  tick(): void {
    if (this.#leadership !== undefined) {
      if (!this.#leadership.tick()) this.#follow(this.#term, undefined)
      return
    }
    if (++this.#electionElapsed >= this.#electionTimeout) {
      this.#campaign(this.#options.preVote ? 'pre-candidate' : 'candidate')
      return
    }
    if (this.#isCampaigning()) {
      for (const peer of this.#election.tick(this.#options.voteTimeoutTicks)) {
        this.#onVoteAnswer(peer, 'timeout')
        if (this.#election.isWaitingFor(peer)) this.#requestVote(peer)
      }
    }
  }

  /** A peer's message. What is not for this node, or from no voter, is ignored. */
  step(message: Message): void {
    if (message.to !== this.#options.id || !this.#peers.includes(message.from)) return
    if (message.term > this.#term) {
      if (message.type === 'vote-request' && this.#isLed()) return
      if (!isAboutNextTerm(message)) this.#follow(message.term, undefined)
    }
    switch (message.type) {
      case 'vote-request':
        this.#onVoteRequest(message)
        break
      case 'vote-reply':
        this.#onVoteReply(message)
        break
      case 'append-request':
        this.#onAppendRequest(message)
        break
      case 'snapshot-request':
        this.#onSnapshotRequest(message)
        break
      case 'append-reply':
        if (message.term === this.#term) this.#leadership?.onAppendReply(message)
        break
      case 'snapshot-reply':
        if (message.term === this.#term) this.#leadership?.onSnapshotReply(message)
        break
      default:
        message satisfies never
    }
  }

  /** Appends a command, if this node leads. It took effect when the same index and term come back as committed. */
  propose(payload: string): Proposed {
    const refuse = (error: 'not_leader' | 'overloaded'): Proposed => ({ ok: false, error, leader: this.#leader })
    if (this.#leadership === undefined) return refuse('not_leader')
    if (this.#leadership.uncommitted >= this.#options.maxUncommittedEntries) return refuse('overloaded')
    return { ok: true, ...this.#leadership.propose(payload) }
  }

  /** Asks from which applied index on a read is linearizable. */
  readIndex(id: number): ReadAccepted {
    if (this.#leadership === undefined) return { ok: false, error: 'not_leader', leader: this.#leader }
    this.#leadership.read(id)
    return { ok: true }
  }

  /** The driver has given up these reads: they come back neither as answered nor as lost, unless they just did. */
  forgetReads(ids: readonly number[]): void {
    if (ids.length > 0) this.#leadership?.forgetReads(ids)
  }

  /** A message to this peer was not delivered, or perhaps not. */
  unreachable(peer: NodeId): void {
    this.#leadership?.unreachable(peer)
    if (this.#isCampaigning() && this.#election.isWaitingFor(peer)) this.#onVoteAnswer(peer, 'unreachable')
  }

  /** A snapshot at this applied position is durable: entries go, but the last `keep` up to it, for slow followers. */
  compact(position: LogPosition, keep: number): void {
    this.#log.compact(position.index - keep)
  }

  hasReady(): boolean {
    if (this.#out !== undefined) return false
    this.#collect()
    return (
      this.#requests.length > 0 ||
      this.#answers.length > 0 ||
      this.#reads.length > 0 ||
      this.#lostReads.length > 0 ||
      this.#snapshot !== undefined ||
      this.#log.hasUnsaved ||
      this.#log.hasUnapplied ||
      this.#mustPersist()
    )
  }

  /** The work that has come up; `undefined` if there is none, or if the last Ready was not advanced yet. */
  ready(): Ready | undefined {
    if (!this.hasReady()) return undefined
    const mustPersist = this.#mustPersist()
    const hardState = mustPersist ? { term: this.#term, vote: this.#vote } : undefined
    // A leader's term is synced long before it leads, but in a cluster of one, or where a rule is wrong.
    const ready: Ready = {
      send: mustPersist ? [] : this.#requests,
      hardState,
      entries: this.#log.takeUnsaved(),
      snapshot: this.#snapshot,
      sendAfterSync: mustPersist ? [...this.#answers, ...this.#requests] : this.#answers,
      committed: this.#log.unapplied(),
      reads: this.#reads,
      lostReads: this.#lostReads,
    }
    this.#saved = hardState ?? this.#saved
    this.#out = {
      synced: this.#log.lastIndex,
      applied: ready.committed.at(-1)?.index ?? ready.snapshot?.index ?? this.#log.applied,
    }
    this.#requests = []
    this.#answers = []
    this.#snapshot = undefined
    this.#reads = []
    this.#lostReads = []
    return ready
  }

  /** The driver has written, synced, sent, applied and answered all of the Ready. */
  advance(): void {
    assert(this.#out !== undefined, 'no Ready is out')
    this.#log.syncedTo(this.#out.synced)
    this.#log.appliedTo(this.#out.applied)
    this.#out = undefined
    this.#leadership?.commit()
  }

  #collect(): void {
    if (this.#leadership === undefined) return
    this.#leadership.flush()
    this.#reads.push(...this.#leadership.takeReads())
  }

  #mustPersist(): boolean {
    return this.#rules.mustPersist(this.#saved, { term: this.#term, vote: this.#vote })
  }

  /** A voter that hears from a live leader lets nobody disturb it. Thesis section 4.2.3. */
  #isLed(): boolean {
    if (!this.#options.checkQuorum && !this.#options.preVote) return false
    if (this.#role === 'leader') return true
    return this.#leader !== undefined && this.#electionElapsed < this.#options.electionTicks
  }

  #isCampaigning(): boolean {
    return this.#role === 'candidate' || this.#role === 'pre-candidate'
  }

  #resetElectionTimer(): void {
    const { electionTicks } = this.#options
    this.#electionElapsed = 0
    this.#electionTimeout = this.#random.between(electionTicks, 2 * electionTicks - 1)
  }

  /** Becomes a follower in this term, which may be a new one. */
  #follow(term: number, leader: NodeId | undefined): void {
    if (term > this.#term) {
      const ballot = { vote: this.#vote, granted: this.#election.granted }
      const carried = this.#rules.carriedIntoTerm(this.#role, ballot)
      this.#term = term
      this.#vote = carried.vote
      this.#election.end(carried.granted)
    }
    if (this.#leadership !== undefined) this.#lostReads.push(...this.#leadership.end())
    this.#leadership = undefined
    // A follower's timer runs on, so that a candidate that nobody can elect does not keep the others from trying.
    if (this.#role !== 'follower' || leader !== undefined) this.#resetElectionTimer()
    this.#role = 'follower'
    this.#leader = leader
  }

  #campaign(role: 'pre-candidate' | 'candidate'): void {
    this.#role = role
    this.#leader = undefined
    this.#resetElectionTimer()
    if (role === 'candidate') {
      this.#term++
      this.#vote = this.#options.id
      this.#counters.elections++
    }
    this.#election.begin(this.#options.id, this.#peers)
    for (const peer of this.#peers) this.#requestVote(peer)
    this.#countVotes()
  }

  #requestVote(to: NodeId): void {
    const pre = this.#role === 'pre-candidate'
    const term = pre ? this.#term + 1 : this.#term
    // A request that has not left yet would only double this one, or ask for a term given up.
    this.#answers = this.#answers.filter((message) => message.type !== 'vote-request' || message.to !== to)
    this.#answers.push({ type: 'vote-request', from: this.#options.id, to, term, pre, last: this.#log.last })
  }

  #onVoteRequest({ from, term, pre, last }: VoteRequest): void {
    // A pre-vote for a term that this voter has not reached does not meet a vote given.
    const granted =
      term >= this.#term &&
      ((pre && term > this.#term) || this.#rules.mayVoteFor(this.#vote, from)) &&
      this.#rules.grantsVote(this.#log.last, last)
    if (granted && !pre) {
      this.#vote = from
      this.#resetElectionTimer()
    }
    const answerTerm = granted ? term : this.#term
    this.#answers.push({ type: 'vote-reply', from: this.#options.id, to: from, term: answerTerm, pre, granted })
  }

  #onVoteReply(reply: VoteReply): void {
    if (!this.#rules.voteReplyCounts({ role: this.#role, term: this.#term }, reply)) return
    this.#onVoteAnswer(reply.from, reply.granted ? 'granted' : 'refused')
  }

  #onVoteAnswer(peer: NodeId, answer: VoteAnswer): void {
    const isGrant = this.#rules.countsAsGrant(answer)
    // A voter that did not answer is asked again, until the election's own time-out.
    if (isGrant || answer === 'refused') this.#election.answered(peer, isGrant)
    if (isGrant) this.#countVotes()
  }

  #countVotes(): void {
    if (this.#election.granted.length < this.#rules.quorum(this.#options.voters.length)) return
    if (this.#role === 'pre-candidate') this.#campaign('candidate')
    else this.#lead()
  }

  #lead(): void {
    this.#role = 'leader'
    this.#leader = this.#options.id
    this.#election.end([])
    this.#leadership = new Leadership(
      {
        options: this.#options,
        peers: this.#peers,
        log: this.#log,
        rules: this.#rules,
        counters: this.#counters,
        snapshotOf: this.#snapshotOf,
        send: (message) => this.#requests.push(message),
      },
      this.#term,
    )
  }

  #onAppendRequest(request: AppendRequest): void {
    const { from, prev } = request
    const round = this.#rules.roundConfirmed(request.term, this.#term, request.round)
    const reply = { type: 'append-reply', from: this.#options.id, to: from, round } as const
    if (request.term < this.#term) {
      // The higher term makes a stale leader step down; the rest of the refusal means nothing.
      const refusal = { ok: false, refused: prev.index, conflict: { index: 0, term: 0 } } as const
      this.#answers.push({ ...reply, term: this.#term, ...refusal })
      return
    }
    this.#followLeader(from)
    const accepted = acceptAppend(this.#log, this.#rules, request)
    if (accepted.ok) {
      this.#counters.entriesTruncated += accepted.truncated
      this.#answers.push({ ...reply, term: this.#term, ok: true, match: accepted.match })
    } else {
      this.#counters.appendsRefused++
      this.#answers.push({ ...reply, term: this.#term, ...accepted })
    }
  }

  #onSnapshotRequest({ from, term, snapshot, ...request }: SnapshotRequest): void {
    const round = this.#rules.roundConfirmed(term, this.#term, request.round)
    const reply = { type: 'snapshot-reply', from: this.#options.id, to: from, round } as const
    if (term < this.#term) {
      this.#answers.push({ ...reply, term: this.#term, match: 0 })
      return
    }
    this.#followLeader(from)
    if (acceptSnapshot(this.#log, this.#rules, snapshot)) {
      this.#snapshot = snapshot
      this.#counters.snapshotsInstalled++
    }
    this.#answers.push({ ...reply, term: this.#term, match: this.#log.commit })
  }

  #followLeader(leader: NodeId): void {
    assert(this.#rules.mayMeetLeader(this.#role), `${leader} also leads term ${this.#term}`)
    this.#follow(this.#term, leader)
  }
}
