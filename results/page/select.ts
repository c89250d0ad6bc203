/** Going to an op, from wherever: it is selected, and the explorer shows it. */
import { everything, matching } from './filter.ts'
import type { Run } from './run.ts'
import { centred } from './view.ts'

/** Selects an op and brings it into view; a filter that hides it is taken off. */
export function select(run: Run, at: number): void {
  const { ops, store, bounds } = run
  const { filter, view } = store.state
  const fromUs = ops.callUs[at] ?? 0
  const toUs = Math.min(ops.endUs[at] ?? fromUs, bounds.toUs)
  const isSeen = fromUs >= view.fromUs && toUs <= view.toUs && (toUs - fromUs) * 400 > view.toUs - view.fromUs
  const isHidden = !matching(ops, filter, run.texts).includes(at)
  store.set({
    selected: at,
    ...(isHidden ? { filter: everything } : {}),
    ...(isSeen ? {} : { view: centred(view, { fromUs, toUs }, bounds) }),
  })
  run.order(ops.key[at] ?? -1)
}

/** The next stop after what is selected, or before it; at the end it goes on from the beginning. */
export function step(run: Run, way: 1 | -1): void {
  const stops = run.stops()
  const { selected } = run.store.state
  const next =
    way === 1
      ? stops.find((at) => at > (selected ?? -1))
      : stops.findLast((at) => at < (selected ?? Number.POSITIVE_INFINITY))
  const at = next ?? stops.at(way === 1 ? 0 : -1)
  if (at !== undefined) select(run, at)
}

/** The next op of the same key, or the one before. */
export function stepInKey(run: Run, way: 1 | -1): void {
  const { selected } = run.store.state
  if (selected === undefined) return
  const places = run.placesOf(run.ops.key[selected] ?? -1)
  const at = places[places.indexOf(selected) + way]
  if (at !== undefined) select(run, at)
}
