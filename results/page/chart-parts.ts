/** Parts that uPlot does not bring along: the faults' bands, marks for single ops, round numbers on a logarithmic axis. */
import type uPlot from 'uplot'
import type { Band } from '../report/bands.ts'
import { type Colours, tintOf } from './theme.ts'

/** Bands with their names at the top, behind all series. */
export function bandsPlugin(bands: readonly Band[], palette: Colours): uPlot.Plugin {
  const draw = (plot: uPlot): void => {
    const { ctx: context, bbox } = plot
    const scale = devicePixelRatio
    context.save()
    context.beginPath()
    context.rect(bbox.left, bbox.top, bbox.width, bbox.height)
    context.clip()
    context.font = `${10.5 * scale}px ${palette.sans}`
    context.textAlign = 'left'
    let freeX = Number.NEGATIVE_INFINITY
    for (const { id, fromUs, toUs, tint, bit } of bands) {
      const left = plot.valToPos(fromUs / 1e6, 'x', true)
      const right = Math.max(left + scale, plot.valToPos(toUs / 1e6, 'x', true))
      context.fillStyle = tintOf(palette, tint)
      context.globalAlpha = bit === undefined ? 0.03 : 0.075
      context.fillRect(left, bbox.top, right - left, bbox.height)
      context.globalAlpha = 1
      const x = Math.max(left, bbox.left) + 3 * scale
      if (x < freeX || right < bbox.left || left > bbox.left + bbox.width) continue
      context.fillStyle = palette.soft
      context.fillText(id, x, bbox.top + 11 * scale)
      freeX = x + context.measureText(id).width + 4 * scale
    }
    context.restore()
  }
  return { hooks: { drawClear: draw } }
}

type Shape = 'dot' | 'cross' | 'ring'

/** A mark per op instead of a line. Marks that would cover the same pixels are drawn once: 100,000 ops stay quick. */
export function marks(shape: Shape): uPlot.Series.PathBuilder {
  return (plot, seriesIndex) => {
    const [xs, ys] = [plot.data[0], plot.data[seriesIndex]]
    const stroke = new Path2D()
    const size = (shape === 'dot' ? 1.1 : 3) * devicePixelRatio
    const covered = new Set<number>()
    const [fromX = 0, toX = 0] = [plot.scales.x?.min ?? undefined, plot.scales.x?.max ?? undefined]
    for (let at = 0; at < xs.length; at++) {
      const [x, y] = [xs[at], ys?.[at]]
      if (x === undefined || y === null || y === undefined || x < fromX || x > toX) continue
      const left = Math.round(plot.valToPos(x, 'x', true))
      const top = Math.round(plot.valToPos(y, 'y', true))
      const pixel = left * 65_536 + top
      if (covered.has(pixel)) continue
      covered.add(pixel)
      if (shape === 'dot') stroke.rect(left - size / 2, top - size / 2, size, size)
      else if (shape === 'ring') {
        stroke.moveTo(left + size, top)
        stroke.arc(left, top, size, 0, 2 * Math.PI)
      } else {
        stroke.moveTo(left - size, top - size)
        stroke.lineTo(left + size, top + size)
        stroke.moveTo(left - size, top + size)
        stroke.lineTo(left + size, top - size)
      }
    }
    return { stroke, fill: null }
  }
}

/** Powers of ten, and their doubles and fivefolds where there are few. */
export function logTicks(_: uPlot, __: number, from: number, to: number): number[] {
  const low = Math.floor(Math.log10(Math.max(1, from)))
  const high = Math.ceil(Math.log10(Math.max(1, to)))
  const factors = high - low <= 2 ? [1, 2, 5] : [1]
  const all = Array.from({ length: high - low + 1 }, (___, at) =>
    factors.map((factor) => factor * 10 ** (low + at)),
  ).flat()
  return all.filter((value) => value >= from && value <= to)
}
