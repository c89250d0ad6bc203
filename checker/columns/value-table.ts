/** Every string and value of a history once, under a number; equal values have equal numbers, others never do. */
import type { KvValue } from '../models/kv.ts'

export const tags = { constant: 0, number: 1, text: 2 } as const

/** The first ids are always these. */
export const constants = [null, false, true] as const
export const nullId = 0

export interface ValueTable {
  readonly size: number
  /** One of `tags` each. */
  readonly tag: Uint8Array
  /** The number, where it is one. */
  readonly number: Float64Array
  /** Where each one's text ends in `text`; it begins where the one before ends. */
  readonly end: Uint32Array
  /** UTF-8. */
  readonly text: Uint8Array
}

/** Gives values back, remembering texts that it has decoded. */
export class Values {
  readonly #table: ValueTable
  readonly #texts: (string | undefined)[] = []

  constructor(table: ValueTable) {
    this.#table = table
  }

  at(id: number): KvValue {
    const { tag, number, size } = this.#table
    if (!(id >= 0 && id < size)) throw new RangeError(`no value ${id} in a table of ${size}`)
    if (tag[id] === tags.text) return this.textAt(id)
    return tag[id] === tags.number ? (number[id] ?? null) : (constants[id] ?? null)
  }

  textAt(id: number): string {
    const known = this.#texts[id]
    if (known !== undefined) return known
    const { text, end } = this.#table
    const decoded = decoder.decode(text.subarray(end[id - 1] ?? 0, end[id] ?? 0))
    this.#texts[id] = decoded
    return decoded
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Instead of a hash: the id is in no slot. Hashes are from 0 on. */
const unslotted = -1
const mostHash = 0x7fffffff
/** So many times as many numbers as there are values may have a place by themselves. */
const mostSpread = 8

/** A table that grows. Ids by open addressing, as a `Map` is slower and ends at 2^24 entries. */
export class ValueTableBuilder {
  #size = 0
  #tag = new Uint8Array(64)
  #number = new Float64Array(64)
  #end = new Uint32Array(64)
  #hash = new Int32Array(64)
  #text = new Uint8Array(1024)
  #textLength = 0
  #slots = new Int32Array(256).fill(-1)
  /** How many ids are in slots. */
  #slotted = 0
  /**
   * By whole number: its id, or 0. Histories mostly count their values, so this is small, and in their order. A number
   * is here, and need not be in a slot, if it is less than the length.
   */
  #wholes = new Int32Array(0)
  readonly #double = new Float64Array(1)
  readonly #words = new Int32Array(this.#double.buffer)

  constructor() {
    for (const _constant of constants) this.#add(tags.constant, 0, unslotted)
  }

  /** `undefined` for what can not be told apart here: NaN, and text that is no well-formed Unicode. */
  idOf(value: KvValue): number | undefined {
    if (typeof value === 'number') return this.idOfNumber(value)
    if (typeof value === 'string') return this.idOfText(value)
    return value === null ? nullId : value ? 2 : 1
  }

  idOfNumber(given: number): number | undefined {
    const whole = given | 0
    if (whole !== given || whole < 0) return this.#idOfOther(given)
    if (whole >= this.#wholes.length) {
      if (whole >= mostSpread * this.#size) return this.#idOfOther(given)
      this.#growWholes(whole)
    }
    const known = this.#wholes[whole] ?? 0
    if (known !== 0) return known
    const id = this.#add(tags.number, whole, unslotted)
    this.#wholes[whole] = id
    return id
  }

  #growWholes(whole: number): void {
    const larger = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(1024, whole + 1))))
    for (let id = 0; id < this.#size; id++) {
      const number = this.#number[id] ?? 0
      if (this.#tag[id] === tags.number && number >= 0 && number < larger.length && Number.isInteger(number)) {
        larger[number] = id
      }
    }
    this.#wholes = larger
  }

  #idOfOther(given: number): number | undefined {
    if (Number.isNaN(given)) return undefined
    this.#double[0] = given
    const hash = mix((this.#words[0] ?? 0) ^ Math.imul(this.#words[1] ?? 0, 0x9e3779b1)) & mostHash
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] ?? -1
      if (id < 0) return this.#add(tags.number, given, hash)
      if (this.#tag[id] === tags.number && this.#number[id] === given) return id
    }
  }

  idOfText(value: string): number | undefined {
    if (!value.isWellFormed()) return undefined
    const bytes = encoder.encode(value)
    return this.idOfBytes(bytes, 0, bytes.length)
  }

  /** Of the text whose UTF-8 is in `bytes` from `start` to `end`; `undefined` if it is no UTF-8. */
  idOfBytes(bytes: Uint8Array, start: number, end: number): number | undefined {
    let hash = 0x811c9dc5
    let all = 0
    for (let i = start; i < end; i++) {
      const byte = bytes[i] ?? 0
      all |= byte
      hash = Math.imul(hash ^ byte, 0x01000193)
    }
    hash = mix(hash) & mostHash
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] ?? -1
      if (id < 0) break
      if (this.#hash[id] === hash && this.#isText(id, bytes, start, end)) return id
    }
    if (all >= 0x80 && !isUtf8(bytes.subarray(start, end))) return undefined
    this.#append(bytes, start, end)
    return this.#add(tags.text, 0, hash)
  }

  isText(id: number): boolean {
    return this.#tag[id] === tags.text
  }

  build(): ValueTable {
    return {
      size: this.#size,
      tag: this.#tag.slice(0, this.#size),
      number: this.#number.slice(0, this.#size),
      end: this.#end.slice(0, this.#size),
      text: this.#text.slice(0, this.#textLength),
    }
  }

  #isText(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#tag[id] !== tags.text) return false
    const from = this.#end[id - 1] ?? 0
    if ((this.#end[id] ?? 0) - from !== end - start) return false
    for (let i = 0; i < end - start; i++) if (this.#text[from + i] !== bytes[start + i]) return false
    return true
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const length = this.#textLength + end - start
    if (length > this.#text.length) {
      const larger = new Uint8Array(Math.max(length, this.#text.length * 2))
      larger.set(this.#text)
      this.#text = larger
    }
    for (let i = start; i < end; i++) this.#text[this.#textLength++] = bytes[i] ?? 0
  }

  #add(tag: number, value: number, hash: number): number {
    const id = this.#size++
    if (id === this.#tag.length) this.#grow()
    this.#tag[id] = tag
    this.#number[id] = value
    this.#end[id] = this.#textLength
    this.#hash[id] = hash
    if (hash === unslotted) return id
    this.#insert(id)
    if (++this.#slotted * 2 > this.#slots.length) {
      this.#slots = new Int32Array(this.#slots.length * 4).fill(-1)
      for (let each = 0; each < this.#size; each++) if (this.#hash[each] !== unslotted) this.#insert(each)
    }
    return id
  }

  #insert(id: number): void {
    const mask = this.#slots.length - 1
    let slot = (this.#hash[id] ?? 0) & mask
    while ((this.#slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask
    this.#slots[slot] = id
  }

  #grow(): void {
    const size = this.#tag.length * 2
    const [tag, number, end, hash] = [this.#tag, this.#number, this.#end, this.#hash]
    this.#tag = new Uint8Array(size)
    this.#number = new Float64Array(size)
    this.#end = new Uint32Array(size)
    this.#hash = new Int32Array(size)
    this.#tag.set(tag)
    this.#number.set(number)
    this.#end.set(end)
    this.#hash.set(hash)
  }
}

/** The finalizer of MurmurHash3, by Appleby: every bit of the input reaches every bit of the output. */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes)
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}
