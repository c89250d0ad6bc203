/** One call of one client, from the moment it was made to the moment its answer was seen. What a checker reads. */

/**
 * A closed interval: operations that touch at one timestamp are concurrent. Times may be in any unit, on one clock.
 * A pending operation (`return` is Infinity) may take effect at any moment after its call, or never.
 */
export interface Operation<I, O> {
  /** Unique within a history. */
  readonly id: number
  /** The logical client. */
  readonly process: number
  readonly input: I
  /** `undefined`: nobody knows what came of it. */
  readonly output: O | undefined
  readonly call: number
  readonly return: number
}

export function isPending(operation: Operation<unknown, unknown>): boolean {
  return operation.return === Number.POSITIVE_INFINITY
}
