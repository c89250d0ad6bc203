/** Who leads and who led before, as the nodes' own events tell it: where stale reads are to be looked for. */
import type { NodeId, System } from '../cluster/system.ts'

/** Follows the events of a system until it is closed. Newest is who leads in the highest term, not who spoke last. */
export class Leaders {
  readonly #system: System
  readonly #unsubscribe: () => void
  #newest: { readonly node: NodeId; readonly term: number } | undefined
  #previous: NodeId | undefined

  constructor(system: System) {
    this.#system = system
    this.#unsubscribe = system.subscribe((event) => {
      if (event.type !== 'trace' || event.event.type !== 'role' || event.event.role !== 'leader') return
      this.#elected(event.node, event.event.term)
    })
  }

  newest(): NodeId | undefined {
    return this.#newest?.node ?? this.#system.leader?.()
  }

  /** The last leader that was another node than the newest. */
  previous(): NodeId | undefined {
    return this.#previous
  }

  /** The term of the newest leader that said so itself. */
  term(): number | undefined {
    return this.#newest?.term
  }

  close(): void {
    this.#unsubscribe()
  }

  #elected(node: NodeId, term: number): void {
    const newest = this.#newest
    // Two leaders of one term are what a broken system does; the later one counts as the newer.
    if (newest !== undefined && term < newest.term) return
    if (newest !== undefined && newest.node !== node) this.#previous = newest.node
    this.#newest = { node, term }
  }
}
