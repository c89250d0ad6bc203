/** What else happened during a history: faults, elections, phases. A check carries them to the page as they are. */

export interface Annotation {
  /** Drawn with this client; either this or `tag`. */
  readonly process?: number
  /** Drawn in a row of this name. */
  readonly tag?: string
  /** On the clock of the operations. */
  readonly start: number
  /** A moment if absent. */
  readonly end?: number
  readonly text: string
  /** Shown when one looks closer. */
  readonly details?: string
  /** CSS colours: a name, `#rgb`, `#rrggbb` or `#rrggbbaa`. */
  readonly textColour?: string
  readonly backgroundColour?: string
}

/** Only what can not break out of a style: names and hexadecimal colours. */
const colour = /^(?:[a-zA-Z]{1,30}|#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8}))$/

/** Throws a `TypeError` that names the first one that is wrong, and what is wrong with it. */
export function checkAnnotations(annotations: readonly Annotation[]): void {
  for (const [index, annotation] of annotations.entries()) {
    const objection = objectionTo(annotation)
    if (objection !== undefined) throw new TypeError(`annotation ${index} ${objection}`)
  }
}

function objectionTo({ process, tag, start, end, text, textColour, backgroundColour }: Annotation): string | undefined {
  if ((process === undefined) === (tag === undefined)) return 'needs either a process or a tag'
  if (process !== undefined && !Number.isSafeInteger(process)) return `has no process number: ${process}`
  if (tag === '') return 'has an empty tag'
  if (!Number.isFinite(start)) return `starts at ${start}, which is no time`
  if (end !== undefined && !(Number.isFinite(end) && end >= start)) return `ends at ${end}, but starts at ${start}`
  if (typeof text !== 'string' || text === '') return 'has no text'
  for (const each of [textColour, backgroundColour]) {
    if (each !== undefined && !colour.test(each)) return `has a colour that is none: ${JSON.stringify(each)}`
  }
  return undefined
}
