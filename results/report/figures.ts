/** Numbers as people read them. No locale: the same run must give the same bytes everywhere. */

/** A moment of the run: `12.481 s`. */
export function moment(us: number): string {
  return `${(us / 1e6).toFixed(3)} s`
}

/** Moments of a few ops that must read as different where they are: in microseconds where milliseconds do not do. */
export function momentsOf(
  ops: readonly { readonly callUs: number; readonly returnUs?: number }[],
): (us: number) => string {
  const times = new Set(ops.flatMap(({ callUs, returnUs }) => (returnUs === undefined ? [callUs] : [callUs, returnUs])))
  const rounded = new Set([...times].map((us) => Math.round(us / 1000)))
  return rounded.size === times.size ? moment : (us) => `${(us / 1e6).toFixed(6)} s`
}

/** A length of time, to three digits: `850 µs`, `1.25 ms`, `340 ms`, `12.5 s`, `3 min 20 s`. */
export function duration(us: number): string {
  if (us < 999.5) return `${Math.round(us)} µs`
  if (us < 999_500) return `${digits(us / 1e3)} ms`
  if (us < 119.95e6) return `${digits(us / 1e6)} s`
  const seconds = Math.round(us / 1e6)
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `50,000`. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 op`, `3 ops`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** At most `length` characters, the last an ellipsis where something is missing. */
export function shortened(text: string, length: number): string {
  const characters = [...text]
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}

function digits(value: number): string {
  if (value >= 99.95) return value.toFixed(0)
  return String(Number(value.toFixed(value >= 9.995 ? 1 : 2)))
}
