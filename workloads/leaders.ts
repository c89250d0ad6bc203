/** Who leads and who led before: where stale reads are to be looked for. */
import { Leadership } from '../cluster/leadership.ts'
import type { NodeId, System } from '../cluster/system.ts'

/** Follows the events of a system until it is closed. */
export class Leaders {
  readonly #system: System
  readonly #leadership = new Leadership()
  readonly #unsubscribe: () => void

  constructor(system: System) {
    this.#system = system
    this.#unsubscribe = system.subscribe((event) => this.#leadership.see(event))
  }

  newest(): NodeId | undefined {
    return this.#leadership.newest ?? this.#system.leader?.()
  }

  /** The last leader that was another node than the newest. */
  previous(): NodeId | undefined {
    return this.#leadership.previous
  }

  /** The term of the newest leader that said so itself. */
  term(): number | undefined {
    return this.#leadership.term
  }

  close(): void {
    this.#unsubscribe()
  }
}
