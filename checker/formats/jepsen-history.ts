/** Makes a history of ops of Jepsen, whatever text they came from. */

import { isModelName } from '../models/index.ts'
import type { HistoryEvent, Json } from './event.ts'
import type { History } from './history.ts'
import {
  defaultSettings,
  type Fail,
  JepsenEvents,
  type JepsenOp,
  type JepsenOptions,
  looksIndependent,
} from './jepsen-op.ts'
import { type Header, isHeader } from './jsonl.ts'

export function historyOfOps(all: readonly JepsenOp[], options: JepsenOptions, fail: Fail): History {
  const notes: string[] = []
  const clock = clockOf(all)
  const hasIndexes = areIndexes(all)
  const ofClients = all.filter(({ process }) => process !== 'nemesis')
  if (clock === 'mixed') notes.push('some ops have no :time, so all are placed by their order alone')
  if (ofClients.length < all.length) notes.push(`${all.length - ofClients.length} events of the nemesis are left out`)
  const { header, isIndependent } = markOf(ofClients[0]?.more?.faultline)
  const independent = options.independent ?? isIndependent ?? looksIndependent(ofClients)
  const reader = new JepsenEvents({ ...defaultSettings, ...options, independent }, fail)
  const events: HistoryEvent[] = []
  for (const [place, op] of all.entries()) {
    if (op.process === 'nemesis') continue
    const timeUs = clock === 'recorded' ? (op.timeNs ?? 0) / 1000 : place
    events.push(reader.of(op, hasIndexes ? (op.index ?? place) : place, timeUs))
  }
  const model = header !== undefined && isModelName(header.model) ? header.model : 'cas-register'
  const initial = header?.initial ?? null
  return { events, model, initial, notes, ...(header === undefined ? {} : { header }) }
}

/** Times of some ops and places of the others would be two clocks. */
function clockOf(all: readonly JepsenOp[]): 'recorded' | 'order' | 'mixed' {
  let timed = 0
  let untimed = 0
  for (const { process, timeNs } of all) {
    if (process === 'nemesis') continue
    if (timeNs === undefined) untimed++
    else timed++
  }
  if (untimed === 0) return 'recorded'
  return timed === 0 ? 'order' : 'mixed'
}

/** Whether every op has an index of its own, larger than the one before. */
function areIndexes(all: readonly JepsenOp[]): boolean {
  let last = -1
  for (const { index } of all) {
    if (index === undefined || !Number.isSafeInteger(index) || index <= last) return false
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
