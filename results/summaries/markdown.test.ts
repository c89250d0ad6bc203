import fc from 'fast-check'
import { expect, test } from 'vitest'
import { code, plain, table, target } from './markdown.ts'

test.each([
  ['k1=<script>alert(1)</script>', 'k1=&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['[x](http://evil.example) ![y](z)', '\\[x\\](http&#58;//evil.example) \\!\\[y\\](z)'],
  ['a|b*c*_d_`e`', 'a\\|b\\*c\\*\\_d\\_\\`e\\`'],
  ['one\ntwo\u001b[31m', 'one␊two␛\\[31m'],
  ['@somebody & co', '&#64;somebody &amp; co'],
  ['half \ud800', 'half �'],
])('%j shows as it is', (text, expected) => {
  expect(plain(text)).toBe(expected)
})

test('a text as code can not end its own fence', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '\n') }), (text) => {
      const shown = code(text)
      const [fence = ''] = /^`+/.exec(shown) ?? []
      expect(shown.endsWith(fence)).toBe(true)
      expect(shown.slice(fence.length, -fence.length).split(/[^`]+/)).not.toContain(fence)
    }),
  )
})

test('a table has as many cells in each row as in its head', () => {
  expect(table(['a', 'b'], [['1', plain('x|y')]])).toEqual(['| a | b |', '| --- | --- |', '| 1 | x\\|y |'])
})

test('a link can not be left', () => {
  expect(target('../runs/a b)(c/report.html')).toBe('../runs/a%20b%29%28c/report.html')
})
