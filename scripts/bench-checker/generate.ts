/**
 * Synthetic histories of registers, of any length, each a function of its shape and seed: clients that are always
 * busy or not, operations that take effect at a random moment of their interval, some that nobody hears of again.
 * They are legal; `damage.ts` makes others of them.
 */
import type { KvInput, KvOutput, KvValue } from '../../checker/models/kv.ts'
import type { Operation } from '../../checker/operation.ts'
import { type Draw, drawFrom } from './draw.ts'

export type KvOperation = Operation<KvInput, KvOutput>

export interface Shape {
  readonly operations: number
  readonly clients: number
  /** How long a client rests between operations, on average, as a multiple of what one takes; 0: always busy. */
  readonly idle: number
  /** Percent of the operations whose end nobody sees. Half of them take effect, perhaps long after. */
  readonly indeterminate: number
  readonly keys: number
  /** How many values are written: 0 to that minus 1; or each write its own. */
  readonly values: number | 'unique'
  /** What a refused compare-and-set answers: what it found, or that it was refused. */
  readonly refusals: 'found' | 'blind'
  /**
   * What a compare-and-set expects: what its client last saw or what is there (many succeed, and each that does ties
   * the orders of many others), or any value (few do, as with Jepsen's stock test).
   */
  readonly aims: 'seen' | 'any'
  /** Percent of the operations that are deletes. */
  readonly deletes: number
  readonly seed: number
}

/** Of what is no delete; the rest are compare-and-sets. */
const readShare = 40
const writeShare = 30
const shortestUs = 10
const longestUs = 210
/** A pending operation takes effect within this time, if at all. */
const lingerUs = 2000

/** In the order of their calls. Ids count from 0. Legal. */
export function generate(shape: Shape): KvOperation[] {
  const draw = drawFrom(shape.seed)
  const drafts = schedule(shape, draw)
  const world = new World(shape, draw)
  const made = new Array<KvOperation>(shape.operations)
  for (const id of drafts.order) {
    const isPending = drafts.end[id] === Number.POSITIVE_INFINITY
    const { input, output } = world.take(id, (drafts.process[id] ?? 0) % shape.clients, !isPending || draw.percent(50))
    made[id] = {
      id,
      process: drafts.process[id] ?? 0,
      input,
      output: isPending ? undefined : output,
      call: drafts.call[id] ?? 0,
      return: drafts.end[id] ?? 0,
    }
  }
  return made
}

interface Drafts {
  readonly process: Int32Array
  readonly call: Float64Array
  readonly end: Float64Array
  /** Ids in the order in which they take effect. */
  readonly order: Iterable<number>
}

function schedule({ operations, clients, idle, indeterminate }: Shape, draw: Draw): Drafts {
  const process = new Int32Array(operations)
  const call = new Float64Array(operations)
  const end = new Float64Array(operations)
  const idBits = 2 ** 21
  const effects = new Float64Array(operations)
  const processOf = Int32Array.from({ length: clients }, (_none, client) => client)
  const freeAt = Float64Array.from({ length: clients }, () => draw.below(longestUs))
  for (let id = 0; id < operations; id++) {
    const client = earliest(freeAt)
    const callAt = freeAt[client] ?? 0
    const length = draw.between(shortestUs, longestUs)
    const isPending = draw.percent(indeterminate)
    process[id] = processOf[client] ?? 0
    call[id] = callAt
    end[id] = isPending ? Number.POSITIVE_INFINITY : callAt + length
    // The moment and the id in one number, so that sorting numbers sorts the operations.
    effects[id] = (callAt + draw.below(isPending ? lingerUs : length)) * idBits + id
    freeAt[client] = callAt + length + 1 + draw.below(idle * (shortestUs + longestUs))
    if (isPending) processOf[client] = (processOf[client] ?? 0) + clients
  }
  effects.sort()
  return { process, call, end, order: effects.values().map((effect) => effect % idBits) }
}

function earliest(times: Float64Array): number {
  let best = 0
  for (let i = 1; i < times.length; i++) if ((times[i] ?? 0) < (times[best] ?? 0)) best = i
  return best
}

/** The registers, and what each client last saw of each. */
class World {
  readonly #shape: Shape
  readonly #draw: Draw
  readonly #names: readonly (string | undefined)[]
  readonly #held: KvValue[]
  readonly #seen: KvValue[]

  constructor(shape: Shape, draw: Draw) {
    this.#shape = shape
    this.#draw = draw
    this.#names = Array.from({ length: shape.keys }, (_none, key) => (shape.keys === 1 ? undefined : `k${key}`))
    this.#held = this.#names.map(() => null)
    this.#seen = new Array(shape.keys * shape.clients).fill(null)
  }

  take(id: number, client: number, takesEffect: boolean): { input: KvInput; output: KvOutput } {
    const key = this.#draw.below(this.#shape.keys)
    const input = this.#drawInput(id, key, client)
    const before = this.#held[key] ?? null
    const { after, output } = this.#apply(input, before)
    if (takesEffect) this.#held[key] = after
    this.#seen[client * this.#shape.keys + key] = after
    return { input, output }
  }

  #drawInput(id: number, key: number, client: number): KvInput {
    const name = this.#names[key]
    const at = name === undefined ? {} : { key: name }
    if (this.#draw.percent(this.#shape.deletes)) return { f: 'delete', ...at }
    const kind = this.#draw.below(100)
    if (kind < readShare) return { f: 'read', ...at }
    if (kind < readShare + writeShare) return { f: 'write', ...at, value: this.#drawValue(id) }
    if (this.#shape.aims === 'any') return { f: 'cas', ...at, value: [this.#drawValue(id), this.#drawValue(id)] }
    // A client expects what it last saw; often enough that is still there.
    const seen = this.#seen[client * this.#shape.keys + key] ?? null
    const from = this.#draw.percent(50) ? seen : (this.#held[key] ?? null)
    return { f: 'cas', ...at, value: [from, this.#drawValue(id)] }
  }

  #drawValue(id: number): number {
    return this.#shape.values === 'unique' ? id : this.#draw.below(this.#shape.values)
  }

  #apply(input: KvInput, before: KvValue): { after: KvValue; output: KvOutput } {
    switch (input.f) {
      case 'read':
        return { after: before, output: { value: before } }
      case 'cas': {
        const [from, to] = input.value
        if (before === from) return { after: to, output: { swapped: true } }
        const output = this.#shape.refusals === 'blind' ? { swapped: false } : { swapped: false, found: before }
        return { after: before, output }
      }
      case 'write':
        return { after: input.value, output: {} }
      default:
        return { after: null, output: {} }
    }
  }
}
