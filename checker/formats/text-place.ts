/** Lines and columns of a text, from 1. */

export interface Place {
  readonly line: number
  readonly column: number
}

/** Remembers where it was last, since places are mostly asked for in order. */
export class Places {
  readonly #text: string
  #lineStart = 0
  #line = 1

  constructor(text: string) {
    this.#text = text
  }

  at(offset: number): Place {
    if (offset < this.#lineStart) {
      this.#lineStart = 0
      this.#line = 1
    }
    for (let end = this.#text.indexOf('\n', this.#lineStart); end !== -1 && end < offset; ) {
      this.#line++
      this.#lineStart = end + 1
      end = this.#text.indexOf('\n', this.#lineStart)
    }
    return { line: this.#line, column: offset - this.#lineStart + 1 }
  }
}
