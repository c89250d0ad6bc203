/** Why a moment is missing: items that one after the other are surely there during all of an interval. */
import type { ContainerHistory } from './container-history.ts'
import { byKey } from './ranks.ts'

/** As few of these items as will do; fewer, if they do not cover all moments of the interval. */
export function chainOver(
  { items, putReturn, takeCall }: ContainerHistory,
  [from, to]: readonly [number, number],
  isAmong: (item: number) => boolean = () => true,
): readonly number[] {
  const byReturn = byKey(putReturn, items).filter(isAmong)
  const chain: number[] = []
  let moment = from
  for (let k = 0, latest = -1; moment <= to; ) {
    for (; k < byReturn.length; k++) {
      const x = byReturn[k] ?? 0
      if ((putReturn[x] ?? 0) >= moment) break
      if (latest < 0 || (takeCall[x] ?? 0) > (takeCall[latest] ?? 0)) latest = x
    }
    if (latest < 0 || (takeCall[latest] ?? 0) <= moment) break
    chain.push(latest)
    moment = takeCall[latest] ?? 0
  }
  return chain
}

/** The puts and takes of these items. */
export function operationsOf({ put, take }: ContainerHistory, items: readonly number[]): readonly number[] {
  return items.flatMap((x) => [put[x] ?? -1, take[x] ?? -1]).filter((index) => index >= 0)
}
