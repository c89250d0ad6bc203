/** Reads EDN (github.com/edn-format/edn), as much of it as histories use, into values that are plain where they can be. */
import { FormatError } from './format-error.ts'

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
  return new Reader(text).all()
}

const maximumDepth = 200
const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
const charNames: Readonly<Record<string, string>> = { newline: '\n', space: ' ', tab: '\t', return: '\r' }
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '"': '"', '\\': '\\' }
const tokenPattern = /[^\s,()[\]{}";]+/y
const numberPattern = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?[NM]?$/
const ratioPattern = /^([+-]?\d+)\/(\d+)$/

class Reader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  all(): readonly Form[] {
    const forms: Form[] = []
    for (this.#skip(); this.#at < this.#text.length; this.#skip()) {
      const { line } = this.#place(this.#at)
      forms.push({ value: this.#value(), line })
    }
    return forms
  }

  /** White space, commas, comments and discarded values. */
  #skip(): void {
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? ''
      if (char === ',' || char.trim() === '' || char === '\ufeff') {
        this.#at++
      } else if (char === ';') {
        const end = this.#text.indexOf('\n', this.#at)
        this.#at = end === -1 ? this.#text.length : end
      } else if (this.#text.startsWith('#_', this.#at)) {
        this.#at += 2
        this.#skip()
        this.#value()
      } else {
        return
      }
    }
  }

  #value(): Edn {
    if (++this.#depth > maximumDepth) this.#fail(`values are nested deeper than ${maximumDepth}`)
    const value = this.#oneValue()
    this.#depth--
    return value
  }

  #oneValue(): Edn {
    const start = this.#at
    const char = this.#text[start]
    switch (char) {
      case undefined:
        return this.#fail('the text ends where a value should be')
      case '(':
      case '[':
        return this.#until(closers[char] ?? '')
      case '{':
        return this.#map()
      case '"':
        return this.#string()
      case '\\':
        return this.#char()
      case '#':
        return this.#dispatch()
      case '^':
        // Metadata says nothing about the value.
        this.#at++
        this.#skip()
        this.#value()
        this.#skip()
        return this.#value()
      case ')':
      case ']':
      case '}':
      case ';':
        return this.#fail(`${char} closes nothing`)
      default:
        return this.#atom(this.#token())
    }
  }

  /** The values up to a closing bracket. */
  #until(closer: string): readonly Edn[] {
    const start = this.#at
    this.#at++
    const values: Edn[] = []
    for (this.#skip(); this.#text[this.#at] !== closer; this.#skip()) {
      if (this.#at >= this.#text.length) this.#fail(`${this.#text[start]} is never closed`, start)
      values.push(this.#value())
    }
    this.#at++
    return values
  }

  #map(): EdnMap {
    const start = this.#at
    const values = this.#until('}')
    if (values.length % 2 !== 0) this.#fail('a map has a key without a value', start)
    const map = new Map<Edn, Edn>()
    for (let i = 0; i < values.length; i += 2) map.set(values[i] ?? null, values[i + 1] ?? null)
    return map
  }

  #string(): string {
    const start = this.#at++
    let result = ''
    for (;;) {
      const char = this.#text[this.#at++]
      if (char === undefined) this.#fail('a string is never closed', start)
      if (char === '"') return result
      result += char === '\\' ? this.#escape() : char
    }
  }

  #escape(): string {
    const char = this.#text[this.#at++] ?? ''
    if (char === 'u') {
      const code = this.#text.slice(this.#at, this.#at + 4)
      if (!/^[0-9a-fA-F]{4}$/.test(code)) this.#fail('\\u needs four hexadecimal digits')
      this.#at += 4
      return String.fromCharCode(Number.parseInt(code, 16))
    }
    return escapes[char] ?? this.#fail(`\\${char} is no escape`, this.#at - 2)
  }

  #char(): string {
    const start = this.#at++
    const name = this.#match() || (this.#text[this.#at++] ?? this.#fail('a character is missing', start))
    if (name.length === 1) return name
    if (/^u[0-9a-fA-F]{4}$/.test(name)) return String.fromCharCode(Number.parseInt(name.slice(1), 16))
    return charNames[name] ?? this.#fail(`\\${name} is no character`, start)
  }

  #dispatch(): Edn {
    this.#at++
    if (this.#text[this.#at] === '{') return new Set(this.#until('}'))
    if (this.#text[this.#at] === '#') return this.#symbolicNumber()
    const tag = this.#token()
    this.#skip()
    return new Tagged(tag, this.#value())
  }

  /** `##Inf`, `##-Inf`, `##NaN`. */
  #symbolicNumber(): number {
    const start = this.#at++
    const name = this.#token()
    if (name === 'Inf') return Number.POSITIVE_INFINITY
    if (name === '-Inf') return Number.NEGATIVE_INFINITY
    return name === 'NaN' ? Number.NaN : this.#fail(`##${name} is no number`, start)
  }

  #atom(token: string): Edn {
    if (token === 'nil') return null
    if (token === 'true' || token === 'false') return token === 'true'
    if (token.startsWith(':')) return keyword(token.slice(1))
    if (numberPattern.test(token)) return this.#number(token)
    const ratio = ratioPattern.exec(token)
    if (ratio !== null) return Number(ratio[1]) / Number(ratio[2])
    if (/^[+-]?\d/.test(token)) return this.#fail(`${token} is no number`, this.#at - token.length)
    return new EdnSymbol(token)
  }

  /** Two different integers must not become one number, or a wrong value would look right. */
  #number(token: string): number {
    const value = Number(token.replace(/[NM]$/, ''))
    if (/^[+-]?\d+N?$/.test(token) && !Number.isSafeInteger(value)) {
      this.#fail(`${token} is too large to be kept exactly`, this.#at - token.length)
    }
    return value
  }

  #token(): string {
    const token = this.#match()
    return token === '' ? this.#fail('a value should be here') : token
  }

  #match(): string {
    tokenPattern.lastIndex = this.#at
    const token = tokenPattern.exec(this.#text)?.[0] ?? ''
    this.#at += token.length
    return token
  }

  #fail(message: string, at: number = this.#at): never {
    const { line, column } = this.#place(at)
    throw new FormatError(message, line, column)
  }

  #lineStart = 0
  #line = 1

  /** Remembers where it was last, since places are mostly asked for in order. */
  #place(at: number): { readonly line: number; readonly column: number } {
    if (at < this.#lineStart) {
      this.#lineStart = 0
      this.#line = 1
    }
    for (let end = this.#text.indexOf('\n', this.#lineStart); end !== -1 && end < at; ) {
      this.#line++
      this.#lineStart = end + 1
      end = this.#text.indexOf('\n', this.#lineStart)
    }
    return { line: this.#line, column: at - this.#lineStart + 1 }
  }
}
