/**
 * Two judges that know no cleverness, to hold the engines against. One is Wing & Gong's search with nothing but a
 * memory of (operations placed, state), over its own reading of what operations do; the other tries every order and
 * asks the model itself. They share no code with the checker, nor with each other.
 */
import type { KvInput, KvModel, KvOutput, KvState, KvValue } from '../../checker/models/kv.ts'
import type { Operation } from '../../checker/operation.ts'

export type KvOperation = Operation<KvInput, KvOutput>

/** More do not fit into the bits of one integer. */
export const mostOperations = 30

/** `undefined`: not decided within that many configurations. */
export function legalByMemory(
  initial: KvValue,
  operations: readonly KvOperation[],
  maxConfigurations: number,
): boolean | undefined {
  if (operations.length > mostOperations) throw new RangeError(`${operations.length} operations do not fit`)
  const before = predecessors(operations)
  const required = requiredOf(operations)
  const world = new World(initial, operations)
  const seen = new Seen()
  let left = maxConfigurations
  const canEnd = (placed: number, state: number): boolean => {
    if ((placed & required) === required) return true
    if (!seen.add(placed, state) || left <= 0) return false
    left--
    for (const [index, needed] of before.entries()) {
      if ((placed & (1 << index)) !== 0 || (placed & needed) !== needed) continue
      const next = world.after(state, index)
      if (next >= 0 && canEnd(placed | (1 << index), next)) return true
    }
    return false
  }
  const isLegal = canEnd(0, 0)
  return isLegal || left > 0 ? isLegal : undefined
}

/** Every order of every subset that holds all operations that returned, until one is legal. For up to 8 operations. */
export function legalByPermutations(model: KvModel, operations: readonly KvOperation[]): boolean {
  const before = predecessors(operations)
  const required = requiredOf(operations)
  const canEnd = (placed: number, state: KvState): boolean => {
    if ((placed & required) === required) return true
    return operations.some((operation, index) => {
      const needed = before[index] ?? 0
      if ((placed & (1 << index)) !== 0 || (placed & needed) !== needed) return false
      return model.step(state, operation.input, operation.output).some((next) => canEnd(placed | (1 << index), next))
    })
  }
  return canEnd(0, model.init())
}

/** What is wrong with an order as a linearization of these operations, or `undefined`. The order holds indexes. */
export function objectionTo(
  order: ArrayLike<number>,
  initial: KvValue,
  operations: readonly KvOperation[],
): string | undefined {
  const placed = new Set<number>()
  let state: KvState = { value: initial, version: 0 }
  let latestCall = Number.NEGATIVE_INFINITY
  for (const index of Array.from(order)) {
    const operation = operations[index]
    if (operation === undefined) return `there is no operation ${index}`
    if (placed.has(index)) return `operation ${index} stands in it twice`
    placed.add(index)
    latestCall = Math.max(latestCall, operation.call)
    if (operation.return < latestCall) return `operation ${index} had returned before one ahead of it was called`
    const next = effect(state, operation)
    if (next === undefined) return `operation ${index} can not have answered so`
    state = next
  }
  const missing = operations.findIndex((operation, index) => operation.return < Infinity && !placed.has(index))
  return missing < 0 ? undefined : `operation ${missing} is missing`
}

/** For each operation, those that returned before it was called, as bits. */
function predecessors(operations: readonly KvOperation[]): readonly number[] {
  return operations.map(({ call }) => {
    let bits = 0
    for (const [index, other] of operations.entries()) if (other.return < call) bits |= 1 << index
    return bits
  })
}

function requiredOf(operations: readonly KvOperation[]): number {
  let bits = 0
  for (const [index, operation] of operations.entries()) if (operation.return < Infinity) bits |= 1 << index
  return bits
}

/** States by number, and where each operation leads from each. */
class World {
  readonly #operations: readonly KvOperation[]
  readonly #states: KvState[]
  readonly #numbers = new Map<string, number>()
  /** Per state, per operation: the next state plus 2, 1 if it refuses, 0 if nobody has asked yet. */
  readonly #steps: number[][] = []

  constructor(initial: KvValue, operations: readonly KvOperation[]) {
    this.#operations = operations
    this.#states = []
    this.#number({ value: initial, version: 0 })
  }

  /** -1: this operation can not have answered so in this state. */
  after(state: number, index: number): number {
    const steps = this.#steps[state] ?? []
    const known = steps[index] ?? 0
    if (known > 0) return known - 2
    const from = this.#states[state]
    const operation = this.#operations[index]
    if (from === undefined || operation === undefined) throw new RangeError('no such state or operation')
    const to = effect(from, operation)
    const next = to === undefined ? -1 : this.#number(to)
    steps[index] = next + 2
    return next
  }

  #number(state: KvState): number {
    const name = `${state.version} ${typeof state.value} ${state.value}`
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const number = this.#states.length
    this.#states.push(state)
    this.#steps.push(new Array(this.#operations.length).fill(0))
    this.#numbers.set(name, number)
    return number
  }
}

/** What an operation makes of a state; `undefined` where it would have answered otherwise. */
function effect({ value, version }: KvState, { input, output = {} }: KvOperation): KvState | undefined {
  const next = { value, version }
  const change = (to: KvValue): void => {
    next.value = to
    next.version++
  }
  if (input.f === 'read' && output.value !== undefined && output.value !== value) return undefined
  if (input.f === 'write') change(input.value)
  if (input.f === 'delete') change(null)
  if (input.f === 'append') change((value === null ? '' : String(value)) + input.value)
  if (input.f === 'cas') {
    const [from, to] = input.value
    const isMet = value === from
    if (output.swapped !== undefined && output.swapped !== isMet) return undefined
    if (!isMet && output.found !== undefined && output.found !== value) return undefined
    if (isMet) change(to)
  }
  return output.version === undefined || output.version === next.version ? next : undefined
}

/** A set of pairs of integers. */
class Seen {
  #slots = new Int32Array(2 * 256)
  #count = 0

  /** False if it was there. */
  add(bits: number, state: number): boolean {
    if (4 * this.#count > this.#slots.length) this.#grow()
    const at = this.#find(bits, state + 1)
    if (this.#slots[at + 1] !== 0) return false
    this.#slots[at] = bits
    this.#slots[at + 1] = state + 1
    this.#count++
    return true
  }

  #find(bits: number, mark: number): number {
    const mask = this.#slots.length / 2 - 1
    let hash = Math.imul(bits ^ Math.imul(mark, 0x9e3779b1), 0x85ebca6b)
    hash ^= hash >>> 15
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const found = this.#slots[2 * i + 1]
      if (found === 0 || (found === mark && this.#slots[2 * i] === bits)) return 2 * i
    }
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Int32Array(2 * old.length)
    for (let i = 0; i < old.length; i += 2) {
      const bits = old[i] ?? 0
      const mark = old[i + 1] ?? 0
      if (mark === 0) continue
      const at = this.#find(bits, mark)
      this.#slots[at] = bits
      this.#slots[at + 1] = mark
    }
  }
}
