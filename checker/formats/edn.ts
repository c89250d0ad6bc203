/** Reads EDN (github.com/edn-format/edn), as much of it as histories use, into values that are plain where they can be. */
import { endsToken, isEdnSpace } from './chars.ts'
import { type Codes, codesOf } from './codes.ts'
import type { OnNumber } from './edn-numbers.ts'
import { type Edn, type EdnMap, EdnSymbol, type Keyword, keyword, Tagged } from './edn-values.ts'
import { FormatError } from './format-error.ts'
import { hashed, Names } from './names.ts'
import { exactNumber } from './number.ts'
import { type Place, Places } from './text-place.ts'

/** A value and the line it begins on, from 1. */
export interface Form {
  readonly value: Edn
  readonly line: number
}

/** All values of a text. Throws a `FormatError` where it is no EDN. */
export function parseEdn(text: string): readonly Form[] {
  const reader = new EdnReader(text)
  const forms: Form[] = []
  for (reader.skip(); reader.at < text.length; reader.skip()) {
    const { line } = reader.place()
    forms.push({ value: reader.value(), line })
  }
  return forms
}

const maximumDepth = 200
const charNames: Readonly<Record<string, string>> = {
  newline: '\n',
  space: ' ',
  tab: '\t',
  return: '\r',
  formfeed: '\f',
  backspace: '\b',
}
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '"': '"', '\\': '\\' }
const numberPattern = /^[+-]?(?:0|[1-9]\d*)(\.\d*)?([eE][+-]?\d+)?[NM]?$/
const ratioPattern = /^([+-]?\d+)\/(\d+)$/
const [quote, hash, comment, backslash, caret, colon] = [0x22, 0x23, 0x3b, 0x5c, 0x5e, 0x3a]
const [zero, nine, minus, underscore] = [0x30, 0x39, 0x2d, 0x5f]
export const opening = { round: 0x28, square: 0x5b, curly: 0x7b } as const
const closing = { round: 0x29, square: 0x5d, curly: 0x7d } as const
const nil = [0x6e, 0x69, 0x6c] as const
/** So many digits are always exact. */
const shortDigits = 15

/** Reads one value after another; whoever knows what to expect may take a map apart as it is read. */
export class EdnReader {
  readonly #text: string
  readonly #places: Places
  readonly #codes: Codes
  readonly #keywords: Names<Keyword>
  readonly #strings: Names<string>
  #depth = 0
  /** Told of the short integers, which are most numbers; the other is told of the rest. */
  onShort: OnNumber | undefined
  onNumber: OnNumber | undefined
  /** Where the next character stands. */
  at = 0

  constructor(text: string) {
    this.#text = text
    this.#places = new Places(text)
    this.#codes = codesOf(text)
    this.#keywords = new Names(text, this.#codes, keyword)
    this.#strings = new Names(text, this.#codes, (text) => text)
  }

  get isAtEnd(): boolean {
    return this.at >= this.#text.length
  }

  /** The code of the next character; 0 at the end. */
  peek(): number {
    return this.#codes[this.at] ?? 0
  }

  place(offset: number = this.at): Place {
    return this.#places.at(offset)
  }

  fail(message: string, offset: number = this.at): never {
    const { line, column } = this.place(offset)
    throw new FormatError(message, line, column)
  }

  /**
   * Goes past this text, which ended where a value began when it was read, if it stands here and here too a value begins
   * behind it. False, without going anywhere, also where that is not plain to see.
   */
  goPast(known: string): boolean {
    const codes = this.#codes
    const end = this.at + known.length
    const next = codes[end] ?? 0
    // If the last thing in it does not end by itself, such as a keyword before a bracket, it may go on here.
    if (!isEdnSpace(codes[end - 1] ?? 0) || isEdnSpace(next)) return false
    if (next === comment || next === hash || next === closing.curly || end >= this.#text.length) return false
    if (!this.#text.startsWith(known, this.at)) return false
    this.at = end
    return true
  }

  /** Goes past white space, commas, comments and discarded values. */
  skip(): void {
    const codes = this.#codes
    let at = this.at
    for (;;) {
      const code = codes[at] ?? 0
      if (isEdnSpace(code)) {
        at++
        continue
      }
      this.at = at
      if ((code !== comment && code !== hash) || !this.#skipUnread(code)) return
      at = this.at
    }
  }

  /** A comment, or a value that is to be discarded; false if this is neither. */
  #skipUnread(code: number): boolean {
    if (code === comment) {
      const end = this.#text.indexOf('\n', this.at)
      this.at = end === -1 ? this.#text.length : end
      return true
    }
    if (this.#codes[this.at + 1] !== underscore) return false
    this.at += 2
    this.#deeper(() => {
      this.skip()
      return this.value()
    })
    return true
  }

  #deeper<T>(read: () => T): T {
    if (this.#depth >= maximumDepth) this.fail(`values are nested deeper than ${maximumDepth}`)
    this.#depth++
    const result = read()
    this.#depth--
    return result
  }

  value(): Edn {
    if (this.#depth >= maximumDepth) this.fail(`values are nested deeper than ${maximumDepth}`)
    this.#depth++
    const value = this.#oneValue()
    this.#depth--
    return value
  }

  #oneValue(): Edn {
    const start = this.at
    const code = this.#codes[start] ?? 0
    switch (code) {
      case opening.round:
        return this.#until(closing.round)
      case opening.square:
        return this.#until(closing.square)
      case opening.curly:
        return this.#map()
      case quote:
        return this.#string()
      case colon:
        return this.#keyword()
      case backslash:
        return this.#char()
      case hash:
        return this.#dispatch()
      case caret:
        // Metadata says nothing about the value.
        this.at++
        this.skip()
        this.value()
        this.skip()
        return this.value()
      case closing.round:
      case closing.square:
      case closing.curly:
        return this.fail(`${this.#text[start]} closes nothing`)
      default:
        return start >= this.#text.length ? this.fail('the text ends where a value should be') : this.#atom()
    }
  }

  /** Within a map that begins at `start`: says whether another key comes, else goes past its end. */
  hasKey(start: number): boolean {
    return this.#hasMore(closing.curly, start)
  }

  /** The key of a map that begins at `start`; the reader then stands before its value. */
  key(start: number): Edn {
    const key = this.peek() === colon ? this.#keyword() : this.value()
    this.skip()
    if (this.peek() === closing.curly) this.fail('a map has a key without a value', start)
    return key
  }

  /** Goes past a bracket that opens a vector or list, and says whether another item comes; else goes past its end. */
  items(start: number, isFirst: boolean): boolean {
    if (isFirst) this.at++
    return this.#hasMore(this.#codes[start] === opening.round ? closing.round : closing.square, start)
  }

  /** The values up to a closing bracket. Most are pairs, and an array that was pushed to has room for many more. */
  #until(closer: number): readonly Edn[] {
    const start = this.at++
    if (!this.#hasMore(closer, start)) return []
    const first = this.value()
    if (!this.#hasMore(closer, start)) return [first]
    const values = [first, this.value()]
    while (this.#hasMore(closer, start)) values.push(this.value())
    return values
  }

  /** Goes past the closing bracket where it comes next. */
  #hasMore(closer: number, start: number): boolean {
    this.skip()
    const code = this.peek()
    if (code === closer) this.at++
    else if (this.at >= this.#text.length)
      this.fail(`${closer === closing.curly ? '{' : this.#text[start]} is never closed`, start)
    return code !== closer
  }

  /** Goes past a tag and gives its name; `undefined`, without going anywhere, where `#` begins something else. */
  tag(): string | undefined {
    const next = this.#codes[this.at + 1]
    if (next === opening.curly || next === hash) return undefined
    this.at++
    return this.#token()
  }

  #map(): EdnMap {
    const start = this.at++
    const map = new Map<Edn, Edn>()
    while (this.hasKey(start)) {
      const place = this.at
      const key = this.key(start)
      if (map.has(key)) this.fail('a map has a key twice', place)
      map.set(key, this.value())
    }
    return map
  }

  #string(): string {
    const codes = this.#codes
    const { length } = this.#text
    const start = ++this.at
    let key = 0
    let at = start
    for (let code = codes[at] ?? 0; code !== quote; code = codes[++at] ?? 0) {
      if (code === backslash || at >= length) {
        this.at = at
        return this.#escapedString(start)
      }
      key = hashed(key, code)
    }
    this.at = at + 1
    return this.#strings.of(start, at, key)
  }

  #escapedString(start: number): string {
    let result = this.#text.slice(start, this.at)
    for (;;) {
      const char = this.#text[this.at++]
      if (char === undefined) this.fail('a string is never closed', start - 1)
      if (char === '"') return result
      result += char === '\\' ? this.#escape() : char
    }
  }

  #escape(): string {
    const char = this.#text[this.at++] ?? ''
    if (char === 'u') {
      const code = this.#text.slice(this.at, this.at + 4)
      if (!/^[0-9a-fA-F]{4}$/.test(code)) this.fail('\\u needs four hexadecimal digits')
      this.at += 4
      return String.fromCharCode(Number.parseInt(code, 16))
    }
    return escapes[char] ?? this.fail(`\\${char} is no escape`, this.at - 2)
  }

  #keyword(): Keyword {
    const codes = this.#codes
    const { length } = this.#text
    const start = ++this.at
    let key = 0
    let at = start
    for (; at < length; at++) {
      const code = codes[at] ?? 0
      if (endsToken(code)) break
      key = hashed(key, code)
    }
    this.at = at
    if (at === start) this.fail('a keyword has no name', start - 1)
    return this.#keywords.of(start, at, key)
  }

  #char(): string {
    const start = this.at++
    const name = this.#match() || (this.#text[this.at++] ?? this.fail('a character is missing', start))
    if (name.length === 1) return name
    if (/^u[0-9a-fA-F]{4}$/.test(name)) return String.fromCharCode(Number.parseInt(name.slice(1), 16))
    return charNames[name] ?? this.fail(`\\${name} is no character`, start)
  }

  #dispatch(): Edn {
    const start = this.at++
    if (this.peek() === opening.curly) {
      const values = this.#until(closing.curly)
      const set = new Set(values)
      return set.size === values.length ? set : this.fail('a set has a value twice', start)
    }
    if (this.peek() === hash) return this.#symbolicNumber()
    const tag = this.#token()
    this.skip()
    return new Tagged(tag, this.value())
  }

  /** `##Inf`, `##-Inf`, `##NaN`. */
  #symbolicNumber(): number {
    const start = this.at++
    const name = this.#token()
    if (name === 'Inf') return Number.POSITIVE_INFINITY
    if (name === '-Inf') return Number.NEGATIVE_INFINITY
    return name === 'NaN' ? Number.NaN : this.fail(`##${name} is no number`, start)
  }

  #atom(): Edn {
    if (this.#isNil()) return null
    const start = this.at
    const short = this.#shortInteger()
    const value = short ?? this.#longAtom(this.#token())
    const tell = short === undefined ? this.onNumber : this.onShort
    if (tell !== undefined && typeof value === 'number') tell(value, this.#text.slice(start, this.at), start)
    return value
  }

  /** Goes past `nil`, the value of every second op. */
  #isNil(): boolean {
    const codes = this.#codes
    const { at } = this
    const isNil = codes[at] === nil[0] && codes[at + 1] === nil[1] && codes[at + 2] === nil[2]
    if (!isNil || (at + 3 < this.#text.length && !endsToken(codes[at + 3] ?? 0))) return false
    this.at = at + 3
    return true
  }

  /** Most numbers of a history; `undefined` if it is something else, or longer. */
  #shortInteger(): number | undefined {
    const codes = this.#codes
    const { length } = this.#text
    const start = this.at
    const isNegative = codes[start] === minus
    const first = isNegative ? start + 1 : start
    let value = 0
    let at = first
    for (; at < length; at++) {
      const code = codes[at] ?? 0
      if (code < zero || code > nine) {
        if (endsToken(code)) break
        return undefined
      }
      value = value * 10 + code - zero
    }
    const digits = at - first
    if (digits === 0 || digits > shortDigits || (digits > 1 && codes[first] === zero)) return undefined
    this.at = at
    return isNegative ? 0 - value : value
  }

  #longAtom(token: string): Edn {
    if (token === 'true' || token === 'false') return token === 'true'
    const start = this.at - token.length
    if (numberPattern.test(token)) {
      const value = exactNumber(token.replace(/[NM]$/, ''))
      return value ?? this.fail(`${token} is too large to be kept exactly`, start)
    }
    const ratio = ratioPattern.exec(token)
    if (ratio !== null && Number(ratio[2]) !== 0) return Number(ratio[1]) / Number(ratio[2])
    if (/^[+-]?\d/.test(token)) return this.fail(`${token} is no number`, start)
    return new EdnSymbol(token)
  }

  #token(): string {
    const token = this.#match()
    return token === '' ? this.fail('a value should be here') : token
  }

  #match(): string {
    const codes = this.#codes
    const { length } = this.#text
    const start = this.at
    let at = start
    while (at < length && !endsToken(codes[at] ?? 0)) at++
    this.at = at
    return this.#text.slice(start, at)
  }
}
