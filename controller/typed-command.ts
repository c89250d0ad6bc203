/** Commands as a person types them. */

/** What was typed, for the record. */
export function typedCommand(): string {
  return ['faultline', ...process.argv.slice(2).map(quoted)].join(' ')
}

/** A word as a shell wants it. */
export function quoted(word: string): string {
  return /^[\w.,:=/@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
