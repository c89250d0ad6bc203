import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html, trusted, visible } from './html.ts'

test.each([
  ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  [`" onload='x' &amp;`, '&quot; onload=&#39;x&#39; &amp;amp;'],
  ['a\u0000b\u001b[31m\n', 'a␀b␛[31m␊'],
  ['abc\u202etxt.exe', 'abc⟨U+202E⟩txt.exe'],
  ['höhe ✓ 😀', 'höhe ✓ 😀'],
])('%j becomes %j in a page', (text, markup) => {
  expect(html`${text}`.markup).toBe(markup)
})

test('markup in markup stays, lists are joined, nothing is nothing', () => {
  expect(html`<b>${[html`<i>${'<'}</i>`, 3, undefined, ['&']]}</b>${trusted('<hr>')}`.markup).toBe(
    '<b><i>&lt;</i>3&amp;</b><hr>',
  )
})

test('data that merely looks like markup is not trusted', () => {
  const forged = JSON.parse('[{"markup":"<script>"}]')
  expect(() => html`${forged}`).toThrow()
})

test('no text whatsoever leaves an attribute or a tag', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(html`${text}`.markup).not.toMatch(/[<>"']/)
      expect(visible(visible(text))).toBe(visible(text))
    }),
  )
})
