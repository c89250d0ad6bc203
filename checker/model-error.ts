/**
 * A model that throws is its author's mistake, and should be told as such: which of its functions, on which operation,
 * and why. Nothing is watched while all goes well: only where something was thrown, the same is done again with a model
 * whose functions say who they are. (A model's functions are pure, so what was thrown once is thrown again.)
 */
import type { Model } from './model.ts'
import type { Operation } from './operation.ts'

export class ModelError extends Error {
  /** The function of the model that threw, or gave what it may not give, such as `step`; unless nobody knows. */
  readonly function: string | undefined
  /** The id of the operation that it was asked about, if it was one. */
  readonly operation: number | undefined

  constructor(
    message: string,
    of: { readonly function?: string | undefined; readonly operation?: number | undefined },
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ModelError'
    this.function = of.function
    this.operation = of.operation
  }
}

/** What `run` gives. Where it throws and the model is to blame, that is a `ModelError`. */
export function blaming<S, I, O, T>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  run: (model: Model<S, I, O>) => T,
): T {
  try {
    return run(model)
  } catch (error) {
    // What comes of the second time does not count, unless it is the model that throws.
    if (!(error instanceof ModelError)) resultOf(() => run(watched(model, operations)))
    throw error
  }
}

/** Throws a `ModelError` only. */
function resultOf(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (error instanceof ModelError) throw error
  }
}

/** The same model, each of whose functions throws nothing but a `ModelError`. */
function watched<S, I, O>(model: Model<S, I, O>, operations: readonly Operation<I, O>[]): Model<S, I, O> {
  const names = new Set(Object.keys(model))
  // A model may be of a class.
  for (let each = Reflect.getPrototypeOf(model); each !== null && each !== Object.prototype; ) {
    for (const name of Object.getOwnPropertyNames(each)) names.add(name)
    each = Reflect.getPrototypeOf(each)
  }
  const copy = { ...model }
  for (const name of names) {
    const found: unknown = Reflect.get(model, name)
    if (typeof found !== 'function') continue
    Reflect.set(copy, name, function (this: unknown, ...given: readonly unknown[]): unknown {
      const blame = (message: string, cause?: unknown) => blamed(name, given, operations, message, cause)
      let result: unknown
      try {
        // Fields that are private to the model's class are not the copy's.
        result = Reflect.apply(found, this === copy ? model : this, given)
      } catch (cause) {
        throw cause instanceof ModelError ? cause : blame(`threw ${told(cause)}`, cause)
      }
      if (name === 'step' && !Array.isArray(result)) {
        throw blame(`gave ${kindOf(result)}, where a list of the states that may follow was expected`)
      }
      return result
    })
  }
  return copy
}

function blamed(
  name: string,
  given: readonly unknown[],
  operations: readonly Operation<unknown, unknown>[],
  message: string,
  cause: unknown,
): ModelError {
  const operation = operationOf(name, given, operations)
  const about = operation === undefined ? '' : ` on operation ${operation.id} (${shown(operation)})`
  return new ModelError(`the model's ${name}${about} ${message}`, { function: name, operation: operation?.id }, cause)
}

/** The first operation that such a call is about: the search asks once for all that are alike. */
function operationOf(
  name: string,
  given: readonly unknown[],
  operations: readonly Operation<unknown, unknown>[],
): Operation<unknown, unknown> | undefined {
  const [first, second, third] = given
  const isSame = (input: unknown, output?: { readonly of: unknown }) =>
    operations.find((each) => each.input === input && (output === undefined || each.output === output.of))
  switch (name) {
    case 'step':
    case 'lost':
      return isSame(second, { of: third }) ?? isSame(second)
    case 'readOnly':
    case 'observes':
    case 'describeOperation':
      return isSame(first, { of: second }) ?? isSame(first)
    case 'key':
    case 'scope':
    case 'resets':
      return isSame(first)
    case 'weaken':
      return operations.find(({ output }) => output === first)
    case 'order':
      return operations.find((each) => each === first)
    default:
      return undefined
  }
}

const mostShown = 200

function shown({ input, output }: Operation<unknown, unknown>): string {
  return `input ${short(input)}, ${output === undefined ? 'no output' : `output ${short(output)}`}`
}

function short(value: unknown): string {
  const text = textOf(value)
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
}

/** Not everything has a JSON: neither a bigint nor what contains itself. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value)
  }
}

function told(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : short(cause)
}

function kindOf(value: unknown): string {
  return value instanceof Promise ? 'a promise' : short(value)
}
