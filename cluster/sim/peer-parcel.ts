/** A message between two nodes on its way. */
import type { Unreachable } from '../env.ts'
import type { Message, NodeId } from '../raft/message.ts'
import type { Parcel } from './network.ts'
import type { SimNode } from './node.ts'
import type { Scheduler } from './scheduler.ts'

/**
 * What became of a message, in simulated microseconds. One that came twice has two deliveries; one that a cut link
 * holds has none yet.
 */
export interface Delivery {
  readonly sentUs: number
  /** When it reached its node, which reads it later if it is frozen; absent where it got lost. */
  readonly receivedUs?: number
  /** Why it got lost: as its sender was told, or `dropped` by the weather, of which nobody is told. */
  readonly lost?: Unreachable | 'dropped'
  readonly from: NodeId
  readonly to: NodeId
  readonly message: Message
}

/** The message as it is: both nodes hold the same value, and must not change it. */
export class PeerParcel implements Parcel {
  #from: SimNode
  #to: SimNode
  #message: Message

  constructor(from: SimNode, to: SimNode, message: Message) {
    this.#from = from
    this.#to = to
    this.#message = message
  }

  deliver(): boolean {
    return this.#to.deliver(this.#from.id, this.#message)
  }

  lose(cause: Unreachable): void {
    this.#from.unreachable(this.#to.id, cause)
  }
}

/** The message as text, as on a real wire: what one node does to its own copy, no other sees. */
export class EncodedParcel implements Parcel {
  #from: SimNode
  #to: SimNode
  #text: string

  constructor(from: SimNode, to: SimNode, message: Message) {
    this.#from = from
    this.#to = to
    this.#text = JSON.stringify(message)
  }

  deliver(): boolean {
    return this.#to.deliver(this.#from.id, JSON.parse(this.#text) as Message) // Written by the constructor.
  }

  lose(cause: Unreachable): void {
    this.#from.unreachable(this.#to.id, cause)
  }
}

/** Whose parcel is watched, and who is told what became of it. */
interface Watch {
  readonly from: SimNode
  readonly to: SimNode
  readonly message: Message
  readonly scheduler: Scheduler
  tell(delivery: Delivery): void
}

/** Another parcel, with somebody who looks on from outside: it does what that one does, when that one does it. */
export class WatchedParcel implements Parcel {
  #parcel: Parcel
  #watch: Watch
  #sentUs: number

  constructor(parcel: Parcel, watch: Watch) {
    this.#parcel = parcel
    this.#watch = watch
    this.#sentUs = watch.scheduler.monotonicUs()
  }

  deliver(): boolean {
    const { to, scheduler } = this.#watch
    // A dead node refuses it, and then it is lost a moment later.
    if (to.isAlive) this.#tell({ receivedUs: scheduler.monotonicUs() })
    return this.#parcel.deliver()
  }

  lose(cause: Unreachable): void {
    this.#tell({ lost: cause })
    this.#parcel.lose(cause)
  }

  vanish(): void {
    this.#tell({ lost: 'dropped' })
  }

  #tell(fate: Pick<Delivery, 'receivedUs' | 'lost'>): void {
    const { from, to, message, tell } = this.#watch
    tell({ sentUs: this.#sentUs, ...fate, from: from.id, to: to.id, message })
  }
}
