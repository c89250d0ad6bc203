/**
 * A node for the core's own tests: a driver in two halves around the sync, a disk that holds what was synced, and a
 * state machine that is the list of its commands. It checks that nothing is applied twice or out of order.
 */
import assert from 'node:assert/strict'
import type { Random } from '../../random.ts'
import type { Entry, HardState, Message, Snapshot } from '../message.ts'
import { Raft } from '../raft.ts'
import type { RaftOptions, Ready } from '../ready.ts'
import type { Rules } from '../rules.ts'

export interface TestNodeParts {
  readonly options: RaftOptions
  readonly random: Random
  readonly rules: Rules
  readonly send: (message: Message) => void
  readonly applied?: (entry: Entry) => void
}

export class TestNode {
  readonly #parts: TestNodeParts
  #raft: Raft | undefined
  #ready: Ready | undefined
  /** What was synced. */
  hardState: HardState = { term: 0, vote: undefined }
  snapshot: Snapshot | undefined
  entries: Entry[] = []
  /** The state machine. */
  state: string[] = []
  #position = { index: 0, term: 0 }

  constructor(parts: TestNodeParts) {
    this.#parts = parts
    this.start()
  }

  get isUp(): boolean {
    return this.#raft !== undefined
  }
  get raft(): Raft {
    assert(this.#raft !== undefined, `${this.#parts.options.id} is down`)
    return this.#raft
  }

  start(): void {
    const { options, random, rules } = this.#parts
    const { hardState, entries } = this
    this.#position = { index: this.snapshot?.index ?? 0, term: this.snapshot?.term ?? 0 }
    this.state = stateOf(this.snapshot)
    const restored = { hardState, entries, snapshot: this.#position }
    this.#raft = new Raft(options, restored, random, rules, () => this.snapshot)
  }

  /** Loses all that was not synced. */
  crash(): void {
    this.#raft = undefined
    this.#ready = undefined
  }

  /** Takes a Ready and does what comes before the sync. */
  begin(): Ready | undefined {
    if (this.#ready !== undefined) return undefined
    assert.equal(this.raft.hasReady(), this.raft.hasReady())
    const expected = this.raft.hasReady()
    this.#ready = this.raft.ready()
    assert.equal(this.#ready !== undefined, expected, 'hasReady says what ready gives')
    for (const message of this.#ready?.send ?? []) this.#parts.send(frozen(message))
    return this.#ready
  }

  /** The sync and all that comes after it. */
  finish(): void {
    const ready = this.#ready
    if (ready === undefined) return
    this.#ready = undefined
    this.hardState = ready.hardState ?? this.hardState
    if (ready.snapshot !== undefined) this.#install(ready.snapshot)
    const first = ready.entries[0]
    if (first !== undefined) {
      this.entries = [...this.entries.filter((entry) => entry.index < first.index), ...ready.entries]
    }
    for (const message of ready.sendAfterSync) this.#parts.send(frozen(message))
    for (const entry of ready.committed) this.#apply(entry)
    this.raft.advance()
  }

  /** A snapshot of what is applied, durable at once; the core keeps the last `keep` entries up to it. */
  compact(keep: number): void {
    this.snapshot = { ...this.#position, payload: JSON.stringify(this.state) }
    this.entries = this.entries.filter((entry) => entry.index > this.#position.index)
    this.raft.compact(this.#position, keep)
  }

  #install(snapshot: Snapshot): void {
    assert(snapshot.index > this.#position.index, 'a snapshot must not turn the state back')
    this.snapshot = snapshot
    this.entries = []
    this.state = stateOf(snapshot)
    this.#position = { index: snapshot.index, term: snapshot.term }
  }

  #apply(entry: Entry): void {
    assert.equal(entry.index, this.#position.index + 1, 'entries are applied once, in order')
    this.#position = { index: entry.index, term: entry.term }
    if (entry.kind === 'command') this.state.push(entry.payload)
    this.#parts.applied?.(entry)
  }
}

function stateOf(snapshot: Snapshot | undefined): string[] {
  return snapshot === undefined ? [] : JSON.parse(snapshot.payload)
}

/** A core that changes what it sent, or was sent, fails at once. */
function frozen(message: Message): Message {
  if (message.type === 'append-request') {
    Object.freeze(message.entries)
    message.entries.forEach(Object.freeze)
  }
  return Object.freeze(message)
}
