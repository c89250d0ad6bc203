/** The fault that makes links lossy, slow and disorderly. */
import { seededRandom } from '../cluster/random.ts'
import type { LinkWeather } from '../cluster/system.ts'
import { weighted } from '../workloads/weighted.ts'
import type { Fault, Target } from './fault.ts'
import { isAtLeader, resolveLinks } from './targets.ts'

/** `crawling` is slow enough that elections overlap; `foul` is all of them at once; `unsettled` a little of everything, such that hardly anybody notices. */
const picks = ['lossy', 'duplicating', 'reordering', 'slow', 'crawling', 'foul', 'unsettled'] as const

/** Sets a weather on links: frames get lost without a word, come twice, overtake each other, or take their time. */
export const weather: Fault<'weather'> = {
  summary: 'lose, double, reorder and delay what nodes send each other, or only what the leader sends and gets',
  needs: 'weather',
  picks,
  plan: (random) => ({
    pick: weighted(random, [
      { item: 'foul', weight: 30 },
      { item: 'slow', weight: 20 },
      { item: 'crawling', weight: 8 },
      { item: 'duplicating', weight: 18 },
      { item: 'reordering', weight: 15 },
      { item: 'lossy', weight: 12 },
      { item: 'unsettled', weight: 5 },
    ]),
    draw: random.uint32(),
  }),
  resolve(target, view) {
    const { nodes, links, text } = resolveLinks(target, view, isAtLeader(target) ? 'leader' : 'all')
    return links.length === 0
      ? { nodes, links, text }
      : { nodes, links, text: `${describe(weatherOf(target))}: ${text}` }
  },
  begin(control, { links }, target) {
    control.set(links, weatherOf(target))
  },
  end(control, { links }) {
    control.clear(links)
  },
  bit({ links }, events) {
    const cleared = events
      .filter((event) => event.type === 'link-weather')
      .filter(({ link }) => links.some(({ from, to }) => from === link.from && to === link.to))
      .filter(({ dropped, duplicated, delayed }) => dropped + duplicated + delayed > 0)
    if (cleared.length === 0) return undefined
    const sum = (of: 'dropped' | 'duplicated' | 'delayed'): number => cleared.reduce((sum, each) => sum + each[of], 0)
    const hit = new Set(cleared.map(({ link }) => `${link.from} ${link.to}`)).size
    return `on ${hit} of ${links.length} links ${sum('dropped')} frames were lost, ${sum('duplicated')} came twice, ${sum('delayed')} were held or overtaken`
  },
}

/** What a target's pick and draw mean on a link. */
export function weatherOf({ pick, draw }: Target): LinkWeather {
  const known = picks.find((each) => each === pick)
  if (known === undefined) throw new RangeError(`weather '${pick}' is none of ${picks.join(', ')}`)
  const random = seededRandom(draw).fork('weather')
  const calm: LinkWeather = { lossPercent: 0, duplicatePercent: 0, reorderPercent: 0, delayMs: [0, 0] }
  switch (known) {
    case 'lossy':
      return { ...calm, lossPercent: random.between(2, 30) }
    case 'duplicating':
      return { ...calm, duplicatePercent: random.between(5, 50), delayMs: [0, random.between(1, 5)] }
    case 'reordering':
      return { ...calm, reorderPercent: random.between(5, 50), delayMs: [0, random.between(1, 5)] }
    case 'slow': {
      const min = random.between(2, 60)
      return { ...calm, delayMs: [min, min + random.between(5, 140)] }
    }
    case 'crawling': {
      const min = random.between(20, 150)
      return { ...calm, delayMs: [min, min + random.between(100, 500)] }
    }
    case 'foul':
      return {
        lossPercent: random.between(1, 15),
        duplicatePercent: random.between(2, 25),
        reorderPercent: random.between(2, 25),
        delayMs: [0, random.between(2, 60)],
      }
    case 'unsettled':
      return {
        lossPercent: random.between(0, 2),
        duplicatePercent: random.between(0, 4),
        reorderPercent: random.between(0, 6),
        delayMs: [0, random.between(1, 3)],
      }
    default:
      return known satisfies never
  }
}

/** `9 % lost, 14 % twice, held 5 to 80 ms`. */
function describe({ lossPercent, duplicatePercent, reorderPercent, delayMs: [min, max] }: LinkWeather): string {
  return [
    ...(lossPercent > 0 ? [`${lossPercent} % lost`] : []),
    ...(duplicatePercent > 0 ? [`${duplicatePercent} % twice`] : []),
    ...(reorderPercent > 0 ? [`${reorderPercent} % overtaken`] : []),
    ...(max > 0 ? [`held ${min} to ${max} ms`] : []),
  ].join(', ')
}
