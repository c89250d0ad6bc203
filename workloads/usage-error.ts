/** What a person typed can not be done: says what was given, what was expected, and what to type instead. */
export interface Usage {
  readonly given: string
  readonly expected: string
  /** A command or option that would work. */
  readonly type: string
}

/** The third kind of error, beside bugs (assertions) and operating errors (replies): exit code 254. */
export class UsageError extends Error {
  readonly usage: Usage

  constructor(usage: Usage, options?: ErrorOptions) {
    super(`given ${usage.given}; expected ${usage.expected}. Type: ${usage.type}`, options)
    this.name = 'UsageError'
    this.usage = usage
  }
}
