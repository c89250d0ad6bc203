/**
 * Numbers that Clojure tells apart and a double does not: `1` and `1.0`, `0.5` and `1/2`. A history whose values have
 * both could be checked as one that has them equal.
 */

/** Whatever stands for it: two numbers of one kind that become the same double are the same number. */
export function kindOf(token: string): string {
  // The same ratio has one spelling, but two may be one double.
  if (token.includes('/')) return token
  if (token.endsWith('M')) return 'decimal'
  return /[.eE]/.test(token) ? 'double' : 'integer'
}

interface Noted {
  readonly value: number
  readonly token: string
  readonly at: number
}

/** A number, as it is written, and where. */
export type OnNumber = (value: number, token: string, at: number) => void

export type Clash = (message: string, at: number) => never

export class NumberKinds {
  readonly #clash: Clash
  /** By value: how it was written first. A `Map` takes -0 for 0, so that they are one value of two kinds as well. */
  readonly #tokens = new Map<number, string>()
  #noted: Noted[] = []

  constructor(clash: Clash) {
    this.#clash = clash
  }

  note(value: number, token: string, at: number): void {
    this.#noted.push({ value, token, at })
  }

  /** What was noted belongs to no value of an op. */
  forget(): void {
    this.#noted = []
  }

  /** What was noted, but for so many at the beginning, belongs to a value. */
  keep(skipped = 0): void {
    for (const { value, token, at } of this.#noted.slice(skipped)) {
      const known = this.#tokens.get(value)
      if (known === undefined) this.#tokens.set(value, token)
      else if (kindOf(known) !== kindOf(token))
        this.#clash(`the values ${known} and ${token} could not be told apart`, at)
    }
    this.forget()
  }
}
