/**
 * A run that is still going, seen from its files: they are read on from where the last look ended. Nothing here is part
 * of a verdict, so a damaged line is passed over.
 */
import { closeSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { files } from '../layout.ts'
import { openPlain } from './run-files.ts'

export interface LiveState {
  /** It has an outcome now. */
  readonly isOver: boolean
  /** Seconds since anything was written; a run that was cut short writes nothing ever again. */
  readonly quietS: number
  /** False while there is more to read than one look takes in. */
  readonly isCurrent: boolean
  readonly ops: { readonly ok: number; readonly fail: number; readonly info: number; readonly open: number }
  /** Of the history's clock. */
  readonly elapsedS: number
  /** Answered ops in each of the last seconds, oldest first; the last is not over yet. */
  readonly perSecond: readonly number[]
  readonly leader?: string
  /** What is broken right now, in words. */
  readonly broken: readonly string[]
  /** How often each kind of thing was done to the system. */
  readonly faults: readonly (readonly [what: string, times: number])[]
  /** The newest last. */
  readonly recent: readonly { readonly atS: number; readonly what: string }[]
}

const lookBytes = 4 << 20
const longestLine = 1 << 20
const secondsKept = 60
const recentKept = 14

export class LiveRun {
  readonly dir: string
  #history: Tail
  #events: Tail
  #ops = { ok: 0, fail: 0, info: 0, open: 0 }
  #elapsedUs = 0
  #perSecond = new Map<number, number>()
  #leader: { node: string; term: unknown } | undefined
  /** By kind and place. */
  #broken = new Map<string, Done>()
  #faults = new Map<string, number>()
  #recent: Noted[] = []

  constructor(dir: string) {
    this.dir = dir
    this.#history = new Tail(dir, files.history, (line) => this.#op(line))
    this.#events = new Tail(dir, files.events, (line) => this.#event(line))
  }

  /** Reads what is new, up to a bound. `nowMs`: wall time. */
  look(nowMs: number): LiveState {
    const isCurrent = [this.#history.look(), this.#events.look()].every(Boolean)
    const second = Math.floor(this.#elapsedUs / 1e6)
    const first = Math.max(0, second - secondsKept + 1)
    for (const old of this.#perSecond.keys()) if (old < first) this.#perSecond.delete(old)
    const leader = this.#leader
    return {
      isOver: modifiedMs(join(this.dir, files.outcome)) !== undefined,
      quietS: Math.max(0, Math.round((nowMs - lastWriteMs(this.dir)) / 1000)),
      isCurrent,
      ops: { ...this.#ops, open: Math.max(0, this.#ops.open) },
      elapsedS: this.#elapsedUs / 1e6,
      perSecond: Array.from({ length: second - first + 1 }, (_none, at) => this.#perSecond.get(first + at) ?? 0),
      ...(leader === undefined ? {} : { leader: `${leader.node} leads term ${String(leader.term)}` }),
      broken: inWords([...this.#broken.values()]),
      faults: [...this.#faults],
      recent: this.#recent.map(({ atS, who, what }) => ({ atS, what: phrase(who, what) })),
    }
  }

  #op(line: Line): void {
    const { type, timeUs } = line
    if (typeof timeUs === 'number' && Number.isFinite(timeUs)) this.#elapsedUs = Math.max(this.#elapsedUs, timeUs)
    if (type === 'invoke') this.#ops.open++
    if (type !== 'ok' && type !== 'fail' && type !== 'info') return
    this.#ops[type]++
    this.#ops.open--
    if (type !== 'ok') return
    const second = Math.floor(this.#elapsedUs / 1e6)
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + 1)
  }

  #event(line: Line): void {
    const { node, link, wanted } = line
    if (line.type === 'trace') return this.#trace(line)
    const who = typeof node === 'string' ? node : linkName(link)
    switch (line.type) {
      case 'node-dead':
        if (this.#leader?.node === who) this.#leader = undefined
        return this.#breaks(line, { who, what: wanted === true ? 'killed' : 'died by itself' }, 'dead')
      case 'node-ready':
        return this.#mends(line, { who, what: 'up again' }, 'dead')
      case 'node-paused':
        return this.#breaks(line, { who, what: 'frozen' }, 'frozen')
      case 'node-resumed':
        return this.#mends(line, { who, what: 'goes on' }, 'frozen')
      case 'link-cut':
        return this.#breaks(line, { who, what: 'cut' }, 'cut')
      case 'link-healed':
        return this.#mends(line, { who, what: 'healed' }, 'cut')
      case 'disk-broken':
        return this.#breaks(line, { who, what: `disk broken (${String(line.how)})` }, 'disk')
      case 'disk-healed':
        return this.#mends(line, { who, what: 'disk healed' }, 'disk')
      case 'clock-set':
        return this.#breaks(line, { who, what: 'clock bent' }, 'clock')
      case 'clock-reset':
        return this.#mends(line, { who, what: 'clock right again' }, 'clock')
    }
  }

  #trace({ node, event, timeUs }: Line): void {
    if (typeof node !== 'string' || !isLine(event) || event.type !== 'role') return
    if (event.role === 'leader') {
      this.#leader = { node, term: event.term }
      this.#note(timeUs, { who: node, what: `leads term ${String(event.term)}` })
    } else if (this.#leader?.node === node) this.#leader = undefined
  }

  #breaks({ timeUs }: Line, done: Done, kind: string): void {
    this.#broken.set(`${kind} ${done.who}`, done)
    const what = isLink(done.who) ? `link ${done.what}` : done.what
    this.#faults.set(what, (this.#faults.get(what) ?? 0) + 1)
    this.#note(timeUs, done)
  }

  #mends({ timeUs }: Line, done: Done, kind: string): void {
    if (this.#broken.delete(`${kind} ${done.who}`)) this.#note(timeUs, done)
  }

  /** What is done to several at once is one line. */
  #note(timeUs: unknown, { who, what }: Done): void {
    const atS = typeof timeUs === 'number' ? timeUs / 1e6 : 0
    const last = this.#recent.at(-1)
    if (last?.what === what && atS - last.atS < togetherS) last.who.push(who)
    else this.#recent = [...this.#recent, { atS, who: [who], what }].slice(-recentKept)
  }
}

/** What happened to a node or a link. */
interface Done {
  readonly who: string
  readonly what: string
}

interface Noted {
  readonly atS: number
  readonly who: string[]
  readonly what: string
}

const togetherS = 0.1
const namedAtMost = 3

/** `n1 frozen`, `12 links cut`. */
function phrase(who: readonly string[], what: string): string {
  if (who.length <= namedAtMost) return `${who.join(', ')} ${what}`
  return `${who.length} ${who.every(isLink) ? 'links' : 'nodes'} ${what}`
}

function isLink(who: string): boolean {
  return who.includes('→')
}

function inWords(done: readonly Done[]): string[] {
  const kinds = Map.groupBy(done, ({ what }) => what)
  return [...kinds].map(([what, all]) =>
    phrase(
      all.map(({ who }) => who),
      what,
    ),
  )
}

/** When history or events were last written; 0 where there are none. */
export function lastWriteMs(dir: string): number {
  return Math.max(...[files.history, files.events, files.plan].map((file) => modifiedMs(join(dir, file)) ?? 0))
}

/** One JSON object, as it stood in a line. */
type Line = Readonly<Record<string, unknown>>

/** Reads a growing file of lines, each whole line once. */
class Tail {
  readonly #dir: string
  readonly #file: string
  readonly #take: (line: Line) => void
  #at = 0
  #rest: Buffer = Buffer.alloc(0)

  constructor(dir: string, file: string, take: (line: Line) => void) {
    this.#dir = dir
    this.#file = file
    this.#take = take
  }

  /** True where all was read that was there. */
  look(): boolean {
    const opened = openPlain(this.#dir, [this.#file], '')
    if (opened === undefined) return true
    try {
      const bytes = Buffer.alloc(Math.min(lookBytes, Math.max(0, opened.size - this.#at)))
      const read = readSync(opened.descriptor, bytes, 0, bytes.length, this.#at)
      this.#at += read
      this.#lines(Buffer.concat([this.#rest, bytes.subarray(0, read)]))
      return this.#at >= opened.size
    } finally {
      closeSync(opened.descriptor)
    }
  }

  #lines(bytes: Buffer): void {
    const end = bytes.lastIndexOf(0x0a) + 1
    for (const text of bytes.toString('utf8', 0, end).split('\n')) {
      const line = text === '' ? undefined : parsed(text)
      if (isLine(line)) this.#take(line)
    }
    // A line without an end is kept for the next look, unless it can be none of ours.
    this.#rest = bytes.length - end > longestLine ? Buffer.alloc(0) : Buffer.from(bytes.subarray(end))
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Not a line of ours, and nothing rests on it.
  }
}

function isLine(value: unknown): value is Line {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function linkName(link: unknown): string {
  return isLine(link) ? `${String(link.from)} → ${String(link.to)}` : 'a link'
}

function modifiedMs(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs
}
