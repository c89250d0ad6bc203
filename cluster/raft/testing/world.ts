/**
 * Raft's properties (figure 3) over random schedules: messages are lost, doubled and reordered, nodes crash between
 * any two steps and keep only what was synced. Each schedule ends by healing all, after which there must be progress.
 */
import assert from 'node:assert/strict'
import { type Random, seededRandom } from '../../random.ts'
import type { Entry, Message, NodeId } from '../message.ts'
import type { RaftOptions } from '../ready.ts'
import type { Rules } from '../rules.ts'
import { TestNode } from './node.ts'

/** One schedule from its seed, and the state it ends in; throws with the seed where a property breaks. */
export function runSchedule(seed: number, table: Rules): readonly string[] {
  const world = new World(seed, table, true)
  try {
    for (let i = 0; i < 400; i++) world.step()
    world.checkLogs()
    return world.heal()
  } catch (cause) {
    throw new Error(`seed ${seed}`, { cause })
  }
}

/** The same without a look at the properties: throws only where a core breaks down. */
export function runUnaudited(seed: number, table: Rules): void {
  const world = new World(seed, table, false)
  for (let i = 0; i < 400; i++) world.step()
  world.calm()
}

class World {
  readonly #isAudited: boolean
  readonly #random: Random
  readonly #nodes: ReadonlyMap<NodeId, TestNode>
  readonly #ids: readonly NodeId[]
  #messages: Message[] = []
  #isolated: NodeId | undefined
  #proposals = 0
  #reads = 0
  /** What any node has ever applied, by index, and who led each term. */
  readonly #committed = new Map<number, Entry>()
  readonly #leaders = new Map<number, NodeId>()
  /** The highest index applied anywhere when a read was asked. */
  readonly #floors = new Map<number, number>()

  constructor(seed: number, table: Rules, isAudited: boolean) {
    this.#isAudited = isAudited
    this.#random = seededRandom(seed)
    this.#ids = ['n1', 'n2', 'n3', 'n4', 'n5'].slice(0, this.#random.pick([1, 2, 3, 3, 3, 5, 5]))
    const options = drawOptions(this.#random, this.#ids)
    this.#nodes = new Map(
      this.#ids.map((id) => [
        id,
        new TestNode({
          options: { ...options, id },
          random: this.#random.fork(id),
          rules: table,
          send: (message) => this.#send(message),
          applied: (entry) => this.#applied(entry),
        }),
      ]),
    )
  }

  step(): void {
    const id = this.#random.pick(this.#ids)
    const node = this.#node(id)
    const dice = this.#random.below(1000)
    if (dice < 5) this.#isolated = this.#random.chance(0.7) ? this.#someLeader() : undefined
    else if (!node.isUp) this.#random.chance(0.15) && node.start()
    else if (dice < 550) this.#deliver()
    else if (dice < 650) this.#work(id)
    else if (dice < 850) this.#tick(id)
    else if (dice < 925) node.raft.propose(`c${this.#proposals++}`)
    else if (dice < 975) this.#read(node)
    else if (dice < 985) node.compact(this.#random.below(4))
    else if (dice < 995) node.raft.unreachable(this.#random.pick(this.#ids))
    else node.crash()
  }

  /** Log Matching: where two logs agree on an index and term, they agree on all below. */
  checkLogs(): void {
    const logs = [...this.#nodes.values()].map((node) => new Map(node.entries.map((entry) => [entry.index, entry])))
    for (const a of logs) {
      for (const b of logs) {
        const shared = [...a.values()].filter((entry) => b.get(entry.index)?.term === entry.term)
        const highest = Math.max(0, ...shared.map((entry) => entry.index))
        for (const entry of a.values()) {
          if (entry.index <= highest && b.has(entry.index)) assert.deepEqual(b.get(entry.index), entry, 'log matching')
        }
      }
    }
  }

  /** Brings all back and lets time pass. */
  calm(): void {
    this.#isolated = undefined
    for (const node of this.#nodes.values()) if (!node.isUp) node.start()
    for (let tick = 0; tick < 160; tick++) {
      for (const id of this.#ids) {
        this.#node(id).raft.tick()
        this.#work(id)
        this.#work(id)
      }
      for (const message of this.#messages.splice(0)) this.#node(message.to).raft.step(message)
      if (tick === 80) for (const id of this.#ids) this.#node(id).raft.propose('last')
    }
  }

  /** After calm, a new command must have been applied everywhere. */
  heal(): readonly string[] {
    this.calm()
    this.checkLogs()
    const states = this.#ids.map((id) => this.#node(id).state)
    for (const state of states) {
      assert.equal(state.at(-1), 'last', 'progress after healing')
      assert.deepEqual(state, states[0], 'all reach the same state')
    }
    return states[0] ?? []
  }

  /** A node that believes it leads, else any. */
  #someLeader(): NodeId {
    const leaders = this.#ids.filter((id) => this.#node(id).isUp && this.#node(id).raft.role === 'leader')
    return this.#random.pick(leaders.length > 0 ? leaders : this.#ids)
  }

  #send(message: Message): void {
    if (message.from === this.#isolated || message.to === this.#isolated) return
    if (this.#messages.length < 200) this.#messages.push(message)
  }

  #deliver(): void {
    // Mostly in order, at times not.
    const at = this.#random.chance(0.7) ? 0 : this.#random.below(this.#messages.length + 1)
    const message = this.#messages[at]
    if (message === undefined) return
    if (!this.#random.chance(0.03)) this.#messages.splice(at, 1)
    const node = this.#node(message.to)
    if (!node.isUp || this.#random.chance(0.03)) return
    node.raft.step(message)
    if (this.#random.chance(0.8)) this.#work(message.to)
  }

  #tick(id: NodeId): void {
    this.#node(id).raft.tick()
    if (this.#random.chance(0.8)) this.#work(id)
  }

  #work(id: NodeId): void {
    const node = this.#node(id)
    const ready = node.begin()
    for (const read of ready?.reads ?? []) {
      if (this.#isAudited) assert(read.index >= (this.#floors.get(read.id) ?? 0), 'a read is not stale')
    }
    // Now and then the sync takes long: messages and ticks come in, or the node dies, before it is done.
    if (ready !== undefined && this.#random.chance(0.3)) return
    node.finish()
    if (this.#isAudited && node.raft.role === 'leader') this.#checkLeader(id, node)
  }

  #read(node: TestNode): void {
    const id = this.#reads++
    this.#floors.set(id, Math.max(0, ...this.#committed.keys()))
    node.raft.readIndex(id)
  }

  /** Election Safety and Leader Completeness. */
  #checkLeader(id: NodeId, node: TestNode): void {
    const { term } = node.raft
    const known = this.#leaders.get(term)
    if (known === undefined) {
      this.#leaders.set(term, id)
      const log = new Map(node.entries.map((entry) => [entry.index, entry]))
      for (const entry of this.#committed.values()) {
        if (entry.index <= (node.snapshot?.index ?? 0) || entry.term >= term) continue
        assert.deepEqual(log.get(entry.index), entry, 'leader completeness')
      }
    } else {
      assert.equal(id, known, 'election safety')
    }
  }

  /** State Machine Safety. */
  #applied(entry: Entry): void {
    const known = this.#committed.get(entry.index)
    if (known === undefined) this.#committed.set(entry.index, entry)
    else if (this.#isAudited) assert.deepEqual(entry, known, 'state machine safety')
  }

  #node(id: NodeId): TestNode {
    return this.#nodes.get(id) ?? assert.fail(id)
  }
}

function drawOptions(random: Random, voters: readonly NodeId[]): Omit<RaftOptions, 'id'> {
  return {
    voters,
    electionTicks: 4,
    heartbeatTicks: 1,
    voteTimeoutTicks: 2,
    preVote: random.chance(0.5),
    checkQuorum: random.chance(0.5),
    noopOnElection: random.chance(0.7),
    maxEntriesPerAppend: random.pick([1, 3, 100]),
    maxUncommittedEntries: 20,
  }
}
