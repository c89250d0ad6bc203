/**
 * An address for what is looked at: `#op=ID`, where ID is the index of the op's invocation in the history, and with it
 * the piece of time, the filters and the lanes, so that whoever opens it sees the same. It comes from outside: what
 * names nothing in this run is as if it were not there.
 */
import { outcomeNames, placeOf } from '../report/ops.ts'
import { everything, type Filter } from './filter.ts'
import { type Grouping, groupings } from './lanes.ts'
import type { Run } from './run.ts'
import { select } from './select.ts'
import type { PageState } from './store.ts'
import { clamped, type View } from './view.ts'

/** What an address asks for; absent where it says nothing of it, or nothing that there is. */
export interface Asked {
  readonly selected?: number
  readonly view?: View
  readonly filter?: Filter
  readonly grouping?: Grouping
}

/** Panning and zooming change the view with every frame; browsers refuse to be told that often. */
const restMs = 200
const longest = 8_000
const longestText = 200

/** Follows the address, and keeps it true to what is looked at. */
export function permalinks(run: Run): void {
  const { store } = run
  const follow = (): void => {
    if (location.hash === addressOf(run)) return
    const asked = askedBy(location.hash, run)
    if (Object.keys(asked).length === 0) return
    show(run, asked)
    document.getElementById('explorer')?.scrollIntoView({ block: 'start' })
  }
  follow()
  addEventListener('hashchange', follow)
  let timer = 0
  let last = store.state
  const write = (): void => {
    clearTimeout(timer)
    history.replaceState(null, '', `${location.pathname}${location.search}${addressOf(run)}`)
  }
  store.subscribe(() => {
    const { state } = store
    const before = last
    last = state
    if (state.selected !== before.selected) return write()
    if (state.view === before.view && state.filter === before.filter && state.grouping === before.grouping) return
    clearTimeout(timer)
    timer = window.setTimeout(write, restMs)
  })
}

/** The op alone. */
export function linkOf(run: Run, at: number): string {
  return `#op=${run.ops.id[at]}`
}

/** All that is looked at; '' for what the page shows at first. */
export function addressOf(run: Pick<Run, 'ops' | 'bounds' | 'store' | 'first'>): string {
  const { ops, bounds, first } = run
  const { selected, view, filter, grouping } = run.store.state
  const { names } = ops
  const query = new URLSearchParams()
  const add = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) query.set(name, String(value))
  }
  add('op', selected === undefined ? undefined : ops.id[selected])
  if (view.fromUs !== bounds.fromUs || view.toUs !== bounds.toUs) {
    add('from', Math.floor(view.fromUs))
    add('to', Math.ceil(view.toUs))
  }
  add('key', names.key[filter.key ?? -1])
  add('client', filter.client)
  add('node', names.node[filter.node ?? -1])
  add('f', names.f[filter.f ?? -1])
  add('outcome', outcomeNames[filter.outcome ?? -1])
  if (filter.text !== '') add('text', filter.text.slice(0, longestText))
  if (grouping !== first.grouping) add('lanes', grouping)
  return query.size === 0 ? '' : `#${query}`
}

/** What an address asks for, as far as there is such a thing in the run. */
export function askedBy(hash: string, { ops, bounds }: Pick<Run, 'ops' | 'bounds'>): Asked {
  if (!hash.startsWith('#') || hash.length > longest) return {}
  const query = new URLSearchParams(hash.slice(1))
  const id = wholeIn(query.get('op'))
  const at = id === undefined ? -1 : placeOf(ops, id)
  const [fromUs, toUs] = [wholeIn(query.get('from')), wholeIn(query.get('to'))]
  const isView = fromUs !== undefined && toUs !== undefined && fromUs < toUs
  const filter = filterIn(query, ops)
  const lanes = groupings.find((name) => name === query.get('lanes'))
  return {
    ...(at < 0 ? {} : { selected: at }),
    ...(isView ? { view: clamped({ fromUs, toUs }, bounds) } : {}),
    ...(Object.keys(filter).length === 0 ? {} : { filter: { ...everything, ...filter } }),
    ...(lanes === undefined ? {} : { grouping: lanes }),
  }
}

/** An op alone is brought into view as ever; with a piece of time or filters, all is as whoever made the link saw it. */
export function show(run: Run, { selected, ...asked }: Asked): void {
  const isWhole = Object.keys(asked).length > 0
  const { first } = run
  if (isWhole) {
    const { view = first.view, filter = first.filter, grouping = first.grouping } = asked
    const change: Partial<PageState> = { view, filter, grouping, selected }
    run.store.set(change)
    if (selected !== undefined) run.order(run.ops.key[selected] ?? -1)
  } else if (selected !== undefined) select(run, selected)
}

function filterIn(query: URLSearchParams, { names, client }: Run['ops']): Partial<Filter> {
  const place = (all: readonly string[], name: string): number | undefined => {
    const text = query.get(name)
    const at = text === null ? -1 : all.indexOf(text)
    return at < 0 ? undefined : at
  }
  const asked = wholeIn(query.get('client'))
  const text = query.get('text')?.slice(0, longestText) ?? ''
  const fields = {
    key: place(names.key, 'key'),
    client: asked !== undefined && client.includes(asked) ? asked : undefined,
    node: place(names.node, 'node'),
    f: place(names.f, 'f'),
    outcome: place(outcomeNames, 'outcome'),
    text: text === '' ? undefined : text,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** Digits alone: neither `1e3` nor ` 7` is a number of ours. */
function wholeIn(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
