/** Who led last, from what the nodes say of themselves: the newest term counts, whatever order the events come in. */
import type { NodeId } from './raft/message.ts'
import type { SystemEvent } from './system.ts'

export class Leadership {
  #leader: NodeId | undefined
  #term = -1

  get leader(): NodeId | undefined {
    return this.#leader
  }

  get term(): number {
    return this.#term
  }

  see(event: SystemEvent): void {
    if (event.type !== 'trace' || event.event.type !== 'role' || event.event.role !== 'leader') return
    if (event.event.term < this.#term) return
    this.#leader = event.node
    this.#term = event.event.term
  }
}
