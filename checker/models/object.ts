/** What the models of objects other than keys of a store have in common: how histories name what they ask and answer. */
import type { Json } from '../formats/event.ts'
import type { Model } from '../model.ts'
import type { Procedure } from '../procedure.ts'

/** What collections hold. `null` is no item: it stands for an answer without one. */
export type Item = string | number | boolean

/** An op as a history records it. */
export interface RecordedOp {
  readonly f: string
  readonly key?: string
  readonly value?: Json
  readonly process: number
  readonly client?: number
}

/** From what a history holds to a model's inputs and outputs. Throws an `UnreadableOp` for others. */
export interface Codec<I, O> {
  input(op: RecordedOp): I
  /** Of an op that was answered; `null` if with nothing. */
  output(input: I, output: Json): O
}

/** An op, or its answer, that a model does not have. Says what was expected. */
export class UnreadableOp extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UnreadableOp'
  }
}

/** A model that a recorded history can be held to by its name. */
export interface ObjectModel<S, I, O> extends Model<S, I, O> {
  /** What it is and what its operations are called, in one line. */
  readonly summary: string
  readonly codec: Codec<I, O>
}

/** The key of an op, as a field of an input. Histories of one object have none. */
export function keyOf({ key }: RecordedOp): { readonly key?: string } {
  return key === undefined ? {} : { key }
}

export function isItem(value: Json | undefined): value is Item {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

export function expected(wanted: string, f: string, given: Json | undefined): never {
  throw new UnreadableOp(`${f} needs ${wanted}, not ${JSON.stringify(given) ?? 'nothing'}`)
}

export function unknownFunction(f: string, known: readonly string[]): never {
  throw new UnreadableOp(`the model knows ${known.join(', ')}, but not ${JSON.stringify(f)}`)
}

/** `read "k"`, or without a key `read`. */
export function named({ f, key }: { readonly f: string; readonly key?: string }): string {
  return key === undefined ? f : `${f} ${key}`
}

/** `-> ?` where nobody knows the answer. */
export function answered(output: Json | undefined): string {
  return ` -> ${output === undefined ? '?' : JSON.stringify(output)}`
}

/**
 * Procedures know what a model's step means and how its object begins. A model made of it with a step of its own is
 * another model, and so is one that begins otherwise, unless `begins` says that this does not matter.
 */
export function onlyFor<S, I, O>(
  step: Model<S, I, O>['step'],
  begins: (state: S) => boolean,
  { name, decide }: Procedure<S, I, O>,
): Procedure<S, I, O> {
  return {
    name,
    decide: (model, operations, limits) =>
      model.step === step && begins(model.init()) ? decide(model, operations, limits) : undefined,
  }
}
