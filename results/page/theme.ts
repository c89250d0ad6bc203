/** The page's colours for drawing on a canvas, in light, dark and print. */

const names = [
  'paper',
  'card',
  'ink',
  'soft',
  'line',
  'ground',
  'ok',
  'ok-soft',
  'fail',
  'info',
  'bad',
  'tint0',
  'tint1',
  'tint2',
  'tint3',
] as const

export type Colours = Readonly<Record<(typeof names)[number], string>> & { readonly sans: string }

/** As the style sheet has them now. */
export function colours(): Colours {
  const style = getComputedStyle(document.documentElement)
  const value = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const found = Object.fromEntries(names.map((name) => [name, value(name)]))
  return { ...found, sans: value('sans') } as Colours // Every name has its entry.
}

export function tintOf(palette: Colours, tint: number): string {
  return [palette.tint0, palette.tint1, palette.tint2, palette.tint3][tint % 4] ?? palette.soft
}

/** Calls when the colours have changed; returns what ends it. */
export function onTheme(listener: () => void): () => void {
  const queries = ['(prefers-color-scheme: dark)', 'print'].map((query) => matchMedia(query))
  for (const query of queries) query.addEventListener('change', listener)
  return () => {
    for (const query of queries) query.removeEventListener('change', listener)
  }
}
