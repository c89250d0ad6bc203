/** Words from outside in Markdown: they show as they are, and are neither markup nor HTML. */
import { visible } from '../report/html.ts'

/** A text in a paragraph, a list or the cell of a table. */
export function plain(text: string): string {
  return visible(text.toWellFormed())
    .replace(/[\\`*_[\]|~#!$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;') // No page of a forge shall call people by a key's name.
    .replace(/:\/\//g, '&#58;//')
}

/** A text as code; its fence is longer than any run of backticks within. Not for tables with a `|` in the text. */
export function code(text: string): string {
  const shown = visible(text.toWellFormed())
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const isPadded = shown.startsWith('`') || shown.endsWith('`') || shown.trim() === ''
  return isPadded ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`
}

/** Rows of cells that are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}

/** A relative path as the target of a link. */
export function target(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/').replaceAll('(', '%28').replaceAll(')', '%29')
}
