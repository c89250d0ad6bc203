/**
 * The Raft KV node: drives the pure core over Env. One Ready at a time goes through send, write, sync, send, apply,
 * answer; what reveals unsynced state waits for the sync (raft thesis 10.2.1, etcd's Ready).
 */

import { bugs } from '../bugs/index.ts'
import type { Env } from '../env.ts'
import { decodeCommand, encodeCommand } from '../kv/command.ts'
import type { Request } from '../kv/request.ts'
import { route } from '../kv/routes.ts'
import { KvStore } from '../kv/store.ts'
import type { Entry, LogPosition, Message, NodeId } from '../raft/message.ts'
import { Raft } from '../raft/raft.ts'
import type { Ready, ReadyRead, Role } from '../raft/ready.ts'
import { rules } from '../raft/rules.ts'
import type { ApiAnswer, ApiRequest } from './api.ts'
import { memoByEntry } from './entry-memo.ts'
import { type RaftKvOptions, raftKvOptions, readOptions } from './options.ts'
import { type Answer, notDone, Pending } from './pending.ts'
import type { NodeProgram, NodeSetup, RunningNode } from './program.ts'
import { ProgressTeller } from './progress.ts'
import { type Found, Storage } from './storage.ts'

const maxPendingReads = 10_000

const commandOf = memoByEntry((entry) => decodeCommand(entry.payload))

export const raftKv: NodeProgram = {
  summary: 'a key-value store replicated by Raft',
  start(env, setup, ready) {
    const { bug, ...given } = setup.options
    const options = readOptions(raftKvOptions, given) as RaftKvOptions // Types were checked against the defaults.
    const node = new RaftKvNode(env, setup, options, typeof bug === 'string' ? bug : undefined)
    node.open(ready)
    return node
  },
}

class RaftKvNode implements RunningNode {
  #env: Env
  #setup: NodeSetup
  #options: RaftKvOptions
  #bug: string | undefined
  #storage: Storage
  #store = new KvStore()
  #pending = new Pending()
  #progress: ProgressTeller
  #raft: Raft | undefined
  #tick = 0
  #applied: LogPosition = { index: 0, term: 0 }
  #nextReadId = 1
  #waitingReads: ReadyRead[] = []
  #isBusy = false
  #lastEntry = 0
  #shown: { role: Role; term: number } = { role: 'follower', term: -1 }

  constructor(env: Env, setup: NodeSetup, options: RaftKvOptions, bug: string | undefined) {
    this.#env = env
    this.#setup = setup
    this.#options = options
    this.#bug = bug
    this.#storage = new Storage(env.disk)
    this.#progress = new ProgressTeller(env, () => ({
      commit: this.#raft?.status().commit ?? 0,
      applied: this.#applied.index,
    }))
  }

  open(ready: (error?: Error) => void): void {
    const bug = this.#bug === undefined ? undefined : bugs[this.#bug as keyof typeof bugs]
    if (this.#bug !== undefined && !bug) return ready(new Error(`no such bug: ${this.#bug}`))
    this.#storage.open((error, found) => {
      if (error || !found) return ready(error ?? new Error('the disk gave nothing'))
      this.#restore(found, bug?.rules ?? rules)
      this.#env.crashPoint('before-ready')
      ready()
      this.#scheduleTick()
    })
  }

  #restore(found: Found, ruleset: typeof rules): void {
    if (found.snapshot) this.#store.restore(found.snapshot.payload)
    this.#applied = { index: found.snapshot?.index ?? 0, term: found.snapshot?.term ?? 0 }
    this.#lastEntry = found.entries.at(-1)?.index ?? this.#applied.index
    const { id, nodes } = this.#setup
    const { electionTicks, heartbeatTicks, voteTimeoutTicks, preVote, checkQuorum, noopOnElection } = this.#options
    const { maxEntriesPerAppend, maxUncommittedEntries } = this.#options
    this.#raft = new Raft(
      {
        id,
        voters: nodes,
        electionTicks,
        heartbeatTicks,
        voteTimeoutTicks,
        preVote,
        checkQuorum,
        noopOnElection,
        maxEntriesPerAppend,
        maxUncommittedEntries,
      },
      {
        hardState: found.hardState,
        snapshot: this.#applied,
        entries: found.entries,
      },
      this.#env.random.fork('raft'),
      ruleset,
      () => this.#storage.snapshot,
    )
    if (found.droppedBytes > 0) this.#env.trace({ type: 'wal-repaired', droppedBytes: found.droppedBytes })
    const { term } = found.hardState
    this.#env.trace({ type: 'recovered', term, commit: this.#applied.index, lastIndex: this.#lastEntry })
    this.#env.network.listen({
      message: (from, message) => {
        if (message.type === 'vote-reply' && message.pre && !message.granted) {
          this.#env.trace({ type: 'pre-vote-refused', by: from })
        }
        this.#input((raft) => raft.step(message))
      },
      unreachable: (to) => this.#input((raft) => raft.unreachable(to)),
    })
  }

  #scheduleTick(): void {
    this.#env.clock.after(this.#options.tickMs * 1000, () => {
      this.#tick++
      const expired = this.#pending.expire(this.#tick)
      this.#input((raft) => {
        raft.forgetReads(expired)
        raft.tick()
      })
      this.#scheduleTick()
    })
  }

  #input(give: (raft: Raft) => void): void {
    if (!this.#raft) return
    give(this.#raft)
    this.#pump()
  }

  handle(request: ApiRequest, answer: Answer): void {
    const raft = this.#raft
    if (!raft) return answer(notDone('starting'))
    const target = route(request)
    switch (target.to) {
      case 'refused':
        return answer(target.answer)
      case 'status':
        return answer({ status: 200, body: { ...raft.status(), applied: this.#applied.index } })
      case 'kv':
        this.#serve(raft, target.request, answer)
        return this.#pump()
      default:
        return target satisfies never
    }
  }

  #serve(raft: Raft, request: Request, answer: Answer): void {
    const deadlineTick = this.#tick + Math.ceil(this.#options.requestTimeoutMs / this.#options.tickMs)
    if (request.f === 'read') {
      if (this.#pending.reads >= maxPendingReads) return answer(notDone('overloaded'))
      const id = this.#nextReadId++
      const accepted = raft.readIndex(id)
      if (!accepted.ok) return answer(this.#notLeader(accepted.leader))
      return this.#pending.addRead(id, { key: request.key, answer, deadlineTick })
    }
    const proposed = raft.propose(encodeCommand(request))
    if (proposed.ok) return this.#pending.addProposal(proposed.index, { term: proposed.term, answer, deadlineTick })
    answer(proposed.error === 'overloaded' ? notDone('overloaded') : this.#notLeader(proposed.leader))
  }

  #notLeader(leader: NodeId | undefined): ApiAnswer {
    const known =
      leader === undefined || leader === this.#setup.id
        ? {}
        : { leader, address: this.#setup.addresses[leader] ?? null }
    return { status: 409, body: { error: 'not_leader', ...known, message: 'ask the leader' } }
  }

  /** Takes Readies until there is none, or one waits for the disk. */
  #pump(): void {
    const raft = this.#raft
    if (!raft || this.#isBusy) return
    for (let ready = raft.ready(); ready; ready = raft.ready()) {
      this.#showRole(raft)
      this.#send(ready.send)
      if (ready.hardState || ready.snapshot || ready.entries.length > 0) {
        this.#isBusy = true
        this.#write(raft, ready)
        return
      }
      this.#finish(raft, ready)
      if (this.#takeSnapshotIfDue(raft)) return
    }
    this.#showRole(raft)
  }

  #write(raft: Raft, ready: Ready): void {
    const first = ready.entries[0]
    if (first && first.index <= this.#lastEntry) this.#env.trace({ type: 'log-truncated', from: first.index })
    this.#lastEntry = ready.entries.at(-1)?.index ?? Math.max(this.#lastEntry, ready.snapshot?.index ?? 0)
    this.#env.crashPoint('before-sync')
    this.#storage.write(ready, (error) => {
      // A node that can't persist must not go on: what it said next would not be covered by its disk.
      if (error) throw new Error('the disk failed', { cause: error })
      this.#env.crashPoint('after-sync')
      this.#finish(raft, ready)
      this.#isBusy = false
      if (!this.#takeSnapshotIfDue(raft)) this.#pump()
    })
  }

  #finish(raft: Raft, ready: Ready): void {
    this.#send(ready.sendAfterSync)
    if (ready.snapshot) {
      this.#store.restore(ready.snapshot.payload)
      this.#applied = { index: ready.snapshot.index, term: ready.snapshot.term }
      this.#env.trace({ type: 'snapshot-installed', index: ready.snapshot.index })
    }
    for (const entry of ready.committed) this.#apply(entry)
    if (ready.committed.length > 0 || ready.snapshot) this.#progress.moved()
    if (ready.lostReads.length > 0) this.#env.trace({ type: 'read-lost', reads: ready.lostReads.length })
    for (const id of ready.lostReads) this.#pending.takeRead(id)?.answer(this.#notLeader(raft.leader))
    this.#answerReads(ready.reads)
    raft.advance()
  }

  #apply(entry: Entry): void {
    this.#applied = { index: entry.index, term: entry.term }
    const answer = this.#pending.takeProposal(entry.index, entry.term)
    if (entry.kind === 'noop') return
    const result = this.#store.apply(commandOf(entry))
    answer?.({ status: 200, body: { ...result } })
  }

  #answerReads(reads: readonly ReadyRead[]): void {
    if (reads.length > 0) this.#waitingReads.push(...reads)
    if (this.#waitingReads.length === 0) return
    const early: ReadyRead[] = []
    for (const read of this.#waitingReads) {
      if (read.index > this.#applied.index) {
        early.push(read)
        continue
      }
      const waiting = this.#pending.takeRead(read.id)
      if (!waiting) continue // Its deadline passed.
      const { value, version } = this.#store.read(waiting.key)
      if (value === null) waiting.answer({ status: 404, body: { error: 'not_found', value, version } })
      else waiting.answer({ status: 200, body: { value, version } })
    }
    this.#waitingReads = early
  }

  #send(messages: readonly Message[]): void {
    if (messages.length > 0) this.#env.crashPoint('before-send')
    for (const message of messages) {
      if (message.type === 'snapshot-request') {
        this.#env.trace({ type: 'snapshot-sent', to: message.to, index: message.snapshot.index })
      }
      this.#env.network.send(message.to, message)
      this.#env.crashPoint('after-send') // After each, so that some peers may have got theirs and others not.
    }
  }

  #showRole(raft: Raft): void {
    const { role, term } = raft
    if (role === this.#shown.role && term === this.#shown.term) return
    if (this.#shown.role === 'leader') this.#pending.loseProposals()
    this.#shown = { role, term }
    this.#env.trace({ type: 'role', role, term })
  }

  /** True while the disk is busy with a snapshot; the loop goes on after it. */
  #takeSnapshotIfDue(raft: Raft): boolean {
    const { snapshotEvery, keepEntries } = this.#options
    const { index, term } = this.#applied
    if (snapshotEvery === 0 || index - (this.#storage.snapshot?.index ?? 0) < snapshotEvery) return false
    this.#isBusy = true
    this.#env.crashPoint('before-snapshot')
    this.#storage.compact({ index, term, payload: this.#store.snapshot() }, (error) => {
      if (error) throw new Error('the disk failed', { cause: error })
      this.#env.crashPoint('after-snapshot')
      this.#env.trace({ type: 'snapshot-taken', index })
      raft.compact({ index, term }, keepEntries)
      this.#isBusy = false
      this.#pump()
    })
    return true
  }
}
