import { expect, test } from 'vitest'
import { isOfDisk } from './disk-error.ts'

const coded = (code: string): Error => Object.assign(new Error('write'), { code })

test.each<[string, unknown, boolean]>([
  ['a full disk', coded('ENOSPC'), true],
  ['a broken one', coded('EIO'), true],
  ['one that caused the error', new Error('the disk failed', { cause: coded('EROFS') }), true],
  ['a port that is taken', coded('EADDRINUSE'), false],
  ['a broken invariant', new Error('two leaders', { cause: new Error('of one term') }), false],
  ['a number for a code', Object.assign(new Error('x'), { code: 28 }), false],
  ['no error at all', 'ENOSPC', false],
])('%s: the disk or not', (_title, error, expected) => {
  expect(isOfDisk(error)).toBe(expected)
})
