/** An address for every op: `#op=ID`, where ID is the index of its invocation in the history. */
import { placeOf } from '../report/ops.ts'
import type { Run } from './run.ts'
import { select } from './select.ts'

/** Follows the address, and keeps it true to what is selected. */
export function permalinks(run: Run): void {
  const follow = (): void => {
    const at = placeIn(location.hash, run)
    if (at === undefined || at === run.store.state.selected) return
    select(run, at)
    document.getElementById('explorer')?.scrollIntoView({ block: 'start' })
  }
  follow()
  addEventListener('hashchange', follow)
  let shown = run.store.state.selected
  run.store.subscribe(() => {
    const { selected } = run.store.state
    if (selected === shown) return
    shown = selected
    const hash = selected === undefined ? '' : linkOf(run, selected)
    history.replaceState(null, '', `${location.pathname}${location.search}${hash}`)
  })
}

export function linkOf(run: Run, at: number): string {
  return `#op=${run.ops.id[at]}`
}

/** The place of the op that an address names, if there is such an op. */
export function placeIn(hash: string, run: Pick<Run, 'ops'>): number | undefined {
  const id = /^#op=(\d{1,15})$/.exec(hash)?.[1]
  const at = id === undefined ? -1 : placeOf(run.ops, Number(id))
  return at < 0 ? undefined : at
}
