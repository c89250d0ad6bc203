/** Seeded chance for corpora and differential tests: small, fast, and the same on every machine. */

export interface Draw {
  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  /** True this often. */
  percent(share: number): boolean
  pick<const T>(items: readonly [T, ...T[]]): T
}

/** sfc32 (Doty-Humphrey), which passes PractRand; seeded by a number and warmed up, so that near seeds are far apart. */
export function drawFrom(seed: number): Draw {
  let a = seed | 0
  let b = Math.floor(seed / 2 ** 32) | 0
  let c = 0x9e3779b9 | 0
  let counter = 1
  const next = (): number => {
    const mixed = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + mixed) | 0
    return mixed >>> 0
  }
  for (let i = 0; i < 15; i++) next()
  const below = (bound: number): number => Math.floor((next() / 2 ** 32) * bound)
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    percent: (share) => next() < (share / 100) * 2 ** 32,
    pick: (items) => items[below(items.length)] ?? items[0],
  }
}
