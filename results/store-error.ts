/** A run's directory could not be written: a failure of the environment, which says nothing about the system under test. */
export class StoreError extends Error {
  override readonly name = 'StoreError'

  /** `cause` is what the operating system said. */
  constructor(path: string, cause: unknown) {
    super(`could not write ${path}`, { cause })
  }
}

/** Gives what `write` gives, or throws a `StoreError` about `path`. */
export function storing<T>(path: string, write: () => T): T {
  try {
    return write()
  } catch (cause) {
    throw new StoreError(path, cause)
  }
}
