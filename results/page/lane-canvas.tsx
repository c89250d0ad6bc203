/** The lanes on their canvas: drawing, zooming, panning, pointing. */
import type { RefObject } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { TimeFrame } from '../report/axis.ts'
import { textOf } from '../report/ops.ts'
import { sized } from './canvas.ts'
import { drawBackdrop, drawHead, headHeight } from './draw-head.ts'
import { drawLanes, type LanesInput, opAt } from './draw-lanes.ts'
import type { Group, LaneLayout } from './lanes.ts'
import type { Run } from './run.ts'
import { select } from './select.ts'
import { useStore } from './store.ts'
import { colours, onTheme } from './theme.ts'
import { panned, type View, zoomed } from './view.ts'

export const gutter = 104
const windowHeight = 430

interface Props {
  readonly run: Run
  readonly layout: LaneLayout
  readonly width: number
  readonly scroller: RefObject<HTMLDivElement | null>
}

export function LaneCanvas({ run, layout, width, scroller }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const view = useStore(run.store, (state) => state.view)
  const selected = useStore(run.store, (state) => state.selected)
  const checked = useStore(run.store, (state) => state.orders)
  const [hovered, setHovered] = useState<{ at: number; x: number; y: number }>()
  const head = headHeight(run.data)
  const height = Math.min(windowHeight, head + layout.height + 6)
  const input = useMemo(
    () => () =>
      inputOf(run, layout, { view, width, height, scrollTop: scroller.current?.scrollTop ?? 0, hovered: hovered?.at }),
    [run, layout, view, width, height, hovered, selected, checked],
  )
  useEffect(() => {
    let asked = 0
    const draw = () => {
      asked = 0
      if (canvas.current !== null) drawAll(canvas.current, run, input(), { width, height })
    }
    // However many events come, one drawing per frame.
    const ask = () => {
      if (asked === 0) asked = requestAnimationFrame(draw)
    }
    draw()
    const place = scroller.current
    place?.addEventListener('scroll', ask)
    const unTheme = onTheme(ask)
    return () => {
      cancelAnimationFrame(asked)
      place?.removeEventListener('scroll', ask)
      unTheme()
    }
  }, [run, input, width, height, scroller])
  useEffect(
    () => showSelected(run, layout, scroller.current, height - head),
    [run, layout, selected, height, head, scroller],
  )
  const pointer = usePointer(run, { canvas, scroller, input, setHovered })
  return (
    <>
      <div class="lanes" ref={scroller} style={{ height: `${height}px` }} {...pointer}>
        <canvas ref={canvas} />
        <div style={{ height: `${Math.max(0, head + layout.height + 6 - height)}px` }} />
      </div>
      {hovered !== undefined && <Tip run={run} {...hovered} width={width} />}
    </>
  )
}

function Tip({ run, at, x, y, width }: { run: Run; at: number; x: number; y: number; width: number }) {
  const number = run.core.get(at)
  const isLeft = x > width / 2
  const style = { top: `${y + 18}px`, ...(isLeft ? { right: `${width - x}px` } : { left: `${x}px` }) }
  return (
    <div class="tip" style={style}>
      {number === undefined ? '' : `${number} · `}#{run.ops.id[at]} {textOf(run.ops, at)}
    </div>
  )
}

interface Seen {
  readonly view: View
  readonly width: number
  readonly height: number
  readonly scrollTop: number
  readonly hovered: number | undefined
}

function inputOf(run: Run, layout: LaneLayout, { view, width, height, scrollTop, hovered }: Seen): LanesInput {
  const { store, ops, core, data } = run
  const keyNumbers = new Map(data.ops.names.key.map((name, number) => [name, number]))
  return {
    ops,
    layout,
    frame: frameOf(view, width),
    palette: colours(),
    top: headHeight(data),
    bottom: height,
    scrollTop,
    selected: store.state.selected,
    hovered,
    core,
    stops: new Set(run.stops()),
    sign: ({ name }: Group) => (store.state.grouping === 'key' ? signOf(run, keyNumbers.get(name) ?? -1) : ''),
  }
}

/** What the checker says of a key, as a sign. */
function signOf({ store }: Run, key: number): string {
  const order = store.state.orders.get(key)
  if (order === undefined || typeof order === 'string') return ''
  return order.verdict === 'valid' ? '✓ ' : order.verdict === 'illegal' ? '✕ ' : '? '
}

export function frameOf({ fromUs, toUs }: View, width: number): TimeFrame {
  const [left, right] = [gutter, width - 16]
  return { fromUs, toUs, left, right, x: (us) => left + ((us - fromUs) / (toUs - fromUs)) * (right - left) }
}

function drawAll(
  canvas: HTMLCanvasElement,
  { data }: Run,
  input: LanesInput,
  { width, height }: { width: number; height: number },
): void {
  const context = sized(canvas, width, height)
  if (context === undefined) return
  const { frame, palette } = input
  const head = { frame, palette, bands: data.bands, leaders: data.leaders }
  drawBackdrop(context, head, height)
  drawHead(context, head)
  drawLanes(context, input)
}

/** Scrolls so far that the lane of the selected op can be seen. */
function showSelected(run: Run, layout: LaneLayout, place: HTMLDivElement | null, room: number): void {
  const { selected } = run.store.state
  const top = selected === undefined ? undefined : layout.topOf(selected)
  if (top === undefined || place === null) return
  if (top < place.scrollTop || top + 24 > place.scrollTop + room) place.scrollTop = top - room / 2
}

interface Pointing {
  readonly canvas: RefObject<HTMLCanvasElement | null>
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly input: () => LanesInput
  readonly setHovered: (hovered: { at: number; x: number; y: number } | undefined) => void
}

/** Drag pans, a click selects, the wheel with Ctrl zooms and with Shift pans; without, it scrolls the lanes. */
function usePointer(run: Run, { canvas, scroller, input, setHovered }: Pointing) {
  const drag = useRef<{ x: number; y: number; hasMoved: boolean }>(undefined)
  const usPerPx = (): number => {
    const { frame } = input()
    return (frame.toUs - frame.fromUs) / (frame.right - frame.left)
  }
  const place = (event: MouseEvent) => {
    const box = canvas.current?.getBoundingClientRect()
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) }
  }
  useEffect(() => {
    const element = scroller.current
    const onWheel = (event: WheelEvent) => {
      const { view } = run.store.state
      if (event.ctrlKey || event.metaKey) {
        const at = view.fromUs + (place(event).x - gutter) * usPerPx()
        run.store.set({ view: zoomed(view, 1.0025 ** event.deltaY, at, run.bounds) })
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        run.store.set({ view: panned(view, (event.deltaX || event.deltaY) * usPerPx(), run.bounds) })
      } else return
      event.preventDefault()
    }
    // Preact would listen passively, and the browser would zoom the page.
    element?.addEventListener('wheel', onWheel, { passive: false })
    return () => element?.removeEventListener('wheel', onWheel)
  })
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button === 0) drag.current = { ...place(event), hasMoved: false }
    },
    onPointerMove: (event: PointerEvent) => {
      const { x, y } = place(event)
      const from = drag.current
      if (from === undefined || event.buttons !== 1) {
        const at = opAt(input(), x, y)
        return setHovered(at === undefined ? undefined : { at, x, y })
      }
      if (!from.hasMoved && Math.hypot(x - from.x, y - from.y) < 4) return
      setHovered(undefined)
      run.store.set({ view: panned(run.store.state.view, (from.x - x) * usPerPx(), run.bounds) })
      scroller.current?.scrollBy(0, from.y - y)
      drag.current = { x, y, hasMoved: true }
    },
    onPointerUp: (event: PointerEvent) => {
      const from = drag.current
      drag.current = undefined
      const { x, y } = place(event)
      const at = from === undefined || from.hasMoved ? undefined : opAt(input(), x, y)
      if (at !== undefined) select(run, at)
    },
    onPointerLeave: () => setHovered(undefined),
    onDblClick: (event: MouseEvent) => {
      const { view } = run.store.state
      const at = view.fromUs + (place(event).x - gutter) * usPerPx()
      run.store.set({ view: zoomed(view, 0.4, at, run.bounds) })
    },
  }
}
