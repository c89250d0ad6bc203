/**
 * Where things stand in a Lamport diagram (Lamport 1978, figure 1, turned upside down): a lane per node, time running
 * down. Time is not to scale, or an election would fill a page and a round of appends a pixel: each moment at which
 * something happens gets a row, as far below the one before as their distance and the texts beside them ask for.
 */
import { gutter, width } from './axis.ts'

/** Between two lanes, or right of the last: texts stand at the left or the right end of it. */
export interface Place {
  /** The gap right of lane number `gap`. */
  readonly gap: number
  readonly side: 'left' | 'right'
}

/** A text that needs room below the row of its moment. */
export interface Note {
  readonly timeUs: number
  readonly place: Place
  readonly text: string
}

/** A line across all lanes, with a row of its own. */
export interface Rule {
  readonly timeUs: number
}

export interface Row {
  readonly timeUs: number
  readonly y: number
  /** A pause before this row that was cut short. */
  readonly pauseUs?: number
}

export interface Layout {
  readonly rows: readonly Row[]
  readonly bottom: number
  /** The row of a moment that was given to `layRows`. */
  y(timeUs: number): number
  /** The baseline of a note that was given to `layRows`. */
  baseline(note: Note): number
}

const lineHeight = 12
/** How far a note's baseline is below its row. */
const noteDrop = 12
/** An average letter of a note. */
const letterWidth = 5.9
const laneInset = 9
/** A pause longer than this is said to be one. */
const pauseUs = 15_000
const pauseHeight = 26
const ruleHeight = 18

/** Where lane number `at` of `lanes` stands. */
export function laneX(at: number, lanes: number): number {
  return gutter + 26 + at * laneDistance(lanes)
}

export function laneDistance(lanes: number): number {
  return (width - gutter - 52) / Math.max(1, lanes - 1 + lastGap(lanes))
}

/** A single lane has all the width right of it; the last of several has none. */
function lastGap(lanes: number): number {
  return lanes === 1 ? 1 : 0
}

/** How many letters of a note fit between two lanes. */
export function lettersBetween(lanes: number): number {
  return Math.floor((laneDistance(lanes) - 2 * laneInset) / letterWidth)
}

export function noteX(place: Place, lanes: number): number {
  return place.side === 'left' ? laneX(place.gap, lanes) + laneInset : laneX(place.gap + 1, lanes) - laneInset
}

/** About; fonts differ. */
export function noteWidth({ text }: Pick<Note, 'text'>): number {
  return [...text].length * letterWidth
}

/** Gives every moment its row. Notes of one gap never cover each other. */
export function layRows(
  moments: readonly number[],
  { notes, rules, lanes, top }: { notes: readonly Note[]; rules: readonly Rule[]; lanes: number; top: number },
): Layout {
  const times = [...new Set([...moments, ...notes.map(timeOf), ...rules.map(timeOf)])].sort((a, b) => a - b)
  const notesAt = Map.groupBy(notes, timeOf)
  const ruled = new Set(rules.map(timeOf))
  const rows: Row[] = []
  const baselines = new Map<Note, number>()
  const room = new Room(lanes)
  let y = top
  let before: number | undefined
  for (const timeUs of times) {
    const distanceUs = before === undefined ? 0 : timeUs - before
    const isPause = distanceUs >= pauseUs
    if (before !== undefined) y += isPause ? pauseHeight : stepOf(distanceUs)
    if (ruled.has(timeUs)) y = Math.max(y, room.lowest) + ruleHeight
    const own = notesAt.get(timeUs) ?? []
    // A row moves down rather than that its notes stand far below it.
    for (const note of own) y = Math.max(y, room.find(note, y + noteDrop) - noteDrop)
    for (const note of own) baselines.set(note, room.take(note, y + noteDrop))
    rows.push({ timeUs, y, ...(isPause ? { pauseUs: distanceUs } : {}) })
    before = timeUs
  }
  const byTime = new Map(rows.map((row) => [row.timeUs, row.y]))
  return {
    rows,
    bottom: Math.max(y, ...baselines.values()) + 10,
    y: (timeUs) => byTime.get(timeUs) ?? top,
    baseline: (note) => baselines.get(note) ?? top,
  }
}

/** What of each gap is taken, and from which end. */
class Room {
  #distance: number
  #taken: { readonly note: Note; readonly baseline: number }[] = []

  constructor(lanes: number) {
    this.#distance = laneDistance(lanes) - 2 * laneInset - 8
  }

  /** The baseline below which nothing is taken. */
  get lowest(): number {
    return this.#taken.at(-1)?.baseline ?? 0
  }

  /** The first baseline from `from` on at which the note covers no other. */
  find(note: Note, from: number): number {
    let baseline = from
    for (const other of this.#taken) {
      if (this.#collide(note, other.note) && Math.abs(other.baseline - baseline) < lineHeight)
        baseline = other.baseline + lineHeight
    }
    return baseline
  }

  take(note: Note, from: number): number {
    const baseline = this.find(note, from)
    this.#taken.push({ note, baseline })
    this.#taken.sort((a, b) => a.baseline - b.baseline)
    // What stands far above can not be in the way.
    if (this.#taken.length > 100) this.#taken.shift()
    return baseline
  }

  #collide(a: Note, b: Note): boolean {
    if (a.place.gap !== b.place.gap) return false
    return a.place.side === b.place.side || noteWidth(a) + noteWidth(b) > this.#distance
  }
}

/** Further apart in time is further down, but ten times as far only a little. */
function stepOf(us: number): number {
  return 2.5 + 3 * Math.log10(1 + us / 100)
}

function timeOf({ timeUs }: { readonly timeUs: number }): number {
  return timeUs
}
