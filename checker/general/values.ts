/** Numbers values of any kind: equal plain data gets equal numbers, without a string being made of it. */
import { at, roomFor } from '../ints.ts'
import { Tuples } from './tuples.ts'

const arrayTag = -1
const objectTag = -2

/**
 * Plain data (primitives, arrays, plain objects) counts by content. Everything else counts by identity: to take two
 * different things for one would make a verdict wrong, the other way round only costs time.
 */
export class Values {
  /** Primitives, and what counts by identity. (To a Map, as here, -0 is 0 and NaN is NaN.) */
  readonly #atoms = new Map<unknown, number>()
  /** Arrays and objects as sequences of a tag and the numbers of what is in them. */
  readonly #compounds = new Tuples()
  #stack = new Int32Array(64)

  get bytes(): number {
    return this.#compounds.bytes
  }

  reset(): void {
    this.#atoms.clear()
    this.#compounds.reset()
  }

  numberOf(value: unknown): number {
    return this.#number(value, 0)
  }

  /** `top`: the stack is in use up to here. */
  #number(value: unknown, top: number): number {
    if (typeof value !== 'object' || value === null) return this.#atom(value)
    if (Array.isArray(value)) return this.#compound(top, this.#pushItems(value, top))
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return this.#atom(value)
    return this.#compound(top, this.#pushFields(value, top))
  }

  /** Even numbers are atoms, odd ones are compounds. */
  #atom(value: unknown): number {
    const known = this.#atoms.get(value)
    if (known !== undefined) return known
    const number = this.#atoms.size * 2
    this.#atoms.set(value, number)
    return number
  }

  #compound(start: number, end: number): number {
    return this.#compounds.numberOf(this.#stack, start, end) * 2 + 1
  }

  #pushItems(items: readonly unknown[], top: number): number {
    this.#stack = roomFor(this.#stack, top + 1 + items.length)
    this.#stack[top] = arrayTag
    let end = top + 1
    for (let i = 0; i < items.length; i++) {
      const item = this.#number(items[i], end)
      this.#stack[end++] = item
    }
    return end
  }

  /** Names and values in pairs, in the order of the names' numbers, so that the order of fields does not matter. */
  #pushFields(fields: object, top: number): number {
    this.#stack = roomFor(this.#stack, top + 1)
    this.#stack[top] = objectTag
    let end = top + 1
    for (const name of Object.keys(fields)) {
      this.#stack = roomFor(this.#stack, end + 2)
      const key = this.#atom(name)
      const field = this.#number((fields as Readonly<Record<string, unknown>>)[name], end + 2)
      const stack = this.#stack
      let place = end
      for (; place > top + 1 && at(stack, place - 2) > key; place -= 2) {
        stack[place] = at(stack, place - 2)
        stack[place + 1] = at(stack, place - 1)
      }
      stack[place] = key
      stack[place + 1] = field
      end += 2
    }
    return end
  }
}
