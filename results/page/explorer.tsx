/** The whole history: search, minimap, lanes, and the op that is looked at. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { count } from '../report/figures.ts'
import { Details } from './details.tsx'
import { matching } from './filter.ts'
import { Filters } from './filters.tsx'
import { useKeys } from './keys.ts'
import { gutter, LaneCanvas } from './lane-canvas.tsx'
import { layLanes } from './lanes.ts'
import { Minimap } from './minimap.tsx'
import type { Run } from './run.ts'
import { step } from './select.ts'
import { useStore } from './store.ts'
import { zoomed } from './view.ts'

export function Explorer({ run }: { run: Run }) {
  const root = useRef<HTMLDivElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const width = useWidth(root)
  const filter = useStore(run.store, (state) => state.filter)
  const grouping = useStore(run.store, (state) => state.grouping)
  const places = useMemo(() => matching(run.ops, filter, run.texts), [run, filter])
  const layout = useMemo(() => layLanes(run.ops, places, grouping), [run, places, grouping])
  useKeys(run, root, scroller)
  if (run.ops.length === 0) return <p class="hint">There is nothing to explore: no client began an op.</p>
  return (
    <section
      class="explorer"
      ref={root}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys pan and zoom what is drawn here.
      tabIndex={0}
      aria-label="explorer: arrow keys pan, plus and minus zoom, j and k go through the anomaly"
    >
      <Filters run={run} shown={places.length} />
      <Stops run={run} />
      {width > 0 && (
        <div class="stage">
          <Minimap run={run} left={gutter} width={width} />
          <LaneCanvas run={run} layout={layout} width={width} scroller={scroller} />
        </div>
      )}
      {places.length === 0 && <p class="hint">No op fits. Esc takes all filters off.</p>}
      <p class="note legend-line">
        <span class="bar-ok" /> answered <span class="bar-fail" /> failed: surely not done <span class="bar-info" /> no
        answer: perhaps done · red: fits into no order{run.core.size > 0 ? ', and with numbers the core above' : ''} ·
        one lane holds ops that do not overlap · {count(layout.groups.length)} {grouping}
        {layout.groups.length === 1 ? '' : 's'} {grouping === 'key' ? '(✓ in order, ✕ not, ? undecided)' : ''}
      </p>
      <Details run={run} />
    </section>
  )
}

/** Where `j` and `k` are, and the zoom. */
function Stops({ run }: { run: Run }) {
  useStore(run.store, (state) => state.orders)
  const selected = useStore(run.store, (state) => state.selected)
  const view = useStore(run.store, (state) => state.view)
  const stops = run.stops()
  const at = selected === undefined ? -1 : stops.indexOf(selected)
  const where = at < 0 ? `– of ${count(stops.length)}` : `${at + 1} of ${stops.length}`
  const zoom = (factor: number) => () =>
    run.store.set({ view: zoomed(view, factor, (view.fromUs + view.toUs) / 2, run.bounds) })
  return (
    <div class="tools">
      <span class="tool-group">
        {stops.length === 0 ? (
          <span class="quiet">no anomaly to go to</span>
        ) : (
          <>
            <button type="button" onClick={() => step(run, -1)} aria-label="previous op of the anomaly">
              ‹ <kbd>k</kbd>
            </button>
            <span>anomaly: op {where}</span>
            <button type="button" onClick={() => step(run, 1)} aria-label="next op of the anomaly">
              <kbd>j</kbd> ›
            </button>
          </>
        )}
      </span>
      <span class="tool-group">
        <button type="button" onClick={zoom(2)} aria-label="zoom out">
          −
        </button>
        <button type="button" onClick={zoom(0.5)} aria-label="zoom in">
          +
        </button>
        <button type="button" onClick={() => run.store.set({ view: run.bounds })}>
          whole run
        </button>
      </span>
      <span class="quiet keys">
        <kbd>/</kbd> search <kbd>j</kbd> <kbd>k</kbd> anomaly <kbd>[</kbd> <kbd>]</kbd> same key <kbd>+</kbd>{' '}
        <kbd>−</kbd> <kbd>0</kbd> zoom <kbd>←</kbd> <kbd>→</kbd> pan; or drag, Ctrl and wheel
      </span>
    </div>
  )
}

function useWidth(element: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const place = element.current
    if (place === null) return
    const look = () => setWidth(Math.floor(place.clientWidth))
    look()
    const observer = new ResizeObserver(look)
    observer.observe(place)
    return () => observer.disconnect()
  }, [element])
  return width
}
