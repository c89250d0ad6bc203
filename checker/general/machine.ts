/**
 * A model's states and operations as small integers, with every step that was taken remembered. Where a step leads to
 * several states, the search goes on from the set of them (the power set construction): a set is one more number, and
 * which of its states it was is never branched on. Deterministic models have no sets and pay nothing for them.
 */
import type { Model, StepContext } from '../model.ts'
import type { Operation } from '../operation.ts'
import { Transitions, unknownStep } from './transitions.ts'
import { Tuples } from './tuples.ts'
import { Values } from './values.ts'

/** The answer of `successor` where the operation is refused. */
export const refused = -1
/** The same, where the model says that no later state accepts it either. */
export const lost = -2

/** The tables behind a machine. They serve one machine at a time and are used again by the next. */
export class MachineTables {
  readonly values = new Values()
  readonly classes = new Tuples()
  readonly sets = new Tuples()
  readonly transitions = new Transitions()
  /** (state, class) -> whether `Model.lost` holds. */
  readonly losses = new Transitions()
  readonly pair = new Int32Array(2)

  get bytes(): number {
    const { values, classes, sets, transitions, losses } = this
    return values.bytes + classes.bytes + sets.bytes + transitions.bytes + losses.bytes
  }

  reset(): void {
    this.values.reset()
    this.classes.reset()
    this.sets.reset()
    this.transitions.reset()
    this.losses.reset()
  }
}

interface OperationClass<I, O> {
  readonly input: I
  readonly output: O | undefined
  readonly isReadOnly: boolean
}

/** What a state takes outside the tables, about. */
const bytesPerState = 100

/** Operations with equal input and output are of one class; equal states have one number, and so have equal sets. */
export class Machine<S, I, O> {
  readonly initial: number
  /** A step was told that time is up. Whatever was found since means nothing. */
  hasExpired = false
  readonly #model: Model<S, I, O>
  readonly #tables: MachineTables
  readonly #transitions: Transitions
  readonly #context: StepContext | undefined
  /** By number; `undefined` at the number of a set. */
  readonly #states: (S | undefined)[] = []
  /** The states of each set, ascending, by the set's number. */
  readonly #members = new Map<number, Int32Array>()
  /** From the numbering of sets to the common one. */
  readonly #setNumbers: number[] = []
  /** From the numbering of values, or the model's own hash, to a state. */
  readonly #byValue = new Map<number, number>()
  readonly #byHash = new Map<string | number, number[]>()
  readonly #classes: OperationClass<I, O>[] = []

  /** The tables must be fresh or reset, and are the machine's alone as long as it is in use. */
  constructor(model: Model<S, I, O>, tables: MachineTables, context: StepContext | undefined) {
    this.#model = model
    this.#tables = tables
    this.#transitions = tables.transitions
    this.#context = context && {
      expired: () => {
        this.hasExpired ||= context.expired()
        return this.hasExpired
      },
    }
    this.initial = this.#numberOf(model.init())
  }

  get stateCount(): number {
    return this.#states.length
  }

  get classCount(): number {
    return this.#classes.length
  }

  get bytes(): number {
    return this.#tables.bytes + this.#states.length * bytesPerState
  }

  classOf({ input, output }: Operation<I, O>): number {
    const { values, classes, pair } = this.#tables
    pair[0] = values.numberOf(input)
    pair[1] = values.numberOf(output)
    const number = classes.numberOf(pair, 0, 2)
    if (number === this.#classes.length) {
      this.#classes.push({ input, output, isReadOnly: this.#model.readOnly?.(input, output) ?? false })
    }
    return number
  }

  isReadOnly(operationClass: number): boolean {
    return this.#classOf(operationClass).isReadOnly
  }

  /** The state (or set of states) after an operation of this class; `refused` or `lost` if there is none. */
  successor(state: number, operationClass: number): number {
    const known = this.#transitions.get(state, operationClass)
    return known === unknownStep ? this.#take(state, operationClass) : known
  }

  /** Whether the model says that nothing short of a reset leads from here to where the operation is accepted. */
  isLost(state: number, operationClass: number): boolean {
    const { losses } = this.#tables
    const known = losses.get(state, operationClass)
    if (known !== unknownStep) return known === 1
    const { input, output } = this.#classOf(operationClass)
    const states = this.#members.get(state) ?? [state]
    const isLost = states.every((each) => this.#model.lost?.(this.#state(each), input, output) === true)
    losses.set(state, operationClass, isLost ? 1 : 0)
    return isLost
  }

  #take(state: number, operationClass: number): number {
    const members = this.#members.size === 0 ? undefined : this.#members.get(state)
    const result = members === undefined ? this.#step(state, operationClass) : this.#stepAll(members, operationClass)
    if (this.hasExpired) return refused
    this.#transitions.set(state, operationClass, result)
    return result
  }

  #step(state: number, operationClass: number): number {
    const current = this.#state(state)
    const { input, output, isReadOnly } = this.#classOf(operationClass)
    const found = this.#model.step(current, input, output, this.#context)
    const [first] = found
    if (found.length === 0) return this.#isLostForGood(current, input, output) ? lost : refused
    // The list is not empty, so this is a state, also where a state may be `undefined`.
    const result =
      found.length === 1 ? this.#numberOf(first as S) : this.#setOf(found.map((next) => this.#numberOf(next)))
    if (isReadOnly && result !== state && !this.hasExpired) {
      throw new Error(`the model calls ${shown(input)} read-only, but it changes ${shown(current)}`)
    }
    return result
  }

  #isLostForGood(state: S, input: I, output: O | undefined): boolean {
    return this.#model.resets === undefined && this.#model.lost?.(state, input, output) === true
  }

  /** Of a set: wherever one of its states leads. */
  #stepAll(members: Int32Array, operationClass: number): number {
    const found: number[] = []
    let isLost = true
    for (const member of members) {
      const next = this.successor(member, operationClass)
      if (next !== lost) isLost = false
      if (next < 0) continue
      const several = this.#members.get(next)
      if (several === undefined) found.push(next)
      else found.push(...several)
    }
    if (found.length === 0) return isLost ? lost : refused
    return this.#setOf(found)
  }

  /** One number for these states, whatever their order and however often each is named. */
  #setOf(states: readonly number[]): number {
    const distinct = Int32Array.from(new Set(states)).sort()
    const [only] = distinct
    if (distinct.length === 1 && only !== undefined) return only
    const index = this.#tables.sets.numberOf(distinct, 0, distinct.length)
    const known = this.#setNumbers[index]
    if (known !== undefined) return known
    const number = this.#states.push(undefined) - 1
    this.#members.set(number, distinct)
    this.#setNumbers.push(number)
    return number
  }

  #numberOf(state: S): number {
    if (this.#model.equal !== undefined && this.#model.hash !== undefined) {
      return this.#amongAlike(state, this.#model.hash(state), this.#model.equal)
    }
    const value = this.#tables.values.numberOf(state)
    let number = this.#byValue.get(value)
    if (number === undefined) {
      number =
        this.#model.equal === undefined ? this.#states.push(state) - 1 : this.#amongAlike(state, 0, this.#model.equal)
      this.#byValue.set(value, number)
    }
    return number
  }

  #amongAlike(state: S, hash: string | number, equal: (a: S, b: S) => boolean): number {
    const bucket = this.#byHash.get(hash)
    if (bucket !== undefined) {
      for (const number of bucket) {
        if (equal(this.#state(number), state)) return number
      }
    }
    const number = this.#states.push(state) - 1
    if (bucket === undefined) this.#byHash.set(hash, [number])
    else bucket.push(number)
    return number
  }

  #state(number: number): S {
    // Asked with numbers of single states only, also where a state may be `undefined`.
    return this.#states[number] as S
  }

  #classOf(operationClass: number): OperationClass<I, O> {
    const found = this.#classes[operationClass]
    if (found === undefined) throw new Error(`there is no class ${operationClass}`)
    return found
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
