/** Who led last, and who before, from what the nodes say of themselves: the newest term counts, in whatever order the events come. */
import type { NodeId } from './raft/message.ts'
import type { SystemEvent } from './system.ts'

/** To be shown every event of a system. */
export class Leadership {
  #newest: { readonly node: NodeId; readonly term: number } | undefined
  #previous: NodeId | undefined

  /** Who leads in the highest term, not who spoke last. */
  get newest(): NodeId | undefined {
    return this.#newest?.node
  }

  /** The last leader that was another node than the newest. */
  get previous(): NodeId | undefined {
    return this.#previous
  }

  get term(): number | undefined {
    return this.#newest?.term
  }

  see(event: SystemEvent): void {
    if (event.type !== 'trace' || event.event.type !== 'role' || event.event.role !== 'leader') return
    const { node } = event
    const { term } = event.event
    const newest = this.#newest
    // Two leaders of one term are what a broken system does; the later one counts as the newer.
    if (newest !== undefined && term < newest.term) return
    if (newest !== undefined && newest.node !== node) this.#previous = newest.node
    this.#newest = { node, term }
  }
}
