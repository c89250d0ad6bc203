/** A message between two nodes on its way. */
import type { Unreachable } from '../env.ts'
import type { Message } from '../raft/message.ts'
import type { Parcel } from './network.ts'
import type { SimNode } from './node.ts'

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
