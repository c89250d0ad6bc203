/**
 * What stands between the values of op maps is mostly the same in op after op: `{:index `, `, :time `, `, :type ` and
 * so on. So it is held against that of the op before, as one text, and only where it differs is it read.
 */
import type { EdnReader } from './edn.ts'
import type { Edn } from './edn-values.ts'

interface Between {
  readonly text: string
  readonly key: Edn
}

export class LikelyKeys {
  readonly #text: string
  readonly #reader: EdnReader
  readonly #known: Between[] = []

  constructor(text: string, reader: EdnReader) {
    this.#text = text
    this.#reader = reader
  }

  /**
   * Goes to the value of the op's field at this place, from behind the value before, and gives its key; `undefined`,
   * without going anywhere, where it is not known by heart.
   */
  next(place: number): Edn | undefined {
    const known = this.#known[place]
    return known !== undefined && this.#reader.goPast(known.text) ? known.key : undefined
  }

  /** Says which key the reader found at a place, from where it stood before to where its value begins now. */
  note(place: number, from: number, key: Edn): void {
    // The places come one after another, so there is no gap.
    this.#known[place] = { text: this.#text.slice(from, this.#reader.at), key }
  }
}
