/**
 * Which operations can matter to the one with the next return: those joined to it, through scopes in common, by what is
 * under way. Only they are tried before it.
 *
 * Sound: take any completion, and in it the operations before the one with the next return. Those that are not joined
 * to it have no scope in common with any that is, so they can be moved, in their order, behind it: nobody notices, and
 * they still come before all that came later. So there is a completion, as long as that one, that begins with a joined
 * operation. The same holds for orders that pass some returns only. (This is a persistent set in the sense of Godefroid
 * 1996, and Lowe's just-in-time linearization, restricted to a footprint.)
 */

import { at } from '../ints.ts'
import type { Model } from '../model.ts'
import type { Operation } from '../operation.ts'
import type { Entries } from './entries.ts'
import { scopeNames } from './scopes.ts'

export class Footprint {
  /** By class: where its scopes begin; those of the next one begin where they end. */
  readonly #first: Int32Array
  readonly #scopes: Int32Array
  /** By scope: when it was last joined. */
  readonly #joinedAt: Int32Array
  #time = 0

  /** `undefined` where the model names no scopes, or all operations share one. */
  static of<S, I, O>(
    model: Model<S, I, O>,
    operations: readonly Operation<I, O>[],
    { required, index }: Entries,
    classes: Int32Array,
    classCount: number,
  ): Footprint | undefined {
    const named = scopeNames(model, operations)
    if (named === undefined) return undefined
    const numbers = new Map<string, number>()
    const scopes: (readonly number[])[] = new Array(classCount).fill([])
    for (let number = 0; number <= operations.length; number++) {
      if (number === required) continue
      scopes[at(classes, number)] = (named[at(index, number)] ?? []).map((name) => {
        const known = numbers.get(name) ?? numbers.size
        numbers.set(name, known)
        return known
      })
    }
    return numbers.size < 2 ? undefined : new Footprint(scopes, numbers.size)
  }

  constructor(scopes: readonly (readonly number[])[], count: number) {
    this.#scopes = Int32Array.from(scopes.flat())
    this.#joinedAt = new Int32Array(count)
    this.#first = new Int32Array(scopes.length + 1)
    for (const [each, { length }] of scopes.entries()) this.#first[each + 1] = at(this.#first, each) + length
  }

  /** Starts again from the scopes of this class. */
  begin(operationClass: number): void {
    this.#time++
    this.#joinAll(operationClass)
  }

  /** Joins the scopes of a class if it has one that is joined. True if there are more now. */
  extend(operationClass: number): boolean {
    const scopes = at(this.#first, operationClass + 1) - at(this.#first, operationClass)
    return scopes > 1 && this.has(operationClass) && this.#joinAll(operationClass)
  }

  /** Whether a scope of this class is joined. */
  has(operationClass: number): boolean {
    const end = at(this.#first, operationClass + 1)
    for (let i = at(this.#first, operationClass); i < end; i++) {
      if (at(this.#joinedAt, at(this.#scopes, i)) === this.#time) return true
    }
    return false
  }

  #joinAll(operationClass: number): boolean {
    const end = at(this.#first, operationClass + 1)
    let isMore = false
    for (let i = at(this.#first, operationClass); i < end; i++) {
      const scope = at(this.#scopes, i)
      if (at(this.#joinedAt, scope) === this.#time) continue
      this.#joinedAt[scope] = this.#time
      isMore = true
    }
    return isMore
  }
}
