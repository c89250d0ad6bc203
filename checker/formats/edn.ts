/** Reads EDN (github.com/edn-format/edn), as much of it as histories use, into values that are plain where they can be. */
import { endsToken, isEdnSpace } from './chars.ts'
import { FormatError } from './format-error.ts'
import { hashed, Names } from './names.ts'
import { exactNumber } from './number.ts'
import { type Place, Places } from './text-place.ts'

export type Edn = null | boolean | number | string | Keyword | EdnSymbol | Tagged | EdnMap | EdnSet | readonly Edn[]
export type EdnMap = ReadonlyMap<Edn, Edn>
export type EdnSet = ReadonlySet<Edn>

/** `:name`. Equal keywords are one object, so a map finds them. */
export class Keyword {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

export class EdnSymbol {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** `#tag value`. */
export class Tagged {
  readonly tag: string
  readonly value: Edn

  constructor(tag: string, value: Edn) {
    this.tag = tag
    this.value = value
  }
}

const keywords = new Map<string, Keyword>()

export function keyword(name: string): Keyword {
  const known = keywords.get(name)
  if (known !== undefined) return known
  const made = new Keyword(name)
  keywords.set(name, made)
  return made
}

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
const [zero, nine, minus] = [0x30, 0x39, 0x2d]
export const opening = { round: 0x28, square: 0x5b, curly: 0x7b } as const
const closing = { round: 0x29, square: 0x5d, curly: 0x7d } as const
/** So many digits are always exact. */
const shortDigits = 15

/** Reads one value after another; whoever knows what to expect may take a map apart as it is read. */
export class EdnReader {
  readonly #text: string
  readonly #places: Places
  readonly #keywords = new Names(keyword)
  readonly #strings = new Names((text) => text)
  #depth = 0
  /** Where the next character stands. */
  at = 0

  constructor(text: string) {
    this.#text = text
    this.#places = new Places(text)
  }

  /** The code of the next character; NaN at the end. */
  peek(): number {
    return this.#text.charCodeAt(this.at)
  }

  place(offset: number = this.at): Place {
    return this.#places.at(offset)
  }

  fail(message: string, offset: number = this.at): never {
    const { line, column } = this.place(offset)
    throw new FormatError(message, line, column)
  }

  /** Goes past white space, commas, comments and discarded values. */
  skip(): void {
    const text = this.#text
    for (; this.at < text.length; ) {
      const code = text.charCodeAt(this.at)
      if (isEdnSpace(code)) {
        this.at++
      } else if (code === comment) {
        const end = text.indexOf('\n', this.at)
        this.at = end === -1 ? text.length : end
      } else if (code === hash && text.charCodeAt(this.at + 1) === 0x5f) {
        this.at += 2
        this.skip()
        this.value()
      } else {
        return
      }
    }
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
    const code = this.#text.charCodeAt(start)
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

  /**
   * Reads a map, and hands over each key with the reader standing before its value, which the callback must read.
   */
  entries(read: (key: Edn) => void): void {
    const start = this.at++
    for (this.skip(); this.peek() !== closing.curly; this.skip()) {
      if (this.at >= this.#text.length) this.fail('{ is never closed', start)
      const key = this.value()
      this.skip()
      if (this.peek() === closing.curly) this.fail('a map has a key without a value', start)
      read(key)
    }
    this.at++
  }

  /** Goes past a bracket that opens a vector or list, and says whether another item comes; else goes past its end. */
  items(start: number, isFirst: boolean): boolean {
    if (isFirst) this.at++
    return this.#hasMore(this.#text.charCodeAt(start) === opening.round ? closing.round : closing.square, start)
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
    else if (this.at >= this.#text.length) this.fail(`${this.#text[start]} is never closed`, start)
    return code !== closer
  }

  #map(): EdnMap {
    const start = this.at
    const map = new Map<Edn, Edn>()
    let count = 0
    this.entries((key) => {
      count++
      map.set(key, this.value())
    })
    if (map.size !== count) this.fail('a map has a key twice', start)
    return map
  }

  #string(): string {
    const text = this.#text
    const start = ++this.at
    let key = 0
    let at = start
    for (let code = text.charCodeAt(at); code !== quote; code = text.charCodeAt(++at)) {
      if (code === backslash || at >= text.length) {
        this.at = at
        return this.#escapedString(start)
      }
      key = hashed(key, code)
    }
    this.at = at + 1
    return this.#strings.of(text, start, at, key)
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
    const text = this.#text
    const start = ++this.at
    let key = 0
    let at = start
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (endsToken(code)) break
      key = hashed(key, code)
    }
    this.at = at
    if (at === start) this.fail('a keyword has no name', start - 1)
    return this.#keywords.of(text, start, at, key)
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
    return this.#shortInteger() ?? this.#longAtom(this.#token())
  }

  /** Most numbers of a history; `undefined` if it is something else, or longer. */
  #shortInteger(): number | undefined {
    const text = this.#text
    const start = this.at
    const isNegative = text.charCodeAt(start) === minus
    const first = isNegative ? start + 1 : start
    let value = 0
    let at = first
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code < zero || code > nine) {
        if (endsToken(code)) break
        return undefined
      }
      value = value * 10 + code - zero
    }
    const digits = at - first
    if (digits === 0 || digits > shortDigits || (digits > 1 && text.charCodeAt(first) === zero)) return undefined
    this.at = at
    return isNegative ? 0 - value : value
  }

  #longAtom(token: string): Edn {
    if (token === 'nil') return null
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
    const text = this.#text
    const start = this.at
    let at = start
    while (at < text.length && !endsToken(text.charCodeAt(at))) at++
    this.at = at
    return text.slice(start, at)
  }
}
