/** A true time axis: equal times are equally far apart. */

export interface Scale {
  readonly start: number
  readonly end: number
  /** The place of a moment, in pixels; what lies outside is at the edge. */
  x(time: number): number
  readonly ticks: readonly { readonly x: number; readonly label: string }[]
}

export interface Unit {
  /** What stands behind a number, such as `s`. */
  readonly name: string
  /** How many units of the operations' clock one of these is. */
  readonly size: number
}

const fewestTicks = 5

export function scaleOf(
  [start, end]: readonly [number, number],
  [left, right]: readonly [number, number],
  unit: Unit,
): Scale {
  const span = end > start ? end - start : 1
  const x = (time: number) => left + ((Math.min(Math.max(time, start), end) - start) / span) * (right - left)
  const step = roundStep(span / unit.size / fewestTicks) * unit.size
  const digits = Math.max(0, Math.ceil(-Math.log10(step / unit.size) - 1e-9))
  const ticks: { x: number; label: string }[] = []
  const first = Math.ceil(start / step)
  for (let i = first; i * step <= end && ticks.length < 4 * fewestTicks; i++) {
    ticks.push({
      x: x(i * step),
      label: `${((i * step) / unit.size).toFixed(Math.min(digits, 9))} ${unit.name}`.trim(),
    })
  }
  return { start, end, x, ticks }
}

/** The largest of 1, 2, 5, 10 … that is no larger. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const lead = rough / power
  return (lead >= 5 ? 5 : lead >= 2 ? 2 : 1) * power
}

/** A time in words. */
export function timeText(time: number, unit: Unit): string {
  if (time === Number.POSITIVE_INFINITY) return 'never seen'
  const value = time / unit.size
  return `${Number.isInteger(value) ? value : value.toFixed(6).replace(/0+$/, '')} ${unit.name}`.trim()
}
