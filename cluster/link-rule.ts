/** The link rule: what becomes of one frame under a weather. One language for the simulated network and for proxies. */
import type { Random } from './random.ts'
import type { LinkVerdict, LinkWeather } from './system.ts'

/** How far behind a frame may fall that is overtaken or comes twice, on top of the longest delay. */
const maxLagMs = 20

/** Draws the same number of times for every frame, so that a change of one condition does not re-roll the others. */
export function linkVerdict(weather: LinkWeather, random: Random): LinkVerdict {
  const { lossPercent, duplicatePercent, reorderPercent, delayMs } = weather
  const isLost = random.chance(lossPercent / 100)
  const isOvertaken = random.chance(reorderPercent / 100)
  const isDoubled = random.chance(duplicatePercent / 100)
  const heldMs = random.between(delayMs[0], delayMs[1])
  const lagMs = random.between(1, maxLagMs)
  if (isLost) return { do: 'drop' }
  if (isOvertaken) return { do: 'reorder', ms: delayMs[1] + lagMs }
  if (isDoubled) return { do: 'duplicate', ms: delayMs[1] + lagMs }
  return heldMs > 0 ? { do: 'delay', ms: heldMs } : pass
}

const pass: LinkVerdict = { do: 'pass' }
