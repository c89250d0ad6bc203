/**
 * Reads texts as what made them: the value that was put there at first, then what was appended, one after the other.
 * That is possible in one way only where each appended token occurs once and none begins with another.
 */
import type { KvValue } from '../models/kv.ts'
import { textOf } from './versions-values.ts'

/** Which conditions are checked; a test switches each off, to see that it is needed. */
export interface ParseRules {
  /** A text may begin with any value that can have been put there; if several fit, it is ambiguous. */
  readonly allRoots: boolean
  /** No token begins with another. */
  readonly prefixFree: boolean
  /** A token that several operations append is ambiguous where it is seen. */
  readonly oneAppender: boolean
  /** A token stands in one place. */
  readonly onePlace: boolean
}

/**
 * A place in the history of a key: a value that was put there (0 to roots - 1), or what an append made of the place
 * before it (roots + the append's index).
 */
export type Place = number

export type Parsed =
  /** More than one way to read it, or too costly to tell. */
  | 'ambiguous'
  /** No way to read it. */
  | 'phantom'
  /** It has a token in another place than an earlier text had it. */
  | 'clash'
  | Place

export const unseen = -1
const several = -2
const mostLengths = 64

/** Where a chain of texts has been read so far; a longer text that begins with it goes on from there. */
interface Read {
  readonly text: string
  readonly place: Place
}

export class TextParser {
  /** For each append the place before it; `unseen` if no text has it. */
  readonly before: Int32Array
  /** For each append that was seen, the first text that showed it. */
  readonly shownBy: Int32Array
  /** False where texts do not tell what made them. */
  readonly isUsable: boolean
  readonly #rules: ParseRules
  readonly #roots = new Map<string, Place>()
  readonly #tokens = new Map<string, number>()
  readonly #rootLengths: readonly number[]
  readonly #tokenLengths: readonly number[]
  /** By the append of their first token. */
  readonly #chains = new Map<number, Read>()

  /** `tokens[i]`: what operation i appends. `roots`: the values that can have been put there. */
  constructor(roots: readonly KvValue[], tokens: readonly (string | undefined)[], rules: ParseRules) {
    this.#rules = rules
    for (const root of roots) this.#roots.set(textOf(root), this.#roots.size)
    for (const [i, token] of tokens.entries()) {
      if (token === undefined) continue
      this.#tokens.set(token, this.#tokens.has(token) && rules.oneAppender ? several : i)
    }
    this.#rootLengths = lengthsOf(this.#roots)
    this.#tokenLengths = lengthsOf(this.#tokens)
    this.before = new Int32Array(tokens.length).fill(unseen)
    this.shownBy = new Int32Array(tokens.length).fill(unseen)
    const areFew = this.#rootLengths.length <= mostLengths && this.#tokenLengths.length <= mostLengths
    // Two values that read the same, such as an absent one and '', can not be told apart below an append.
    const areDistinct = this.#roots.size === roots.length
    const isFree = !rules.prefixFree || isPrefixFree(this.#tokens, this.#tokenLengths)
    this.isUsable = areFew && areDistinct && !this.#tokens.has('') && isFree
  }

  /** Texts come in the order of their lengths. `by` is who saw it. */
  parse(text: string, by: number): Parsed {
    let found: { readonly root: Place; readonly path: Path } | undefined
    for (const length of this.#rootLengths) {
      if (length > text.length) break
      const root = this.#roots.get(text.slice(0, length))
      if (root === undefined) continue
      const path = this.#walk(text, length, root)
      if (path === 'ambiguous') return 'ambiguous'
      if (path === undefined) continue
      if (found !== undefined) return 'ambiguous'
      found = { root, path }
      if (!this.#rules.allRoots) break
    }
    return found === undefined ? 'phantom' : this.#keep(text, found.path, by)
  }

  /**
   * What was appended to a root from an offset on; `undefined` if that can not be read. A text that begins with one
   * that was read before goes on where that ended: tokens do not begin with each other, so they are the same.
   */
  #walk(text: string, start: number, root: Place): Path | 'ambiguous' | undefined {
    let offset = start
    let from = root
    let chain = unseen
    const appends: number[] = []
    while (offset < text.length) {
      const append = this.#appendAt(text, offset)
      if (append === several) return 'ambiguous'
      if (append === undefined) return undefined
      if (chain === unseen) {
        chain = append
        const read = this.before[append] === root ? this.#chains.get(append) : undefined
        if (read !== undefined && text.startsWith(read.text)) {
          offset = read.text.length
          from = read.place
          continue
        }
      }
      appends.push(append)
      offset += this.#length
    }
    return { chain, start: from, appends }
  }

  /** The length of the token that was found last. */
  #length = 0

  #appendAt(text: string, offset: number): number | undefined {
    for (const length of this.#tokenLengths) {
      if (offset + length > text.length) return undefined
      const append = this.#tokens.get(text.slice(offset, offset + length))
      if (append === undefined) continue
      this.#length = length
      return append
    }
    return undefined
  }

  #keep(text: string, { chain, start, appends }: Path, by: number): Parsed {
    let place = start
    const roots = this.#roots.size
    for (const append of appends) {
      const before = this.before[append] ?? unseen
      if (before !== unseen && before !== place && this.#rules.onePlace) return 'clash'
      if (before === unseen) {
        this.before[append] = place
        this.shownBy[append] = by
      }
      place = roots + append
    }
    if (chain !== unseen) this.#chains.set(chain, { text, place })
    return place
  }
}

interface Path {
  /** The append of the text's first token. */
  readonly chain: number
  readonly start: Place
  /** What was appended to `start`. */
  readonly appends: readonly number[]
}

function lengthsOf(texts: ReadonlyMap<string, unknown>): readonly number[] {
  const lengths = new Set<number>()
  for (const text of texts.keys()) lengths.add(text.length)
  return [...lengths].sort((a, b) => a - b)
}

/** Tokens that end in a character which they do not have elsewhere need no closer look. */
function isPrefixFree(tokens: ReadonlyMap<string, unknown>, lengths: readonly number[]): boolean {
  const [first = ''] = tokens.keys()
  const end = first.at(-1)
  if (end === undefined) return tokens.size === 0
  let hasOwnEnd = true
  for (const token of tokens.keys()) hasOwnEnd &&= token.indexOf(end) === token.length - 1
  if (hasOwnEnd) return true
  for (const token of tokens.keys()) {
    for (const length of lengths) {
      if (length >= token.length) break
      if (tokens.has(token.slice(0, length))) return false
    }
  }
  return true
}
