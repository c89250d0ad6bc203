/**
 * Reads texts as what made them: the value that was put there at first, then what was appended, one after the other.
 * That is possible in one way only where each appended token occurs once and none begins with another.
 *
 * A token that several operations append, such as that of a client which began to count anew, is told apart by turns
 * where nothing is ever written or deleted, and those operations return in the order in which they are called (pending
 * ones last). For they do the same, so in any linearization those that took effect can change places until they stand
 * in the order of their calls: one that is called earlier and returns earlier can stand where the other stood, and the
 * other where it stood. Then the k-th token of the kind in a text, which nothing can have cut off at its beginning, is
 * that of the k-th operation. So there is a linearization if and only if there is one with this reading.
 *
 * Elsewhere one that is possible is chosen, and so is a value that was put there where several would do. A choice proves
 * nothing: an order that is found with it counts, as it is an order of the operations as they are, but if there is none
 * the question is left open.
 */
import type { KvValue } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import { textOf } from './versions-values.ts'

/** Which conditions are checked; a test switches each off, to see that it is needed. */
export interface ParseRules {
  /** A text may begin with any value that can have been put there; if several fit, one is chosen. */
  readonly allRoots: boolean
  /** No token begins with another. */
  readonly prefixFree: boolean
  /** Of several operations that append a token, each may be meant. */
  readonly oneAppender: boolean
  /** Such tokens are told apart by turns only where nothing is written or deleted; else that is a choice. */
  readonly turnsWithoutResets: boolean
  /** And only where the operations return in the order of their calls. */
  readonly turnsInOrder: boolean
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
const mostLengths = 64
/** Of so many operations that append the same token it is not looked for the right one. */
const mostAlike = 64

type Times = Pick<Operation<unknown, unknown>, 'call' | 'return'>

/** What is to be known before texts are read. */
interface Told {
  /** The values that can have been put there, and the earliest call of who did. */
  readonly roots: readonly KvValue[]
  readonly rootCalls: readonly number[]
  /** What each operation appends. */
  readonly tokens: readonly (string | undefined)[]
  readonly operations: readonly Times[]
  /** Whether something is written or deleted. */
  readonly hasResets: boolean
}

/** Where a chain of texts has been read so far; a longer text that begins with it goes on from there. */
interface Read {
  readonly text: string
  readonly place: Place
}

export class TextParser {
  /** For each append the place before it; `unseen` if no text has it. */
  readonly before: number[]
  /** For each append that was seen, the first text that showed it. */
  readonly shownBy: number[]
  /** False where texts do not tell what made them. */
  readonly isUsable: boolean
  /** Whether a token was seen that several operations append: then no few operations show what was read. */
  hasAlike = false
  /** Whether something was read in one of several ways. */
  isChoice = false
  readonly #rules: ParseRules
  readonly #times: readonly Times[]
  readonly #rootCalls: readonly number[]
  readonly #roots = new Map<string, Place>()
  /** The one operation that appends a token, or several in the order of their calls. */
  readonly #tokens = new Map<string, number | number[]>()
  readonly #rootLengths: readonly number[]
  readonly #tokenLengths: readonly number[]
  /** Whether turns tell apart operations that append the same token. */
  readonly #hasTurns: boolean
  /** By the append of their first token. */
  readonly #chains = new Map<number, Read>()

  constructor({ roots, rootCalls, tokens, operations, hasResets }: Told, rules: ParseRules) {
    this.#rules = rules
    this.#times = operations
    this.#rootCalls = rootCalls
    for (const root of roots) this.#roots.set(textOf(root), this.#roots.size)
    const alike = this.#listTokens(tokens)
    this.#rootLengths = lengthsOf(this.#roots)
    this.#tokenLengths = lengthsOf(this.#tokens)
    this.before = new Array<number>(tokens.length).fill(unseen)
    this.shownBy = new Array<number>(tokens.length).fill(unseen)
    const areInOrder = alike.every((list) => this.#sortByCall(list)) || !rules.turnsInOrder
    this.#hasTurns = areInOrder && (!hasResets || !rules.turnsWithoutResets)
    const areFew =
      this.#rootLengths.length <= mostLengths &&
      this.#tokenLengths.length <= mostLengths &&
      alike.every(({ length }) => length <= mostAlike)
    // Two values that read the same, such as an absent one and '', can not be told apart below an append.
    const areDistinct = this.#roots.size === roots.length
    const isFree = !rules.prefixFree || isPrefixFree(this.#tokens, this.#tokenLengths)
    this.isUsable = areFew && areDistinct && !this.#tokens.has('') && isFree
  }

  /** Gives the lists of operations that append the same token. */
  #listTokens(tokens: readonly (string | undefined)[]): readonly number[][] {
    const alike: number[][] = []
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]
      if (token === undefined) continue
      const known = this.#tokens.get(token)
      if (known === undefined || !this.#rules.oneAppender) {
        this.#tokens.set(token, i)
      } else if (typeof known === 'number') {
        const list = [known, i]
        this.#tokens.set(token, list)
        alike.push(list)
      } else {
        known.push(i)
      }
    }
    return alike
  }

  /** Sorts by call, then return; true if that is the order of the returns too. */
  #sortByCall(list: number[]): boolean {
    list.sort((a, b) => this.#callOf(a) - this.#callOf(b) || compare(this.#returnOf(a), this.#returnOf(b)))
    return list.every((each, i) => i === 0 || this.#returnOf(list[i - 1] ?? each) <= this.#returnOf(each))
  }

  #callOf(index: number): number {
    return this.#times[index]?.call ?? 0
  }

  #returnOf(index: number): number {
    return this.#times[index]?.return ?? 0
  }

  /** Texts come in the order of their lengths. `by` is who saw it. */
  parse(text: string, by: number): Parsed {
    let found: Path | undefined
    for (const length of this.#rootLengths) {
      if (length > text.length) break
      const root = this.#roots.get(text.slice(0, length))
      if (root === undefined) continue
      const path = this.#walk(text, length, root, by)
      if (path === 'ambiguous') return 'ambiguous'
      if (path === undefined) continue
      if (found !== undefined) this.isChoice = true
      // The longest: what was written as a whole is rarely appended too.
      found = path
      if (!this.#rules.allRoots) break
    }
    return found === undefined ? 'phantom' : this.#keep(text, found, by)
  }

  /**
   * What was appended to a root from an offset on; `undefined` if that can not be read. A text that begins with one
   * that was read before goes on where that ended: tokens do not begin with each other, so they are the same.
   */
  #walk(text: string, start: number, root: Place, by: number): Path | 'ambiguous' | undefined {
    const roots = this.#roots.size
    let offset = start
    let from = root
    let chain = unseen
    let place = root
    const appends: number[] = []
    while (offset < text.length) {
      const found = this.#appendAt(text, offset)
      const append = typeof found === 'object' ? this.#oneOf(found, place, by, appends) : found
      if (append === undefined) return undefined
      if (append === 'ambiguous') return 'ambiguous'
      if (chain === unseen) {
        chain = append
        const read = this.before[append] === root ? this.#chains.get(append) : undefined
        if (read !== undefined && text.startsWith(read.text)) {
          offset = read.text.length
          from = read.place
          place = from
          continue
        }
      }
      appends.push(append)
      place = roots + append
      offset += this.#length
    }
    return { chain, start: from, appends }
  }

  /** The length of the token that was found last. */
  #length = 0

  #appendAt(text: string, offset: number): number | readonly number[] | undefined {
    for (const length of this.#tokenLengths) {
      if (offset + length > text.length) return undefined
      const append = this.#tokens.get(text.slice(offset, offset + length))
      if (append === undefined) continue
      this.#length = length
      return append
    }
    return undefined
  }

  /** Which of the operations that append the same token did so at a place, behind some that no text had before. */
  #oneOf(
    list: readonly number[],
    place: Place,
    by: number,
    behind: readonly number[],
  ): number | 'ambiguous' | undefined {
    this.hasAlike = true
    const isFree = (each: number) => this.before[each] === unseen && !behind.includes(each)
    const known = list.find((each) => this.before[each] === place)
    if (this.#hasTurns) return known ?? list.find(isFree)
    this.isChoice = true
    const latest = this.#returnOf(by)
    if (known !== undefined && this.#callOf(known) <= latest) return known
    const previous = place - this.#roots.size
    const earliest = previous < 0 ? (this.#rootCalls[place] ?? Number.NEGATIVE_INFINITY) : this.#callOf(previous)
    return (
      list.find((each) => isFree(each) && this.#callOf(each) <= latest && this.#returnOf(each) >= earliest) ??
      'ambiguous'
    )
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

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b
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
