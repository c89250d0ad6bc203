/** Which piece of time the explorer shows: zooming and panning as arithmetic. */

export interface View {
  readonly fromUs: number
  readonly toUs: number
}

/** Nothing happens within less. */
const narrowestUs = 20

/** Within `bounds`, as wide as asked, but neither wider than all nor narrower than anything can be seen in. */
export function clamped({ fromUs, toUs }: View, bounds: View): View {
  const all = bounds.toUs - bounds.fromUs
  const width = Math.min(Math.max(toUs - fromUs, Math.min(narrowestUs, all)), all)
  const from = Math.min(Math.max(fromUs, bounds.fromUs), bounds.toUs - width)
  return { fromUs: from, toUs: from + width }
}

/** `factor` below 1 shows less; what is at `atUs` stays where it is. */
export function zoomed(view: View, factor: number, atUs: number, bounds: View): View {
  const width = Math.min(Math.max((view.toUs - view.fromUs) * factor, narrowestUs), bounds.toUs - bounds.fromUs)
  const share = (atUs - view.fromUs) / (view.toUs - view.fromUs)
  return clamped({ fromUs: atUs - share * width, toUs: atUs + (1 - share) * width }, bounds)
}

export function panned(view: View, byUs: number, bounds: View): View {
  return clamped({ fromUs: view.fromUs + byUs, toUs: view.toUs + byUs }, bounds)
}

/** So that a piece of time is in the middle; the width stays unless the piece would not fit, or be hard to see. */
export function centred(view: View, { fromUs, toUs }: View, bounds: View): View {
  const long = Math.max(toUs - fromUs, narrowestUs)
  const width = Math.min(Math.max(view.toUs - view.fromUs, long * 2), long * 60)
  const middle = (fromUs + toUs) / 2
  return clamped({ fromUs: middle - width / 2, toUs: middle + width / 2 }, bounds)
}
