/**
 * Markup that escapes what comes from outside. Only `html` and `trusted` make an `Html`, and whatever else is put
 * into a template is text: a key named `<script>` shows as that.
 */

export class Html {
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }
}

export type Part = Html | string | number | undefined | readonly Part[]

/** A piece of a page. Parts are escaped; lists are joined; `undefined` is nothing. Attributes must stand in quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = strings[0] ?? ''
  parts.forEach((part, at) => {
    markup += markupOf(part) + (strings[at + 1] ?? '')
  })
  return new Html(markup)
}

/** Markup that stands in our own source; never use it for anything read or measured. */
export function trusted(markup: string): Html {
  return new Html(markup)
}

/**
 * Text with its control characters made visible: they would be invalid in a page, could steer a terminal, and
 * direction marks could make a text read as another.
 */
export function visible(text: string): string {
  return text.replace(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
  })
}

/** C0 and C1 controls, direction marks and overrides, line and paragraph separators, byte order mark. */
const unseen = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function markupOf(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Html) return part.markup
  if (typeof part === 'number') return String(part)
  if (typeof part === 'string') return visible(part).replace(/[&<>"']/g, (character) => entities[character] ?? '')
  return part.map(markupOf).join('')
}
