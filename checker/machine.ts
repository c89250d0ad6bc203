/** A model's states and operations as small integers, with every step that was taken remembered. */
import { fingerprint } from './fingerprint.ts'
import type { Model } from './model.ts'
import type { Operation } from './operation.ts'

/** The successors of a state in which an operation can no longer take place, nor in any state after it. */
const lost: readonly number[] = Object.freeze([])

/** Operations with equal input and output are of one class; equal states have one number. */
export class Machine<S, I, O> {
  readonly initial: number
  readonly #model: Model<S, I, O>
  readonly #states: S[] = []
  readonly #numbers = new Map<string | number, number[]>()
  readonly #classes: { readonly input: I; readonly output: O | undefined; readonly isReadOnly: boolean }[] = []
  readonly #classNumbers = new Map<string, number>()
  readonly #steps: Map<number, readonly number[]>[] = []

  constructor(model: Model<S, I, O>) {
    this.#model = model
    this.initial = this.#numberOf(model.init())
  }

  get stateCount(): number {
    return this.#states.length
  }

  classOf({ input, output }: Operation<I, O>): number {
    const name = `${fingerprint(input)} ${fingerprint(output)}`
    let number = this.#classNumbers.get(name)
    if (number === undefined) {
      number = this.#classes.length
      this.#classNumbers.set(name, number)
      this.#classes.push({ input, output, isReadOnly: this.#model.readOnly?.(input, output) ?? false })
    }
    return number
  }

  isReadOnly(operationClass: number): boolean {
    return this.#classes[operationClass]?.isReadOnly ?? false
  }

  /** The states after an operation of this class; none if it is refused. */
  successors(state: number, operationClass: number): readonly number[] {
    const known = this.#steps[state]?.get(operationClass)
    if (known !== undefined) return known
    const found = this.#step(state, operationClass)
    this.#steps[state]?.set(operationClass, found)
    return found
  }

  isLost(state: number, operationClass: number): boolean {
    return this.successors(state, operationClass) === lost
  }

  #step(state: number, operationClass: number): readonly number[] {
    const from = this.#states[state]
    const operation = this.#classes[operationClass]
    if (operation === undefined || state >= this.#states.length) throw new Error('an unknown state or operation')
    const { input, output } = operation
    // The index is in range, so this is a state, also where a state may be `undefined`.
    const current = from as S
    const found = [...new Set(this.#model.step(current, input, output).map((next) => this.#numberOf(next)))]
    if (operation.isReadOnly && found.some((next) => next !== state)) {
      throw new Error(`the model calls ${fingerprint(input)} read-only, but it changes ${fingerprint(current)}`)
    }
    return found.length === 0 && this.#model.lost?.(current, input, output) === true ? lost : found
  }

  #numberOf(state: S): number {
    const equal = this.#model.equal
    const hash = this.#model.hash?.(state) ?? (equal === undefined ? fingerprint(state) : 0)
    const bucket = this.#numbers.get(hash)
    const known = bucket?.find((number) => {
      const other = this.#states[number] as S // Buckets hold numbers of states only.
      return equal === undefined ? fingerprint(other) === fingerprint(state) : equal(other, state)
    })
    if (known !== undefined) return known
    const number = this.#states.length
    this.#states.push(state)
    this.#steps.push(new Map())
    if (bucket === undefined) this.#numbers.set(hash, [number])
    else bucket.push(number)
    return number
  }
}
