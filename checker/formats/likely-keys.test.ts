/** What is known by heart must not change what is read. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FormatError } from './format-error.ts'
import { readJepsen } from './jepsen.ts'

const gap = fc.constantFrom(' ', ' ', ' ', ', ', '  ', '\n', ' ; :type :info\n', ' #_ :f ', ' #_{:a 1} ', '\t,')
const fields = fc.constantFrom<readonly string[]>(
  [':process', ':type', ':f', ':value'],
  [':process', ':type', ':f', ':value', ':time'],
  [':index', ':time', ':type', ':process', ':f', ':value'],
  [':type', ':f', ':value', ':process', ':error', ':x'],
)
const value: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ':process': fc.constantFrom('0', '1', '23', ':nemesis'),
  ':type': fc.constantFrom(':invoke', ':ok', ':info', ':fail'),
  ':f': fc.constantFrom(':read', ':write', ':cas'),
  ':value': fc.constantFrom('nil', '3', '[1 2]', '#{1}', '"a :f :cas"', '#_ 4 5', '#inst "x"', '-7', '#t[1 2]'),
  ':index': fc.nat(20).map(String),
  ':time': fc.constantFrom('5', '70', '900'),
  ':error': fc.constantFrom(':timeout', '"}"', '[:a {:b 1}]'),
  ':x': fc.constantFrom('{:a 1}', '1'),
}
/** As Jepsen writes them, or with whatever may stand between. */
const op = fc
  .record({ names: fields, tag: fc.constantFrom('', '', '#jepsen.history.Op', '#x '), isOdd: fc.boolean() })
  .chain(({ names, tag, isOdd }) => {
    const each = isOdd ? gap : fc.constant(' ')
    return fc
      .tuple(...names.map((name) => fc.tuple(each, value[name] ?? fc.constant('nil'), isOdd ? gap : fc.constant(', '))))
      .map((parts) => {
        const inner = parts.map(([before, given, after], i) => `${names[i]}${before}${given}${after}`).join('')
        return `${tag}{${inner}}`
      })
  })

/** Without what the place in the history gives. */
function essence(text: string) {
  const { events } = readJepsen(text, { independent: false })
  return events.map(({ index: _, timeUs: __, ...event }) => event)
}

test('ops are read as each is by itself, whatever stands between their values', () => {
  fc.assert(
    fc.property(fc.array(op, { maxLength: 6 }), fc.constantFrom('', '\n', ' '), (ops, between) => {
      const alone = ops.flatMap(essence)
      expect(essence(ops.join(between))).toEqual(alone)
      expect(essence(`[${ops.join(between)}]`)).toEqual(alone)
    }),
    { numRuns: 500 },
  )
})

test('a text that is damaged at any place is an error there or later, and is never read otherwise', () => {
  const line = (index: number) =>
    `{:index ${index}, :time ${index}7, :type :invoke, :process ${index}, :f :read, :value nil}`
  const text = `${[1, 2, 3].map(line).join('\n')}\n`
  const whole = essence(text)
  for (let at = 1; at < text.length - 1; at++) {
    try {
      // What is torn off is missing, and must be missed, but for a line's end.
      expect(whole.slice(0, essence(text.slice(0, at)).length)).toEqual(essence(text.slice(0, at)))
      expect(text.slice(0, at).trimEnd().at(-1)).toBe('}')
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      expect(error.line).toBeLessThanOrEqual(3)
    }
  }
})

const wrong: readonly [text: string, message: string][] = [
  ['{:process 0, :type :invoke, :f :read, :process 1}', 'line 1, column 48: the op has this key twice'],
  ['{:process 0, :type :invoke, :f :read, :x 1, :x 1}', 'the op has this key twice'],
  ['{:process 0, :type :invoke, :f :read, :value nil, :value 3}', 'the op has this key twice'],
  ['{:process 0, :type :invoke, :f :read, :time ##NaN}', 'line 1, column 45: :time should be a number'],
  ['{:process 0, :type :invoke, :f :read, :time "1"}', ':time should be a number'],
  ['{:process 0, :type :invoke, :f :read, :index 1.5}', ':index should be a whole number'],
  ['{:process -1, :type :invoke, :f :read}', 'line 1, column 11: :process should be a number from 0 on, or a name'],
  ['{:process 0, :type :done, :f :read}', 'line 1, column 20: :type should be'],
  ['{:process 0, :type :invoke, :f "read"}', ':f should be a keyword'],
  ['{:process 0, :type :invoke, :f :read', 'line 1, column 1: { is never closed'],
  ['{:process 0, :type :invoke, :f}', 'a map has a key without a value'],
  ['#{:process 0}', 'an op should be a map'],
  ['#a #b {:process 0}', 'an op should be a map'],
]

test.each(wrong)('%s after an op like it', (text, message) => {
  const good = '{:process 0, :type :invoke, :f :read, :value nil}'
  expect(() => readJepsen(text)).toThrow(message)
  expect(() => readJepsen(`${good}\n${text}`)).toThrow(message.replace('line 1', 'line 2'))
})

test('values discarded within values discarded have a bound', () => {
  expect(() => readJepsen('#_'.repeat(100_000))).toThrow('values are nested deeper than 200')
  expect(() => readJepsen('[0 :invoke :write '.padEnd(10_000, '['))).toThrow('values are nested deeper than 200')
})
