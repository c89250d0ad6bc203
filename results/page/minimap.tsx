/** The whole run at a glance: how much ended when and how, with the faults, the anomaly, and what the explorer shows. */
import { useEffect, useRef } from 'preact/hooks'
import { fail, info, type Ops } from '../report/ops.ts'
import { sized } from './canvas.ts'
import type { Run } from './run.ts'
import { useStore } from './store.ts'
import { colours, onTheme, tintOf } from './theme.ts'
import { clamped, type View } from './view.ts'

const height = 46

export function Minimap({ run, left, width }: { run: Run; left: number; width: number }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const view = useStore(run.store, (state) => state.view)
  const stops = useStore(run.store, (state) => state.orders.size)
  useEffect(() => {
    const draw = () => canvas.current !== null && drawMinimap(canvas.current, { run, view, left, width })
    draw()
    return onTheme(draw)
  }, [run, view, left, width, stops])
  const move = (event: PointerEvent) => {
    if (event.buttons !== 1 || canvas.current === null) return
    const x = event.clientX - canvas.current.getBoundingClientRect().left
    const us = ((x - left) / (width - left - 16)) * run.bounds.toUs
    const half = (view.toUs - view.fromUs) / 2
    run.store.set({ view: clamped({ fromUs: us - half, toUs: us + half }, run.bounds) })
  }
  const down = (event: PointerEvent) => {
    canvas.current?.setPointerCapture(event.pointerId)
    move(event)
  }
  return <canvas ref={canvas} class="minimap" onPointerDown={down} onPointerMove={move} />
}

interface Drawn {
  readonly run: Run
  readonly view: View
  readonly left: number
  readonly width: number
}

function drawMinimap(canvas: HTMLCanvasElement, { run, view, left, width }: Drawn): void {
  const context = sized(canvas, width, height)
  if (context === undefined) return
  const palette = colours()
  const wide = Math.max(1, Math.floor(width - left - 16))
  const x = (us: number): number => left + (us / run.bounds.toUs) * wide
  for (const { fromUs, toUs, tint } of run.data.bands) {
    context.globalAlpha = 0.1
    context.fillStyle = tintOf(palette, tint)
    context.fillRect(x(fromUs), 6, Math.max(1, x(toUs) - x(fromUs)), height - 8)
  }
  context.globalAlpha = 1
  const columns = tally(run.ops, wide, run.bounds.toUs)
  // By the root, or a final burst of reads would flatten all else.
  const most = Math.sqrt(Math.max(1, ...columns.map((column) => column.ok + column.fail + column.info)))
  columns.forEach((column, at) => {
    const all = column.ok + column.fail + column.info
    const share = all === 0 ? 0 : (Math.sqrt(all) / most / all) * (height - 12)
    let base = height - 2
    for (const [count, colour] of [
      [column.ok, palette.ok],
      [column.fail, palette.fail],
      [column.info, palette.info],
    ] as const) {
      const high = count * share
      context.fillStyle = colour
      context.fillRect(left + at, base - high, 1, high)
      base -= high
    }
  })
  for (const at of run.stops()) {
    const middle = x(run.ops.callUs[at] ?? 0)
    context.fillStyle = palette.bad
    context.beginPath()
    context.moveTo(middle - 4, 0)
    context.lineTo(middle + 4, 0)
    context.lineTo(middle, 7)
    context.fill()
    context.fillRect(middle - 0.5, 0, 1, height)
  }
  const [from, to] = [x(view.fromUs), x(view.toUs)]
  context.fillStyle = palette.card
  context.globalAlpha = 0.66
  context.fillRect(left, 0, from - left, height)
  context.fillRect(to, 0, left + wide - to, height)
  context.globalAlpha = 1
  context.strokeStyle = palette.ink
  context.lineWidth = 1.5
  context.strokeRect(from, 1, Math.max(2, to - from), height - 2)
}

function tally(ops: Ops, wide: number, toUs: number): { ok: number; fail: number; info: number }[] {
  const columns = Array.from({ length: wide }, () => ({ ok: 0, fail: 0, info: 0 }))
  for (let at = 0; at < ops.length; at++) {
    const end = Math.min(ops.endUs[at] ?? toUs, toUs)
    const column = columns[Math.min(wide - 1, Math.floor((end / toUs) * wide))]
    if (column === undefined) continue
    const outcome = ops.outcome[at]
    if (outcome === fail) column.fail++
    else if (outcome === info) column.info++
    else column.ok++
  }
  return columns
}
