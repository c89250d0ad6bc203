/**
 * Reads our own JSON Lines straight into columns: no object per event, checksums and the pairing of invocations with
 * completions checked as ever. Reads exactly the histories that `readJsonl` and `pairs` accept, or fewer: at whatever
 * looks odd, also at the damage of a single line, it gives up, and those two say what is wrong.
 */
import { crc32Of } from '../formats/crc32.ts'
import { FormatError } from '../formats/format-error.ts'
import { Decoder } from '../formats/jsonl.ts'
import { isModelName } from '../models/index.ts'
import { ColumnsBuilder } from './columns-builder.ts'
import { f, type HistoryColumns, outcomes, swaps } from './history-columns.ts'
import { nameWord, OtherShape, Scanner, wordOf } from './scan.ts'

/** `undefined`: the history is not of the plain shape, or damaged; `readJsonl` knows. */
export function columnsFromJsonl(bytes: Uint8Array): HistoryColumns | undefined {
  const headerEnd = bytes.indexOf(newline) + 1
  if (headerEnd === 0) return undefined
  try {
    const decoder = new Decoder()
    decoder.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, headerEnd)))
    const { header } = decoder
    if (header === undefined || !isModelName(header.model)) return undefined
    const lines = new Lines(bytes, headerEnd)
    const initial = lines.builder.values.idOf(header.initial ?? null)
    if (initial === undefined) return undefined
    lines.readAll()
    return lines.builder.build(header.model, initial)
  } catch (error) {
    if (error instanceof OtherShape || error instanceof FormatError) return undefined
    throw error
  }
}

const newline = 0x0a
const comma = 0x2c
const closing = 0x7d
const quote = 0x22
const [openBrace, openBracket, closeBracket] = [0x7b, 0x5b, 0x5d]
/** The fields of a line, in the order in which the writer puts them. */
const field = {
  index: 0,
  timeUs: 1,
  process: 2,
  type: 3,
  f: 4,
  key: 5,
  value: 6,
  output: 7,
  error: 8,
  client: 9,
  node: 10,
  sum: 11,
} as const
const fields = Object.keys(field).map(nameWord)
const outputFields = ['version', 'value', 'swapped', 'found'].map(nameWord)
const types = ['"invoke"', '"ok"', '"fail"', '"info"'].map(wordOf)
/** As `functions`. */
const functionNames = ['"read"', '"write"', '"delete"', '"append"', '"cas"'].map(wordOf)
/** Length of `,"sum":"01234567"}`. */
const sumLength = 18
const absent = -1
/** What a process number stands for while nothing is open under it. */
const [idle, crashed] = [-1, -2]
const maximumProcess = 1 << 24

class Lines {
  readonly builder: ColumnsBuilder
  readonly #scanner: Scanner
  readonly #end: number
  /** By process: the row of its open operation, or `idle`, or `crashed`. */
  #open = new Int32Array(1024).fill(idle)
  #nextIndex = 0
  // The fields of the present line.
  #index = 0
  #timeUs = 0
  #process = 0
  #type = 0
  #f = 0
  #key = absent
  #value = absent
  #next = absent
  #client = absent
  #node = absent
  #error = absent
  #hasValue = false
  #isPair = false
  #version = absent
  #outputValue = absent
  #swapped: number = swaps.untold
  #found = absent

  constructor(bytes: Uint8Array, start: number) {
    // An operation takes two lines of some 120 bytes.
    this.builder = new ColumnsBuilder(Math.ceil(bytes.length / 240))
    this.#scanner = new Scanner(bytes, this.builder.values)
    this.#scanner.at = start
    this.#end = bytes.length
  }

  readAll(): void {
    while (this.#scanner.at < this.#end) {
      this.#readLine()
      if (this.#index !== this.#nextIndex++) this.#scanner.fail()
      if (this.#type === 0) this.#begin()
      else this.#complete()
    }
  }

  #readLine(): void {
    const scanner = this.#scanner
    const start = scanner.at
    this.#reset()
    scanner.expect(openBrace)
    for (let likely = 0; ; ) {
      const which = scanner.name(fields, likely)
      if (this.#readField(which, start)) return
      likely = which + 1
      scanner.expect(comma)
    }
  }

  #reset(): void {
    this.#index = this.#timeUs = this.#process = this.#type = this.#f = absent
    this.#key = this.#value = this.#next = this.#client = this.#node = this.#error = absent
    this.#hasValue = this.#isPair = false
    this.#version = this.#outputValue = this.#found = absent
    this.#swapped = swaps.untold
  }

  /** True behind the checksum, which is the last field. */
  #readField(which: number, start: number): boolean {
    const scanner = this.#scanner
    switch (which) {
      case field.index:
        this.#index = scanner.number()
        return false
      case field.timeUs:
        this.#timeUs = scanner.number()
        return false
      case field.process:
        this.#process = scanner.number()
        return false
      case field.type:
        this.#type = scanner.name(types, 0)
        return false
      case field.f:
        this.#f = scanner.name(functionNames, 0)
        return false
      case field.key:
        this.#key = scanner.text()
        return false
      case field.value:
        this.#readValue()
        return false
      case field.output:
        this.#readOutput()
        return false
      case field.client:
        this.#client = scanner.number()
        return false
      case field.node:
        this.#node = scanner.text()
        return false
      case field.error:
        this.#error = scanner.text()
        return false
      default:
        this.#readSum(start)
        return true
    }
  }

  /** A scalar, or a pair of them. */
  #readValue(): void {
    const scanner = this.#scanner
    this.#hasValue = true
    this.#isPair = scanner.peek() === openBracket
    if (!this.#isPair) {
      this.#value = scanner.value()
      return
    }
    scanner.expect(openBracket)
    this.#value = scanner.value()
    scanner.expect(comma)
    this.#next = scanner.value()
    scanner.expect(closeBracket)
  }

  #readOutput(): void {
    const scanner = this.#scanner
    scanner.expect(openBrace)
    if (scanner.peek() === closing) {
      scanner.at++
      return
    }
    for (;;) {
      const which = scanner.name(outputFields, 0)
      if (which === 0) this.#version = this.#whole(scanner.number(), 0)
      else if (which === 1) this.#outputValue = scanner.value()
      else if (which === 3) this.#found = scanner.value()
      else {
        const answer = scanner.value()
        if (answer !== 1 && answer !== 2) scanner.fail()
        this.#swapped = answer === 2 ? swaps.yes : swaps.no
      }
      if (scanner.peek() === closing) break
      scanner.expect(comma)
    }
    scanner.expect(closing)
  }

  /** The sum is that of the line without it: up to its comma, and the brace that closes. */
  #readSum(start: number): void {
    const { bytes } = this.#scanner
    const body = this.#scanner.at - 7 // Length of ,"sum":
    const end = body + sumLength
    this.#scanner.expect(quote)
    if (bytes[body] !== comma || bytes[end - 2] !== quote || bytes[end - 1] !== closing) this.#scanner.fail()
    if (end < this.#end && bytes[end] !== newline) this.#scanner.fail()
    const sum = ~crc32Of(closingBrace, 0, 1, crc32Of(bytes, start, body))
    for (let digit = 0; digit < 8; digit++) {
      const expected = (sum >>> (28 - 4 * digit)) & 15
      if (bytes[body + 8 + digit] !== (expected < 10 ? 0x30 + expected : 0x57 + expected)) this.#scanner.fail()
    }
    this.#scanner.at = end + 1
  }

  #whole(number: number, least: number): number {
    return (number | 0) === number && number >= least ? number : this.#scanner.fail()
  }

  /** What `pairs` demands of an invocation; else it may say why not. */
  #begin(): void {
    const process = this.#whole(this.#process, 0)
    const opened = this.#openUnder(process)
    const isTime = this.#timeUs >= 0 && this.#timeUs < Number.POSITIVE_INFINITY
    if (opened !== idle || this.#f < 0 || !isTime) this.#scanner.fail()
    const needsPair = this.#f === f.cas
    const needsValue = needsPair || this.#f === f.write || this.#f === f.append
    if (needsValue && (!this.#hasValue || this.#isPair !== needsPair)) this.#scanner.fail()
    if (this.#f === f.append && !this.builder.values.isText(this.#value)) this.#scanner.fail()
    const { builder } = this
    const row = builder.addRow()
    this.#open[process] = row
    builder.f[row] = this.#f
    builder.outcome[row] = outcomes.open
    builder.call[row] = this.#timeUs
    builder.return[row] = Number.POSITIVE_INFINITY
    builder.id[row] = this.#index
    builder.process[row] = process
    builder.client[row] = this.#client === absent ? absent : this.#whole(this.#client, 0)
    builder.node[row] = this.#node
    builder.key[row] = this.#key
    builder.value[row] = needsValue ? this.#value : absent
    builder.next[row] = needsPair ? this.#next : absent
  }

  #openUnder(process: number): number {
    if (process >= this.#open.length) {
      if (process >= maximumProcess) this.#scanner.fail()
      const larger = new Int32Array(Math.max(process + 1, this.#open.length * 2)).fill(idle)
      larger.set(this.#open)
      this.#open = larger
    }
    return this.#open[process] ?? idle
  }

  #complete(): void {
    const { builder } = this
    const process = this.#whole(this.#process, 0)
    const row = this.#openUnder(process)
    const isSame =
      row >= 0 &&
      builder.f[row] === this.#f &&
      (this.#key === absent || this.#key === builder.key[row]) &&
      this.#timeUs >= (builder.call[row] ?? 0) &&
      this.#timeUs < Number.POSITIVE_INFINITY
    if (!isSame || this.#type < 0) this.#scanner.fail()
    if (this.#type === 1 && this.#hasValue) this.#checkArgument(row)
    this.#open[process] = this.#type === 3 ? crashed : idle
    builder.completedAt[row] = this.#index
    if (builder.client[row] === absent && this.#client !== absent) builder.client[row] = this.#whole(this.#client, 0)
    if (builder.node[row] === absent) builder.node[row] = this.#node
    builder.error[row] = this.#error
    if (this.#type !== 3) builder.return[row] = this.#timeUs
    if (this.#type === 2) builder.outcome[row] = outcomes.failed
    if (this.#type === 1) this.#answer(row)
  }

  /** An answer that repeats what was asked for has to do so. */
  #checkArgument(row: number): void {
    const { builder } = this
    if (this.#f === f.read || this.#f === f.delete) return
    const isPair = this.#f === f.cas
    const isSame = this.#isPair === isPair && this.#value === builder.value[row]
    if (!isSame || (isPair && this.#next !== builder.next[row])) this.#scanner.fail()
  }

  #answer(row: number): void {
    const { builder } = this
    builder.outcome[row] = outcomes.ok
    builder.version[row] = this.#version
    if (this.#f === f.read) builder.seen[row] = this.#outputValue
    if (this.#f !== f.cas) return
    if (this.#swapped === swaps.untold) this.#scanner.fail()
    builder.swapped[row] = this.#swapped
    if (this.#swapped === swaps.no) builder.seen[row] = this.#found
  }
}

const closingBrace = Uint8Array.of(closing)
