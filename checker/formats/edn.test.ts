/** The reader of EDN, held against `edn-data`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEDNString, toEDNString } from 'edn-data'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEdn } from './edn.ts'
import { jsonOf, printEdn } from './edn-json.ts'
import { type Edn, EdnSymbol, Keyword, Tagged } from './edn-values.ts'
import type { Json } from './event.ts'
import { FormatError } from './format-error.ts'

/** As `edn-data` has it. */
function plain(value: Edn): unknown {
  if (value instanceof Keyword) return { key: value.name }
  if (value instanceof EdnSymbol) return { sym: value.name }
  if (value instanceof Tagged) return { tag: value.tag, val: plain(value.value) }
  if (value instanceof Set) return { set: Array.from(value as ReadonlySet<Edn>, plain) }
  if (value instanceof Map) {
    return { map: Array.from(value as ReadonlyMap<Edn, Edn>, ([key, item]) => [plain(key), plain(item)]) }
  }
  return Array.isArray(value) ? value.map(plain) : value
}

/** Lists are lists to `edn-data`, characters are objects, and so on: what we do not tell apart is made alike. */
function alike(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? Number(value) : value
  if (Array.isArray(value)) return value.map(alike)
  const fields = Object.entries(value).map(([name, item]): [string, unknown] => [name, alike(item)])
  const [[name, only] = []] = fields
  return fields.length === 1 && (name === 'list' || name === 'char') ? only : Object.fromEntries(fields)
}

const name = fc.stringMatching(/^[a-z][a-z0-9*!_?-]{0,12}$/)
const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.integer({ min: -20, max: 20 }),
  fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '\n', '\t', 'ü', ';', '#', '{', '1') }),
  name.map((key) => ({ key })),
  name.filter((sym) => !['nil', 'true', 'false'].includes(sym)).map((sym) => ({ sym })),
)
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 4 }).map((list) => ({ list })),
    fc.uniqueArray(fc.integer(), { maxLength: 4 }).map((set) => ({ set })),
    fc
      .uniqueArray(fc.tuple(name, tie('value')), { maxLength: 4, selector: ([key]) => key })
      .map((entries) => ({ map: entries.map(([key, item]) => [{ key }, item]) })),
    fc.tuple(name, tie('value')).map(([tag, val]) => ({ tag, val })),
  ),
}))

test('what edn-data writes is read as edn-data reads it', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), (values) => {
      // It has no escapes but these two, and writes other characters as they are.
      const text = toEDNString(values as never)
      const [form] = parseEdn(text)
      expect(plain(form?.value ?? null)).toEqual(alike(parseEDNString(text)))
    }),
    { numRuns: 400 },
  )
})

const json: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 4 }).map((given) => JSON.parse(JSON.stringify(given)) as Json)

test('JSON goes through EDN and back as it was, and edn-data reads the same in it', () => {
  fc.assert(
    fc.property(json, (given) => {
      const text = printEdn(given)
      expect(parseEdn(text).map(({ value: read }) => jsonOf(read))).toEqual([given])
      expect(text).toMatch(/^[ -~]*$/)
    }),
    { numRuns: 200 },
  )
})

test('no text at all makes the reader do anything but read it or say where it is wrong', () => {
  const unit = fc.constantFrom(...'(){}[]#"\\:;^_ ,\n01-+./NMeax'.split(''), '#_', '#{', '##Inf', 'nil')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
      try {
        parseEdn(text)
      } catch (error) {
        if (!(error instanceof FormatError)) throw error
        const lines = text.split('\n')
        expect(lines[error.line - 1]?.length).toBeGreaterThanOrEqual(error.column - 1)
      }
    }),
    { numRuns: 1000 },
  )
})

describe('what would become another value is an error', () => {
  test.each([
    ['010', '010 is no number'],
    ['1/0', '1/0 is no number'],
    ['0.1000000000000000055511151231257827', 'too large to be kept exactly'],
    ['{:a 1 :a 2}', 'a map has a key twice'],
    ['#{1 1}', 'a set has a value twice'],
    [': a', 'a keyword has no name'],
  ])('%s', (text, message) => {
    expect(() => parseEdn(text)).toThrow(message)
  })
})

const data = process.env.FAULTLINE_DATA ?? join(import.meta.dirname, '../../../shared/data')
const folders = ['knossos/cas-register/good', 'knossos/cas-register/bad', 'porcupine/kv'].map((each) =>
  join(data, each),
)

describe.skipIf(!existsSync(data))('recorded histories (skipped where FAULTLINE_DATA has none)', () => {
  const files = existsSync(data) ? folders.flatMap((each) => readdirSync(each).map((file) => join(each, file))) : []
  test.each(files)('%s is read as edn-data reads it', (file) => {
    const text = readFileSync(file, 'utf8')
    const forms = parseEdn(text).map(({ value: read }) => plain(read))
    expect(forms).toEqual(alike(parseEDNString(`[${text}\n]`)))
  })
})
