/** Random histories of one register for tests of this folder, and the slowest way there is to decide them. */
import { casRegister, type KvModel, type KvOutput, withInitial } from '../models/index.ts'
import type { KvInput, KvState, KvValue } from '../models/kv.ts'
import { isPending, type Operation } from '../operation.ts'

export type KvOperation = Operation<KvInput, KvOutput>

/** Chances are in percent. */
export interface Shape {
  readonly operations: number
  /** Timestamps are integers below this; few of them make many equal. */
  readonly span: number
  readonly longest: number
  readonly pending: number
  readonly writes: number
  readonly deletes: number
  readonly swaps: number
  /** Of compare-and-sets, those that expect what some other operation wrote, not what is there. */
  readonly misses: number
  /** Of refused ones, those that do not say what they met. */
  readonly blind: number
  /** Of written values, those that were written before or were there at first. */
  readonly repeated: number
  /** Of compare-and-sets, those that put what they expect. */
  readonly same: number
  /** Of histories, those of which one output is not what the register said. */
  readonly damaged: number
}

export const plain: Shape = {
  operations: 7,
  span: 14,
  longest: 6,
  pending: 20,
  writes: 30,
  deletes: 0,
  swaps: 30,
  misses: 20,
  blind: 0,
  repeated: 0,
  same: 3,
  damaged: 50,
}

/** mulberry32: integers from 0 to below `bound`. */
export function chances(seed: number): (bound: number) => number {
  let state = seed >>> 0
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % bound
  }
}

/** A register takes operations at random moments in their intervals; then, perhaps, one output is changed. */
export function randomHistory(shape: Shape, seed: number): { model: KvModel; operations: KvOperation[] } {
  const below = chances(Math.imul(seed, 0x9e3779b1) + shape.operations)
  const percent = (chance: number) => below(100) < chance
  const model = withInitial(casRegister, percent(30) ? 'first' : null)
  const written: KvValue[] = [model.init().value]
  const drafts = Array.from({ length: 1 + below(shape.operations) }, (_, id) => {
    const call = below(shape.span)
    const end = call + below(shape.longest)
    const isOpen = percent(shape.pending)
    return { id, call, end, isOpen, moment: call + (below(100) / 100) * (isOpen ? shape.span : end - call) }
  }).sort((a, b) => a.moment - b.moment || a.id - b.id)
  let state: KvState = model.init()
  const draw = (): KvValue => {
    if (percent(shape.repeated)) return written[below(written.length)] ?? null
    const value = percent(20) ? `v${written.length}` : 100 + written.length
    written.push(value)
    return value
  }
  const operations = drafts.map(({ id, call, end, isOpen }): KvOperation => {
    const kind = below(100)
    let input: KvInput = { f: 'read' }
    if (kind < shape.writes) input = { f: 'write', value: draw() }
    else if (kind < shape.writes + shape.deletes) input = { f: 'delete' }
    else if (kind < shape.writes + shape.deletes + shape.swaps) {
      const from = percent(shape.misses) ? (written[below(written.length)] ?? null) : state.value
      input = { f: 'cas', value: [from, percent(shape.same) ? from : draw()] }
    }
    const before = state
    if (!isOpen || percent(60)) state = model.step(state, input, undefined)[0] ?? state
    let output: KvOutput = {}
    if (input.f === 'read') output = percent(97) ? { value: before.value } : {}
    if (input.f === 'cas') {
      const swapped = before.value === input.value[0]
      output = swapped || percent(shape.blind) ? { swapped } : { swapped, found: before.value }
    }
    const returned = isOpen ? Number.POSITIVE_INFINITY : end
    return { id, process: id, input, output: isOpen ? undefined : output, call, return: returned }
  })
  if (percent(shape.damaged)) damage(operations, written, below)
  return { model, operations: operations.sort((a, b) => ((a.id * 7) % 5) - ((b.id * 7) % 5)) }
}

function damage(operations: KvOperation[], written: readonly KvValue[], below: (bound: number) => number): void {
  const at = below(operations.length)
  const victim = operations[at]
  if (victim?.output === undefined) return
  const value = below(12) === 0 ? 'nobody' : (written[below(written.length)] ?? null)
  let output = victim.output
  if (victim.input.f === 'read') output = { value }
  if (victim.input.f === 'cas')
    output = below(2) === 0 ? { swapped: output.swapped !== true } : { ...output, found: value }
  operations[at] = { ...victim, output }
}

/** Tries all orders of all subsets that hold what returned. */
export function bruteForce(model: KvModel, operations: readonly KvOperation[]): 'valid' | 'illegal' {
  const extend = (state: KvState, rest: readonly KvOperation[]): boolean => {
    if (rest.every(isPending)) return true
    const earliest = Math.min(...rest.map((each) => each.return))
    return rest.some((next) => {
      if (next.call > earliest) return false
      const left = rest.filter((other) => other !== next)
      return model.step(state, next.input, next.output).some((after) => extend(after, left))
    })
  }
  return extend(model.init(), operations) ? 'valid' : 'illegal'
}
