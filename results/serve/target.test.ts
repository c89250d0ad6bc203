import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressOf, campaignAddress, targetOf } from './target.ts'

test.each([
  ['/', ['']],
  ['/runs/a', ['runs', 'a']],
  ['/runs/a/', ['runs', 'a', '']],
  ['/runs/a%20b/logs/n1.log?x=1', ['runs', 'a b', 'logs', 'n1.log']],
  ['/runs/%3Cscript%3E/', ['runs', '<script>', '']],
  ['/runs/...', ['runs', '...']],
  ['/runs/%252e%252e/x', ['runs', '%2e%2e', 'x']],
])('%s is taken apart before it is decoded', (url, segments) => {
  expect(targetOf(url)?.segments).toEqual(segments)
})

test.each([
  '',
  'runs',
  'http://elsewhere/',
  '//elsewhere/',
  '/../etc/passwd',
  '/runs/..',
  '/runs/./a',
  '/runs//a',
  '/runs/%2e%2e/a',
  '/runs/%2E./a',
  '/runs/a%2fb',
  '/runs/a%2Fb',
  '/runs/a%5cb',
  '/runs/a\\b',
  '/runs/a%00',
  '/runs/a%0d%0ax',
  '/runs/%ff',
  '/runs/%',
  '/runs/a#b',
  `/${'a'.repeat(9000)}`,
  undefined,
])('%j is refused', (url) => {
  expect(targetOf(url)).toBeUndefined()
})

test('an address leads to the very run and file that it was made of', () => {
  const segment = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/[/\\\p{Cc}]|^\.{1,2}$/u.test(text))
  fc.assert(
    fc.property(segment, fc.array(segment, { maxLength: 3 }), (run, path) => {
      const expected = path.length === 0 ? ['runs', run, ''] : ['runs', run, ...path]
      expect(targetOf(addressOf(run, ...path))?.segments).toEqual(expected)
      expect(targetOf(campaignAddress(run, ...path))?.segments).toEqual(['campaigns', ...expected.slice(1)])
    }),
  )
})

test('no address has a segment that leads up or aside', () => {
  const piece = fc.constantFrom('.', '..', '/', '%2e', '%2f', '%5c', '%00', '\\', 'a', '%25', '%', '?')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const segments = targetOf(`/${pieces.join('')}`)?.segments ?? []
      expect(segments.filter((one) => one === '.' || one === '..' || /[/\\\0]/.test(one))).toEqual([])
    }),
    { numRuns: 2_000 },
  )
})
