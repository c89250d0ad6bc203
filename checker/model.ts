/** What a correct system would do if operations came one at a time: the meaning of "right" that a history is held to. */
import type { Shrinking } from './explain/cores.ts'
import type { Operation } from './operation.ts'
import type { Procedure } from './procedure.ts'

/**
 * A sequential specification. Its functions are pure: the search calls them in any order and remembers what they
 * returned. States, inputs and outputs are best plain data; two instances of a class count as different values
 * (right, but slow) unless `equal` and `hash` say otherwise.
 */
export interface Model<S, I, O> {
  init(): S
  /**
   * The states in which the object may be after this operation with this output: none if it could not have
   * answered so, one in a deterministic model, several in a nondeterministic one. `output` is `undefined` when nobody
   * knows it: then every output is possible. A step that takes long asks `context` now and then, where it is given.
   */
  step(state: S, input: I, output: O | undefined, context?: StepContext): readonly S[]
  /** Operations with different keys never influence each other, so each key is checked on its own. */
  key?(input: I): string | undefined
  /**
   * For splits that no key of a single input expresses: groups of indexes, each operation in exactly one. Operations
   * of different groups never influence each other. Stands in for `key`.
   */
  partition?(operations: readonly Operation<I, O>[]): readonly (readonly number[])[]
  /**
   * True if an operation with this output surely leaves every state as it was. Such operations are placed as soon as
   * they fit, and never branched on. A wrong `true` is noticed, as an error.
   */
  readOnly?(input: I, output: O | undefined): boolean
  /**
   * True if no sequence of operations leads from `state` to one that accepts this input and output: the search turns
   * back there. It may always say `false`. Where there is `resets`, sequences count only in which no operation resets a
   * scope of this input.
   */
  lost?(state: S, input: I, output: O | undefined): boolean
  /**
   * A hint: the parts of the state that an operation touches, such as its key or keys; `undefined` if it may touch any.
   * Two operations without a common scope must never influence each other: neither changes what the other needs, sees
   * or leaves. With it the search splits histories of which nothing joins the parts, and looks further ahead by `lost`.
   */
  scope?(input: I): string | readonly string[] | undefined
  /**
   * A hint that goes with `lost`: true for operations after which what was lost may be in reach again, such as a write
   * where values otherwise only grow. Saying `true` too often costs time only.
   */
  resets?(input: I): boolean
  /**
   * A hint that goes with `scope` or `resets`: whether `lost` is worth asking about this operation before its turn. By
   * default, whether it is read-only. Any answer is sound.
   */
  observes?(input: I, output: O): boolean
  /** A hint: where there is a choice, operations with smaller numbers are tried first. Any numbers are sound. */
  order?(operation: Operation<I, O>): number
  /** Whether two states are the same. By default they are compared as plain data. */
  equal?(a: S, b: S): boolean
  /** Equal states have equal hashes. Needed for speed where `equal` is given. */
  hash?(state: S): string | number
  /**
   * The same question, easier to decide: called with the operations of one partition, it answers with a model and as
   * many operations in the same order, that differ in input and output only. They must have exactly the
   * linearizations that the given ones have. (The witness is replayed with the model and the operations as given.)
   */
  simplify?(operations: readonly Operation<I, O>[]): Simplified<S, I, O>
  /** The same output with less to hold against it. A legal history stays legal. Used to find a small core. */
  weaken?(output: O): O
  /**
   * Groups of operations, as indexes, that can be taken out of a history, each alone or several together, so that a
   * legal history stays legal. By default, each read-only operation alone. Used to find a small core.
   */
  removable?(operations: readonly Operation<I, O>[]): readonly (readonly number[])[]
  /**
   * A model that accepts every history that this one accepts, and of whose legal histories any operations can be taken
   * out; `undefined` if there is none for these operations. Used to find a smaller core than `removable` allows.
   */
  relax?(operations: readonly Operation<I, O>[]): Model<unknown, I, O> | undefined
  /**
   * Further steps that make an illegal history smaller while a legal one stays legal; `undefined` if there are none for
   * these operations. Used to find a small core.
   */
  shrinking?(operations: readonly Operation<I, O>[]): Shrinking<S, I, O> | undefined
  /** Faster ways to decide some histories of this model, tried in this order before the general search. */
  readonly procedures?: readonly Procedure<S, I, O>[]
  describeOperation?(input: I, output: O | undefined): string
  describeState?(state: S): string
}

/** What a slow step is told about the check that called it. */
export interface StepContext {
  /** True once the check's time is up. The step may then return anything: nothing is concluded from it any more. */
  expired(): boolean
}

export interface Simplified<S, I, O> {
  readonly model: Model<S, I, O>
  readonly operations: readonly Operation<I, O>[]
}
