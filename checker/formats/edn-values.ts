/** The values of EDN that JavaScript has no word for. */

export type Edn = null | boolean | number | string | Keyword | EdnSymbol | Tagged | EdnMap | EdnSet | readonly Edn[]
export type EdnMap = ReadonlyMap<Edn, Edn>
export type EdnSet = ReadonlySet<Edn>

/** `:name`. Equal keywords are one object, so a map finds them. */
export class Keyword {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

export class EdnSymbol {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** `#tag value`. */
export class Tagged {
  readonly tag: string
  readonly value: Edn

  constructor(tag: string, value: Edn) {
    this.tag = tag
    this.value = value
  }
}

const keywords = new Map<string, Keyword>()

export function keyword(name: string): Keyword {
  const known = keywords.get(name)
  if (known !== undefined) return known
  const made = new Keyword(name)
  keywords.set(name, made)
  return made
}
