/** Which ops the explorer shows. */
import { type Ops, textOf } from '../report/ops.ts'

/** Numbers are those of `ops.names`; of `client`, a client's number. Absent: all. */
export interface Filter {
  readonly key?: number
  readonly client?: number
  readonly node?: number
  readonly f?: number
  readonly outcome?: number
  /** Words that all must stand in what an op asked, got or failed of, in any order; case does not count. */
  readonly text: string
}

export const everything: Filter = { text: '' }

/** The places of the ops that fit, by call. */
export function matching(ops: Ops, filter: Filter, texts: Texts): Int32Array {
  const { key, client, node, f, outcome } = filter
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const places = new Int32Array(ops.length)
  let count = 0
  for (let at = 0; at < ops.length; at++) {
    if (key !== undefined && ops.key[at] !== key) continue
    if (client !== undefined && ops.client[at] !== client) continue
    if (node !== undefined && ops.node[at] !== node) continue
    if (f !== undefined && ops.f[at] !== f) continue
    if (outcome !== undefined && ops.outcome[at] !== outcome) continue
    if (words.length > 0 && !words.every((word) => texts.of(at).includes(word))) continue
    places[count++] = at
  }
  return places.subarray(0, count)
}

/** What a search looks through, made once for each op that it comes across. */
export class Texts {
  readonly #ops: Ops
  readonly #texts: string[] = []

  constructor(ops: Ops) {
    this.#ops = ops
  }

  of(at: number): string {
    const known = this.#texts[at]
    if (known !== undefined) return known
    const { names, key, node, client, process, id } = this.#ops
    const who = `c${client[at]} p${process[at]} #${id[at]}`
    const where = `${names.key[key[at] ?? -1] ?? ''} ${names.node[node[at] ?? -1] ?? ''}`
    const text = `${who} ${where} ${textOf(this.#ops, at)}`.toLowerCase()
    this.#texts[at] = text
    return text
  }
}
