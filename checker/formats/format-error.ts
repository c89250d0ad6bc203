/** A history that can not be read. It never becomes a verdict. */
export class FormatError extends Error {
  /** Without the place. */
  readonly problem: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number

  constructor(message: string, line: number, column: number, options?: ErrorOptions) {
    super(`line ${line}, column ${column}: ${message}`, options)
    this.name = 'FormatError'
    this.problem = message
    this.line = line
    this.column = column
  }
}
