/**
 * Looks for an order that keeps each session's own and that the model accepts, whatever the times: sequential
 * consistency. Depth-first over how far each session is, which pending operations were used, and the state, each such
 * configuration once. Two rules prune:
 *
 * - An answered operation that changes nothing is taken as soon as it fits: moved forward to that moment, it stands in
 *   nobody's way, and its session is only further.
 * - A pending change is tried only if what comes next may want it. The first that stands in its segment is the next
 *   operation of its session, or pending itself. It sees the value; or it is a refusal, and as it was not taken before,
 *   what was there was the value it is refused for. If the segment is empty, the change can be left out.
 */

import type { RecordedOperation } from '../formats/pairs.ts'
import type { KvModel, KvState } from '../models/kv.ts'
import { leaves, needs, refusedFor } from '../models/kv-facts.ts'
import type { Answer, Session } from './consistency.ts'

export function sequentiallyConsistent(
  model: KvModel,
  sessions: readonly Session[],
  maxConfigurations: number,
): Answer {
  const found = new Orders(model, sessions, maxConfigurations).extend(model.init())
  return found === undefined ? 'unknown' : found ? 'yes' : 'no'
}

interface Pending {
  readonly operation: RecordedOperation
  readonly session: number
  /** How many answered operations of its session come before it. */
  readonly after: number
}

class Orders {
  readonly #model: KvModel
  readonly #answered: readonly (readonly RecordedOperation[])[]
  readonly #pending: readonly Pending[]
  readonly #maximum: number
  readonly #at: number[]
  readonly #used: boolean[]
  readonly #seen = new Set<string>()
  /** An append leaves what depends on the state, and a version counts also the changes that nobody saw. */
  readonly #isPlain: boolean

  constructor(model: KvModel, sessions: readonly Session[], maximum: number) {
    this.#model = model
    this.#maximum = maximum
    this.#answered = sessions.map(({ answered }) => answered)
    this.#pending = sessions.flatMap(({ pending }, session) => pending.map((each) => ({ ...each, session })))
    this.#at = sessions.map(() => 0)
    this.#used = this.#pending.map(() => false)
    const all = [...this.#answered.flat(), ...this.#pending.map(({ operation }) => operation)]
    this.#isPlain = all.every(({ input, output }) => input.f !== 'append' && output?.version === undefined)
  }

  /** Whether the rest can follow on this state; `undefined` where the budget ran out. */
  extend(state: KvState): boolean | undefined {
    const taken = this.#takeSilent(state)
    const found = this.#branch(state)
    for (const session of taken) this.#move(session, -1)
    return found
  }

  #takeSilent(state: KvState): readonly number[] {
    const taken: number[] = []
    for (const session of this.#answered.keys()) {
      for (let head = this.#head(session); head !== undefined && this.#isSilent(head, state); ) {
        this.#move(session, 1)
        taken.push(session)
        head = this.#head(session)
      }
    }
    return taken
  }

  #isSilent({ input, output }: RecordedOperation, state: KvState): boolean {
    return this.#model.readOnly?.(input, output) === true && this.#model.step(state, input, output).length > 0
  }

  #branch(state: KvState): boolean | undefined {
    const heads = Array.from(this.#answered.keys(), (session) => ({ session, head: this.#head(session) }))
      .flatMap(({ session, head }) => (head === undefined ? [] : [{ session, head }]))
      .sort((a, b) => a.head.call - b.head.call)
    if (heads.length === 0) return true
    const name = JSON.stringify([this.#at, this.#used.map(Number).join(''), state.value, state.version])
    if (this.#seen.has(name)) return false
    if (this.#seen.size >= this.#maximum) return undefined
    this.#seen.add(name)
    // Orders near that of time are the most likely ones.
    for (const { session, head } of heads) {
      this.#move(session, 1)
      const found = this.#after(state, head)
      this.#move(session, -1)
      if (found !== false) return found
    }
    const next = heads.map(({ head }) => head)
    for (const [index, each] of this.#pending.entries()) {
      if (!this.#isFree(index) || !this.#isWanted(each.operation, next, state)) continue
      this.#used[index] = true
      const found = this.#after(state, each.operation)
      this.#used[index] = false
      if (found !== false) return found
    }
    return false
  }

  #after(state: KvState, { input, output }: RecordedOperation): boolean | undefined {
    for (const next of this.#model.step(state, input, output)) {
      const found = this.extend(next)
      if (found !== false) return found
    }
    return false
  }

  #isFree(index: number): boolean {
    const each = this.#pending[index]
    return each !== undefined && this.#used[index] !== true && (this.#at[each.session] ?? 0) >= each.after
  }

  #isWanted(operation: RecordedOperation, heads: readonly RecordedOperation[], state: KvState): boolean {
    const value = leaves(operation)
    if (!this.#isPlain || value === undefined) return true
    return (
      heads.some((head) => needs(head) === value || refusedFor(head) === state.value) ||
      this.#pending.some((each, index) => this.#isFree(index) && needs(each.operation) === value)
    )
  }

  #head(session: number): RecordedOperation | undefined {
    return this.#answered[session]?.[this.#at[session] ?? 0]
  }

  #move(session: number, by: number): void {
    this.#at[session] = (this.#at[session] ?? 0) + by
  }
}
