/** Whatever came from outside is text, and bounded. */

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const blank = 0x20

/** For text and for attributes in quotes. What HTML has no place for becomes U+FFFD. */
export function escaped(text: string): string {
  return visible(text.toWellFormed()).replace(/[&<>"']/g, (char) => named[char] ?? char)
}

function visible(text: string): string {
  return Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0
    const isControl = (code < blank && char !== '\n' && char !== '\t') || (code >= 0x7f && code < 0xa0)
    return isControl || code === 0xfffe || code === 0xffff ? '\ufffd' : char
  }).join('')
}

/** At most so many characters, the last of which says that more follow. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
