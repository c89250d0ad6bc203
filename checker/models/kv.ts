/**
 * One key of a key-value store: what reads, writes, deletes, appends and compare-and-sets do to it. The models in
 * this folder are this one with some of these operations each.
 */
import type { Model } from '../model.ts'
import type { Procedure } from '../procedure.ts'
import { appends } from '../register/appends.ts'
import { blocks, greedy, registerSearch } from '../register/procedures.ts'
import { versions } from '../register/versions.ts'
import { removableGroups } from './kv-core.ts'
import { relaxedKv } from './kv-relaxed.ts'
import { shrinkingKv } from './kv-shrink.ts'
import { simplifyKv } from './kv-simplify.ts'

/** A stored value; `null` stands for an absent one. */
export type KvValue = string | number | boolean | null

export type KvInput =
  | { readonly f: 'read'; readonly key?: string }
  | { readonly f: 'write'; readonly key?: string; readonly value: KvValue }
  | { readonly f: 'delete'; readonly key?: string }
  /** Adds text at the end; an absent value counts as ''. */
  | { readonly f: 'append'; readonly key?: string; readonly value: string }
  /** Puts `value[1]` if `value[0]` is there (`null`: if nothing is there). */
  | { readonly f: 'cas'; readonly key?: string; readonly value: readonly [from: KvValue, to: KvValue] }

/**
 * What an operation showed; a field that is missing was not observed. `version` counts the key's changes from 0 and
 * is the one after the operation. `found` is what a refused compare-and-set met; without it, it met "not `from`".
 */
export interface KvOutput {
  /** With `read`. */
  readonly value?: KvValue
  readonly version?: number
  /** With `cas`. */
  readonly swapped?: boolean
  readonly found?: KvValue
}

export interface KvState {
  readonly value: KvValue
  readonly version: number
}

export interface KvModel extends Model<KvState, KvInput, KvOutput> {
  /** The operations that this model knows; others are an error. */
  readonly functions: readonly KvInput['f'][]
}

type KvProcedure = Procedure<KvState, KvInput, KvOutput>

const refused: readonly KvState[] = []

/** A model of the given operations, on keys that are absent at first. */
export function kvModel(functions: readonly KvInput['f'][]): KvModel {
  const ownStep: KvModel['step'] = (state, input, output) => {
    if (!functions.includes(input.f)) throw new Error(`the model knows ${functions.join(', ')}, but not ${input.f}`)
    return step(state, input, output)
  }
  return {
    functions,
    init: () => ({ value: null, version: 0 }),
    key: (input) => input.key,
    step: ownStep,
    readOnly: (input, output) => input.f === 'read' || (input.f === 'cas' && output?.swapped === false),
    // Versions only grow.
    lost: (state, input, output) =>
      output?.version !== undefined && state.version > output.version - (changes(input, output) ? 1 : 0),
    equal: (a, b) => a.value === b.value && a.version === b.version,
    hash: (state) => `${state.version} ${typeof state.value} ${state.value}`,
    simplify(operations) {
      return simplifyKv(this, operations)
    },
    weaken(output) {
      const { version: _, ...rest } = output
      return rest
    },
    removable: removableGroups,
    relax(operations) {
      return relaxedKv(operations, () => this.init())
    },
    shrinking(operations) {
      return shrinkingKv(this, operations)
    },
    procedures: [greedy, versions, appends, blocks, registerSearch].map((procedure) => onlyFor(ownStep, procedure)),
    describeOperation: describe,
    describeState: (state) => JSON.stringify(state.value),
  }
}

/** The procedures know what this step means. A model made of this one with a step of its own is another model. */
function onlyFor(ownStep: KvModel['step'], { name, decide }: KvProcedure): KvProcedure {
  return {
    name,
    decide: (model, operations, limits) => (model.step === ownStep ? decide(model, operations, limits) : undefined),
  }
}

/** The same model with another value in every key at first, such as 0 or ''. */
export function withInitial(model: KvModel, value: KvValue): KvModel {
  return { ...model, init: () => ({ value, version: 0 }) }
}

function step(state: KvState, input: KvInput, output: KvOutput | undefined): readonly KvState[] {
  switch (input.f) {
    case 'read':
      return output?.value === undefined || output.value === state.value ? kept(state, output) : refused
    case 'write':
      return changed(state, input.value, output)
    case 'delete':
      return changed(state, null, output)
    case 'append':
      return changed(state, `${state.value ?? ''}${input.value}`, output)
    case 'cas':
      return compareAndSet(state, input.value, output)
    default:
      return input satisfies never
  }
}

function compareAndSet(state: KvState, [from, to]: readonly [KvValue, KvValue], output: KvOutput | undefined) {
  const matches = state.value === from
  if (output?.swapped !== undefined && output.swapped !== matches) return refused
  if (matches) return changed(state, to, output)
  return output?.found === undefined || output.found === state.value ? kept(state, output) : refused
}

function kept(state: KvState, output: KvOutput | undefined): readonly KvState[] {
  return output?.version === undefined || output.version === state.version ? [state] : refused
}

function changed(state: KvState, value: KvValue, output: KvOutput | undefined): readonly KvState[] {
  const version = state.version + 1
  return output?.version === undefined || output.version === version ? [{ value, version }] : refused
}

/** Whether the operation surely added one to the version. */
export function changes(input: KvInput, output: KvOutput | undefined): boolean {
  switch (input.f) {
    case 'read':
      return false
    case 'cas':
      return output?.swapped === true
    case 'write':
    case 'delete':
    case 'append':
      return true
    default:
      return input satisfies never
  }
}

function describe(input: KvInput, output: KvOutput | undefined): string {
  const name = input.key === undefined ? input.f : `${input.f} ${input.key}`
  const version = output?.version === undefined ? '' : ` (version ${output.version})`
  switch (input.f) {
    case 'read':
      return `${name} -> ${output?.value === undefined ? '?' : JSON.stringify(output.value)}${version}`
    case 'delete':
      return `${name}${output === undefined ? ' -> ?' : ''}${version}`
    case 'write':
    case 'append':
      return `${name} ${JSON.stringify(input.value)}${output === undefined ? ' -> ?' : ''}${version}`
    case 'cas': {
      const [from, to] = input.value
      return `${name} ${JSON.stringify(from)} to ${JSON.stringify(to)} -> ${describeSwap(output)}${version}`
    }
    default:
      return input satisfies never
  }
}

function describeSwap(output: KvOutput | undefined): string {
  if (output?.swapped === undefined) return '?'
  if (output.swapped) return 'done'
  return output.found === undefined ? 'refused' : `refused, found ${JSON.stringify(output.found)}`
}
