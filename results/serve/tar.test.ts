import fc from 'fast-check'
import { expect, test } from 'vitest'
import { archiveName } from './archive.ts'
import { tarOf } from './tar.ts'

const bytesOf = (pieces: Iterable<Uint8Array>): Buffer => Buffer.concat([...pieces])
const fileOf = (path: string, text: string) => ({ path, size: Buffer.byteLength(text), content: [Buffer.from(text)] })

test('a tar is whole blocks: header, content, padding, and two empty ones at its end', () => {
  const tar = bytesOf(tarOf([{ path: 'a/', size: 0, content: [] }, fileOf('a/b', 'hello')], 1_700_000_000))
  expect(tar.length).toBe(512 * 5)
  expect(tar.toString('latin1', 512, 516)).toBe('a/b\0')
  expect(tar.toString('latin1', 512 + 124, 512 + 136)).toBe('00000000005\0')
  expect(tar.toString('latin1', 512 + 257, 512 + 265)).toBe('ustar\x0000')
  expect(tar.toString('latin1', 1024, 1029)).toBe('hello')
  expect(tar.subarray(1029).every((byte) => byte === 0)).toBe(true)
})

test('every header has the right sum', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }), fc.string(), (path, text) => {
      const tar = bytesOf(tarOf([fileOf(path.replaceAll('\0', ''), text)], 5))
      const header = Buffer.from(tar.subarray(0, 512))
      const said = Number.parseInt(header.toString('latin1', 148, 154), 8)
      header.fill(' ', 148, 156)
      expect(header.reduce((sum, byte) => sum + byte, 0)).toBe(said)
      expect(tar.length % 512).toBe(0)
    }),
  )
})

test('a file that has not the size that it was said to have ends the archive with an error', () => {
  const short = { path: 'a', size: 9, content: [Buffer.from('short')] }
  expect(() => bytesOf(tarOf([short], 0))).toThrow('a has 5 bytes, not 9')
})

test.each([
  ['20260131-register-ok-1', '20260131-register-ok-1.tar.gz'],
  ['<b>"\r\nx: y', '_b_x_y.tar.gz'],
  ['...', 'run.tar.gz'],
])('the archive of %j is called %s', (run, name) => {
  expect(archiveName(run)).toBe(name)
})
