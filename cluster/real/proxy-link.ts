/** One direction of traffic that can be cut, and what happens to the bytes of one connection on it. */
import type { Socket } from 'node:net'
import type { Link } from '../system.ts'

/** Bytes of one connection that are read and held during a cut; what comes on top waits in the kernel. */
const MAX_HELD_BYTES = 4 * 1024 * 1024

/** State of one directed link, shared by all its connections. */
export class ProxyLink {
  readonly link: Link
  isCut = false
  /** Since the last cut: chunks that came, and connections that were made in vain. */
  held = 0
  destroyed = 0

  constructor(link: Link) {
    this.link = link
  }

  cut(): void {
    this.isCut = true
    this.held = 0
    this.destroyed = 0
  }
}

/**
 * Bytes from one socket to another. While its link is cut it goes on reading, so that one can tell that something was
 * sent, but passes on neither bytes nor the end of the connection; `flush` makes up for that.
 */
export class Pipe {
  readonly #link: ProxyLink
  readonly #source: Socket
  readonly #sink: Socket | undefined
  #held: Buffer[] = []
  #heldBytes = 0
  #end: 'none' | 'ended' | 'reset' = 'none'

  /** Without a sink everything is only counted. */
  constructor(link: ProxyLink, source: Socket, sink: Socket | undefined) {
    this.#link = link
    this.#source = source
    this.#sink = sink
    source.on('data', (chunk: Buffer) => this.#take(chunk))
    source.on('end', () => this.#finish('ended'))
    // Without an error the end has been passed on already, or it was us who destroyed the socket.
    source.on('close', (hadError) => hadError && this.#finish('reset'))
    sink?.on('drain', () => this.#heldBytes === 0 && source.resume())
  }

  /** The link was healed: passes on what was held, then whatever comes. */
  flush(): void {
    const held = this.#held
    this.#held = []
    this.#heldBytes = 0
    for (const chunk of held) this.#pass(chunk)
    if (this.#sink && !this.#sink.writableNeedDrain) this.#source.resume()
    // What was sent before a connection broke may still arrive after it, as on a slow network.
    if (this.#end !== 'none') this.#passEnd(held.length > 0 ? 'ended' : this.#end)
  }

  #take(chunk: Buffer): void {
    if (!this.#link.isCut && this.#sink) return this.#pass(chunk)
    this.#link.held += 1
    if (this.#sink) this.#held.push(chunk)
    this.#heldBytes += chunk.length
    if (this.#heldBytes >= MAX_HELD_BYTES) this.#source.pause()
  }

  #pass(chunk: Buffer): void {
    if (!this.#sink || this.#sink.destroyed || this.#sink.writableEnded) return
    if (!this.#sink.write(chunk)) this.#source.pause()
  }

  #finish(how: 'ended' | 'reset'): void {
    this.#end = how
    if (!this.#link.isCut) this.#passEnd(how)
  }

  #passEnd(how: 'ended' | 'reset'): void {
    if (how === 'ended') this.#sink?.end()
    else this.#sink?.resetAndDestroy()
  }
}
