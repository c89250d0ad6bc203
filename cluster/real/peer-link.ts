/** The sending end of one directed link between two nodes. */
import { connect, type Socket } from 'node:net'
import type { Unreachable } from '../env.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

export interface PeerLinkOptions {
  /** Absent for a peer that nobody knows: everything sent to it is refused. */
  readonly address: Address | undefined
  /** The first bytes on every connection. */
  readonly hello: Uint8Array
  /** Called once per failure, however many messages it took with it; never from within `send`. */
  readonly unreachable: (cause: Unreachable) => void
}

/** Messages that wait for one dial, at most. */
const MAX_WAITING = 256
/** A peer that does not read holds up this many bytes, at most; what comes on top is dropped. */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024
/** A dead peer is not dialled more often than this. */
const REDIAL_MS = 20

/**
 * Sends frames over one TCP connection, which it dials when there is something to send and none is open. What a
 * failing dial or a breaking connection may have lost is reported, never sent again: that is the core's business.
 */
export class PeerLink {
  readonly #options: PeerLinkOptions
  #socket: Socket | undefined
  #isConnected = false
  #waiting: Uint8Array[] = []
  #lastDialMs = Number.NEGATIVE_INFINITY
  #redial: NodeJS.Timeout | undefined
  #isClosed = false
  readonly #due = new Set<Unreachable>()

  constructor(options: PeerLinkOptions) {
    this.#options = options
  }

  send(frame: Uint8Array): void {
    if (this.#isClosed) return
    if (this.#socket && this.#isConnected) {
      if (this.#socket.writableLength > MAX_UNSENT_BYTES) this.#report('timeout')
      else this.#socket.write(frame)
      return
    }
    if (this.#options.address === undefined) return this.#report('refused')
    if (this.#waiting.length >= MAX_WAITING) return this.#report('timeout')
    this.#waiting.push(frame)
    if (this.#socket || this.#redial) return
    const waitMs = this.#lastDialMs + REDIAL_MS - performance.now()
    if (waitMs <= 0) this.#dial(this.#options.address)
    else this.#redial = setTimeout(() => this.#dial(this.#options.address), waitMs)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#redial)
    this.#socket?.destroy()
  }

  #dial(address: Address | undefined): void {
    this.#redial = undefined
    if (address === undefined) return
    this.#lastDialMs = performance.now()
    const socket = connect({ ...address, noDelay: true })
    let cause: Unreachable = 'reset'
    this.#socket = socket
    socket.on('connect', () => {
      this.#isConnected = true
      socket.cork()
      socket.write(this.#options.hello)
      for (const frame of this.#waiting) socket.write(frame)
      this.#waiting = []
      socket.uncork()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') cause = 'refused'
    })
    // Nothing is ever said on the way back; reading is how one hears of the end.
    socket.on('end', () => socket.destroy())
    socket.resume()
    socket.on('close', () => {
      this.#socket = undefined
      this.#isConnected = false
      this.#waiting = []
      this.#report(cause)
    })
  }

  #report(cause: Unreachable): void {
    if (this.#due.has(cause)) return
    this.#due.add(cause)
    setImmediate(() => {
      this.#due.delete(cause)
      if (!this.#isClosed) this.#options.unreachable(cause)
    })
  }
}
