/**
 * One file of a simulated disk: what programs read, and what would be left of it if the power went now. Files only
 * grow at their end or are cut down, so what is durable is a length, but for contents that were cut down unsynced.
 */
import type { Random } from '../random.ts'

/** A content that power loss may bring back: at least `floor` bytes of it, at most all. */
interface Content {
  readonly bytes: Uint8Array
  readonly floor: number
}

interface Flip {
  readonly at: number
  readonly mask: number
}

/** Of a framed record: four bytes of length, four of checksum (`node/wal.ts`). */
const headerBytes = 8

export class File {
  #bytes: Uint8Array = new Uint8Array(1024)
  #length = 0
  /** So many bytes of the present content survive for sure, unless an older one comes back. */
  #floor = 0
  /** Contents since the last sync that were then cut down, oldest first. */
  #older: Content[] = []
  #flips: Flip[] = []

  get length(): number {
    return this.#length
  }

  /** A copy of the bytes from `offset`, fewer at the end. */
  read(offset: number, length: number): Uint8Array {
    return this.#bytes.slice(Math.min(offset, this.#length), Math.min(offset + length, this.#length))
  }

  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, this.#bytes.length * 2))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
    this.#bytes.set(bytes, this.#length)
    this.#length = length
  }

  truncate(length: number): void {
    if (length >= this.#length) return
    this.#older.push({ bytes: this.read(0, this.#length), floor: this.#floor })
    this.#cut(length)
    this.#floor = length
  }

  sync(): void {
    this.#floor = this.#length
    this.#older = []
  }

  /** Power went and came back: some content since the last sync is there, perhaps torn at its end, and now stays. */
  losePower(random: Random): void {
    const epoch = random.below(this.#older.length + 1)
    const older = this.#older[epoch]
    if (older) {
      this.#bytes = older.bytes
      this.#length = older.bytes.length
      this.#floor = older.floor
    }
    this.#cut(random.between(this.#floor, this.#length))
    this.sync()
  }

  /** Turns a random bit of a record that is durable and has another one behind it; gives its place, if there is one. */
  flip(random: Random): number | undefined {
    if (this.#older.length > 0) return undefined
    const end = this.#endOfAllButLastRecord()
    if (end === 0) return undefined
    const flip = { at: random.below(end), mask: 1 << random.below(8) }
    this.#turn(flip)
    this.#flips.push(flip)
    return flip.at
  }

  /** Turns back what was turned and is still there. */
  mend(): void {
    for (const flip of this.#flips) this.#turn(flip)
    this.#flips = []
  }

  hasFlipIn(offset: number, length: number): boolean {
    return this.#flips.some(({ at }) => at >= offset && at < offset + length)
  }

  #turn({ at, mask }: Flip): void {
    this.#bytes[at] = (this.#bytes[at] ?? 0) ^ mask
  }

  #cut(length: number): void {
    this.#length = length
    this.#flips = this.#flips.filter(({ at }) => at < length)
  }

  #endOfAllButLastRecord(): number {
    if (this.#flips.length > 0) return 0 // The lengths may not be what they were.
    const view = new DataView(this.#bytes.buffer)
    let end = 0
    for (let at = 0; at + headerBytes <= this.#floor; ) {
      const next = at + headerBytes + view.getUint32(at)
      if (next > this.#floor) break
      end = at
      at = next
    }
    return end
  }
}
