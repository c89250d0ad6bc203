/** Makes a history of ops of Jepsen, whatever text they came from. */

import { isModelName } from '../models/index.ts'
import type { HistoryEvent, Json } from './event.ts'
import type { History } from './history.ts'
import { defaultSettings, type Fail, JepsenEvents, type JepsenOptions, looksIndependent } from './jepsen-op.ts'
import { OpDraft, type Ops } from './jepsen-ops.ts'
import { type Header, isHeader } from './jsonl.ts'

export function historyOfOps(all: Ops, options: JepsenOptions, fail: Fail): History {
  const notes: string[] = []
  const clock = clockOf(all)
  const hasIndexes = areIndexes(all)
  const first = firstOfClients(all)
  if (clock === 'mixed') notes.push('some ops have no :time, so all are placed by their order alone')
  const { header, isIndependent } = markOf(first === undefined ? undefined : all.moreAt(first)?.faultline)
  const independent = options.independent ?? isIndependent ?? looksIndependent(all)
  const reader = new JepsenEvents({ ...defaultSettings, ...options, independent }, fail)
  const events: HistoryEvent[] = []
  const op = new OpDraft()
  for (let place = 0; place < all.length; place++) {
    if (all.isOfNemesis(place)) continue
    const timeUs = clock === 'recorded' ? (all.timeNsAt(place) ?? 0) / 1000 : place
    events.push(reader.of(all.load(place, op), hasIndexes ? (all.indexAt(place) ?? place) : place, timeUs))
  }
  if (events.length < all.length) notes.push(`${all.length - events.length} events of the nemesis are left out`)
  const model = header !== undefined && isModelName(header.model) ? header.model : 'cas-register'
  const initial = header?.initial ?? null
  return { events, model, initial, notes, ...(header === undefined ? {} : { header }) }
}

function firstOfClients(all: Ops): number | undefined {
  for (let place = 0; place < all.length; place++) if (!all.isOfNemesis(place)) return place
  return undefined
}

/** Times of some ops and places of the others would be two clocks. */
function clockOf(all: Ops): 'recorded' | 'order' | 'mixed' {
  let timed = 0
  let untimed = 0
  for (let place = 0; place < all.length; place++) {
    if (all.isOfNemesis(place)) continue
    if (all.timeNsAt(place) === undefined) untimed++
    else timed++
  }
  if (untimed === 0) return 'recorded'
  return timed === 0 ? 'order' : 'mixed'
}

/** Whether every op has an index of its own, larger than the one before. */
function areIndexes(all: Ops): boolean {
  let last = -1
  for (let place = 0; place < all.length; place++) {
    const index = all.indexAt(place)
    if (index === undefined || index <= last) return false
    last = index
  }
  return true
}

/** What our own writer put beside the first op about the whole. */
function markOf(faultline: Json | undefined): { header?: Header; isIndependent?: boolean } {
  if (typeof faultline !== 'object' || faultline === null || !('independent' in faultline)) return {}
  const { independent, history } = faultline
  const isObject = typeof history === 'object' && history !== null && !Array.isArray(history)
  return {
    ...(typeof independent === 'boolean' ? { isIndependent: independent } : {}),
    ...(isObject && 'faultline-history' in history && isHeader(history) ? { header: history } : {}),
  }
}
