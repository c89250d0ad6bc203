import { expect, test } from 'vitest'
import { hostInUrl, isLoopback, isOurHost } from './host.ts'

test.each([
  'localhost',
  'LOCALHOST:7357',
  '127.0.0.1',
  '127.0.0.1:9',
  '[::1]:7357',
  '192.168.1.7:80',
  'box.lan:7357',
  '[fe80::1]',
])('a request for %s is ours, when we were told to be box.lan', (header) => {
  expect(isOurHost(header, 'Box.lan')).toBe(true)
})

test.each([
  undefined,
  '',
  'evil.example',
  'evil.example:7357',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '127.0.0.1:7357@evil.example',
  'localhost:7357:1',
  '[evil.example]',
  '::1',
  '127.1.evil',
  'local host',
])('a request for %j is not: a foreign name may point here', (header) => {
  expect(isOurHost(header, '127.0.0.1')).toBe(false)
})

test('loopback is told from what others can reach', () => {
  expect(['127.0.0.1', '127.8.8.8', '::1', 'localhost'].map(isLoopback)).toEqual([true, true, true, true])
  expect(['0.0.0.0', '::', '10.0.0.1', 'box.lan', ''].map(isLoopback)).toEqual([false, false, false, false, false])
  expect(hostInUrl('::1')).toBe('[::1]')
})
