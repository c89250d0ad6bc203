/**
 * A key-value store as one object, for histories in which operations touch several keys at once: its state is the map
 * of all keys. Where every operation has one key, a model with `key` is the better choice. Its hints let the general
 * search look ahead key by key, and take keys apart that nothing joins. Where no operation touches several keys, each
 * key is decided on its own, as with the model of one.
 */
import type { Model, Simplified } from '../model.ts'
import type { Operation } from '../operation.ts'
import { decideKeyByKey, noKey } from './key-by-key.ts'
import type { KvInput, KvModel, KvOutput, KvState } from './kv.ts'
import { simplifyKv } from './kv-simplify.ts'

/** One operation on a key, or a transaction: several at one moment, in this order. */
export type WholeKvInput = KvInput | { readonly f: 'txn'; readonly value: readonly KvInput[] }

/** That of the operation; of a transaction, one for each of its operations, as far as it showed them. */
export type WholeKvOutput = KvOutput | { readonly results: readonly (KvOutput | undefined)[] }

/** Keys that were never touched are absent. */
export type WholeKvState = Readonly<Record<string, KvState>>

export type WholeKvModel = Model<WholeKvState, WholeKvInput, WholeKvOutput>

type WholeOperation = Operation<WholeKvInput, WholeKvOutput>

/** What an operation does to one of its keys. */
interface Part {
  readonly input: KvInput
  readonly output: KvOutput | undefined
}

const refused: readonly WholeKvState[] = []

/** A model of the whole store, each of whose keys is as `each` says. */
export function wholeKv(each: KvModel): WholeKvModel {
  const model = modelOf(() => each, each)
  return {
    ...model,
    procedures: [
      {
        name: 'key by key',
        decide(asked, operations, limits) {
          // A model made of this one, with a step or a beginning of its own, is another model.
          const isThis = asked.step === model.step && asked.init === model.init
          return isThis && areSingle(operations) ? decideKeyByKey(each, operations, limits) : undefined
        },
      },
    ],
  }
}

function areSingle(operations: readonly WholeOperation[]): operations is readonly Operation<KvInput, KvOutput>[] {
  return operations.every(({ input, output }) => input.f !== 'txn' && (output === undefined || !('results' in output)))
}

function modelOf(of: (key: string) => KvModel, each: KvModel): WholeKvModel {
  const stateOf = (state: WholeKvState, key: string) => state[key] ?? of(key).init()
  const isReadOnly = ({ input, output }: Part) => each.readOnly?.(input, output) === true
  return {
    init: () => ({}),
    step(state, input, output) {
      let whole = state
      for (const part of partsOf(input, output)) {
        const key = part.input.key ?? noKey
        const before = stateOf(whole, key)
        const [after] = of(key).step(before, part.input, part.output)
        if (after === undefined) return refused
        // A state that stays must stay the same state: the search asks for it where an operation is read-only.
        if (after.value !== before.value || after.version !== before.version) whole = { ...whole, [key]: after }
      }
      return [whole]
    },
    readOnly: (input, output) => partsOf(input, output).every(isReadOnly),
    scope: (input) => (input.f === 'txn' ? input.value.map(({ key = noKey }) => key) : (input.key ?? noKey)),
    // Of a transaction, what it sees after it has itself changed the key says nothing of the state before.
    lost: (state, input, output) => {
      const changed = new Set<string>()
      return partsOf(input, output).some((part) => {
        const key = part.input.key ?? noKey
        if (changed.has(key)) return false
        changed.add(key)
        return isOutOfReach(of(key), stateOf(state, key), part)
      })
    },
    resets: (input) => partsOf(input, undefined).some((part) => part.input.f !== 'read' && part.input.f !== 'append'),
    observes: (input, output) => partsOf(input, output).some((part) => part.output?.value !== undefined),
    simplify: (operations) => simplify(each, operations),
    weaken: (output) => ('results' in output ? output : (each.weaken?.(output) ?? output)),
    describeOperation: (input, output) =>
      partsOf(input, output)
        .map((part) => describe(each, part))
        .join('; '),
    describeState: (state) => JSON.stringify(state),
  }
}

/** By versions, which only grow, or, as long as nothing resets the key, by a text that only grows. */
function isOutOfReach(model: KvModel, state: KvState, { input, output }: Part): boolean {
  if (model.lost?.(state, input, output) === true) return true
  if (input.f !== 'read' || output?.value === undefined || output.value === state.value) return false
  return state.value !== null && !(typeof output.value === 'string' && output.value.startsWith(String(state.value)))
}

function partsOf(input: WholeKvInput, output: WholeKvOutput | undefined): readonly Part[] {
  if (input.f !== 'txn') return [{ input, output: output !== undefined && !('results' in output) ? output : undefined }]
  const results = output !== undefined && 'results' in output ? output.results : []
  return input.value.map((each, i) => ({ input: each, output: results[i] }))
}

function describe(each: KvModel, { input, output }: Part): string {
  return each.describeOperation?.(input, output) ?? input.f
}

/** Key by key, as the model of one key does it. */
function simplify(
  each: KvModel,
  operations: readonly WholeOperation[],
): Simplified<WholeKvState, WholeKvInput, WholeKvOutput> {
  const byKey = new Map<string, Operation<KvInput, KvOutput>[]>()
  for (const { input, output, ...rest } of operations) {
    for (const part of partsOf(input, output)) {
      const key = part.input.key ?? noKey
      const alone = { ...rest, input: part.input, output: part.output }
      const others = byKey.get(key)
      if (others === undefined) byKey.set(key, [alone])
      else others.push(alone)
    }
  }
  const simple = new Map([...byKey].map(([key, ofKey]) => [key, simplifyKv(each, ofKey)]))
  const models = new Map([...simple].map(([key, { model }]) => [key, { ...each, ...model }]))
  const next = new Map<string, number>()
  const inputOf = (given: KvInput): KvInput => {
    const key = given.key ?? noKey
    const place = next.get(key) ?? 0
    next.set(key, place + 1)
    return simple.get(key)?.operations[place]?.input ?? given
  }
  return {
    model: modelOf((key) => models.get(key) ?? each, each),
    operations: operations.map((operation) => {
      const { input } = operation
      return { ...operation, input: input.f === 'txn' ? { ...input, value: input.value.map(inputOf) } : inputOf(input) }
    }),
  }
}
