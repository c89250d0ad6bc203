/**
 * Reads JSON texts value by value, with the place of each, which `JSON.parse` does not tell; and integers that a double
 * can not hold are an error rather than another number.
 */
import { isSpace } from './chars.ts'
import type { Json } from './event.ts'
import { FormatError } from './format-error.ts'
import { exactNumber } from './number.ts'
import { type Place, Places } from './text-place.ts'

/** The names of an object: mostly few. */
class Seen {
  readonly #few: string[] = []
  #many: Set<string> | undefined

  includes(name: string): boolean {
    return this.#many === undefined ? this.#few.includes(name) : this.#many.has(name)
  }

  push(name: string): void {
    if (this.#many !== undefined) this.#many.add(name)
    else if (this.#few.push(name) > fewAtMost) this.#many = new Set(this.#few)
  }
}

const fewAtMost = 16
const maximumDepth = 200
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const integerPattern = /-?(?:0|[1-9]\d*)(?![.eE\d])/y
const [quote, backslash, blank] = [0x22, 0x5c, 0x20]
const words: readonly (readonly [string, Json])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
]

export class JsonReader {
  readonly #text: string
  readonly #places: Places
  #depth = 0
  /** Where the next character stands. */
  at = 0

  constructor(text: string) {
    this.#text = text
    this.#places = new Places(text)
  }

  get isAtEnd(): boolean {
    this.skip()
    return this.at >= this.#text.length
  }

  /** The next character that is no white space; '' at the end. */
  peek(): string {
    this.skip()
    return this.#text[this.at] ?? ''
  }

  place(offset: number = this.at): Place {
    return this.#places.at(offset)
  }

  fail(message: string, offset: number = this.at): never {
    const { line, column } = this.place(offset)
    throw new FormatError(message, line, column)
  }

  skip(): void {
    while (this.at < this.#text.length && isSpace(this.#text.charCodeAt(this.at))) this.at++
  }

  value(): Json {
    const char = this.peek()
    if (char === '{' || char === '[') return this.#nested(char)
    if (char === '"') return this.string()
    if (char === '-' || (char >= '0' && char <= '9')) return this.#number()
    for (const [word, value] of words) {
      if (!this.#text.startsWith(word, this.at)) continue
      this.at += word.length
      return value
    }
    return this.fail(char === '' ? 'the text ends where a value should be' : 'a JSON value should be here')
  }

  /** An integer of any size. */
  integer(): bigint {
    this.skip()
    const token = this.#match(integerPattern)
    return token === undefined ? this.fail('a whole number should be here') : BigInt(token)
  }

  /** Reads an array, with the reader standing before each item in turn, which the callback must read. */
  items(read: () => void): void {
    const start = this.at
    this.at++
    if (this.peek() !== ']') {
      for (;;) {
        if (this.isAtEnd) this.fail('[ is never closed', start)
        read()
        if (this.peek() !== ',') break
        this.at++
      }
    }
    this.#close(']', start)
  }

  /** Reads an object, with the reader standing before the value of each name, which the callback must read. */
  entries(read: (name: string) => void): void {
    const start = this.at
    const names = new Seen()
    this.at++
    if (this.peek() !== '}') {
      for (;;) {
        if (this.isAtEnd) this.fail('{ is never closed', start)
        const place = this.at
        const name = this.string()
        if (names.includes(name)) this.fail(`${JSON.stringify(name)} is there twice`, place)
        names.push(name)
        if (this.peek() !== ':') this.fail('a colon should follow the name')
        this.at++
        read(name)
        if (this.peek() !== ',') break
        this.at++
      }
    }
    this.#close('}', start)
  }

  string(): string {
    if (this.peek() !== '"') this.fail('a name in quotes should be here')
    const start = this.at
    const text = this.#text
    let hasEscape = false
    let end = start + 1
    for (let code = text.charCodeAt(end); code !== quote; code = text.charCodeAt(end)) {
      if (end >= text.length) this.fail('a string is never closed', start)
      if (code < blank) this.fail('a string has a control character in it', end)
      if (code === backslash) hasEscape = true
      end += code === backslash ? 2 : 1
    }
    this.at = end + 1
    if (!hasEscape) return text.slice(start + 1, end)
    const token = text.slice(start, end + 1)
    try {
      return String(JSON.parse(token))
    } catch {
      return this.fail('a string has an escape that is none', start)
    }
  }

  #nested(char: string): Json {
    if (++this.#depth > maximumDepth) this.fail(`values are nested deeper than ${maximumDepth}`)
    const value = char === '[' ? this.#array() : this.#object()
    this.#depth--
    return value
  }

  #array(): Json {
    const items: Json[] = []
    this.items(() => items.push(this.value()))
    return items
  }

  #object(): Json {
    const fields: [string, Json][] = []
    this.entries((name) => fields.push([name, this.value()]))
    // A field may be called __proto__.
    return Object.fromEntries(fields)
  }

  #number(): number {
    const start = this.at
    const token = this.#match(numberPattern) ?? this.fail('a number should be here')
    return exactNumber(token) ?? this.fail(`${token} is too large to be kept exactly`, start)
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const [token] = pattern.exec(this.#text) ?? []
    if (token !== undefined) this.at += token.length
    return token
  }

  #close(bracket: string, start: number): void {
    const char = this.peek()
    if (char === '') this.fail(`${this.#text[start]} is never closed`, start)
    if (char !== bracket) this.fail(`, or ${bracket} should be here`)
    this.at++
  }
}
