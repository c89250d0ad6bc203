/** Looking up a name that a person typed in one of the registries. */
import { UsageError } from './usage-error.ts'

/** The entry, or a `UsageError` that lists the names and proposes the nearest for the option that takes it. */
export function named<Entry>(
  kind: string,
  registry: Readonly<Record<string, Entry>>,
  name: string,
  option = `--${kind}`,
): Entry {
  const entry = Object.hasOwn(registry, name) ? registry[name] : undefined
  if (entry !== undefined) return entry
  const names = Object.keys(registry)
  const nearest = names.toSorted((a, b) => distance(name, a) - distance(name, b))[0]
  throw new UsageError({
    given: `${kind} '${name}'`,
    expected: `one of ${names.join(', ')}`,
    type: `${option} ${nearest ?? 'NAME'}`,
  })
}

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_none, at) => at)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1)
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
