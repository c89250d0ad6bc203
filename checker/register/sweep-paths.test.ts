import { expect, test } from 'vitest'
import { chances } from './search-histories.suite.ts'
import { Paths } from './sweep-paths.ts'

test('a tree of trails keeps each trail, however often its dead branches are cut', () => {
  const below = chances(5)
  const paths = new Paths()
  paths.clear()
  let live = [{ node: 0, trail: [] as number[] }]
  for (let round = 0; round < 400; round++) {
    const { node, trail } = live[below(live.length)]!
    const piece = Int32Array.from({ length: below(4) }, () => below(1000))
    live.push({ node: paths.extend(node, piece, 0, piece.length), trail: [...trail, ...piece] })
    if (live.length > 12) live = live.filter(() => below(3) > 0)
    if (live.length === 0) live = [{ node: 0, trail: [] }]
    if (round % 37 === 0) {
      const isLive = new Uint8Array(paths.nodes)
      for (const each of live) isLive[each.node] = 1
      const number = paths.cut(isLive)
      live = live.map((each) => ({ ...each, node: number[each.node]! }))
    }
    for (const each of live) expect([...paths.trailTo(each.node)]).toEqual(each.trail)
  }
  expect(paths.nodes).toBeLessThan(200)
})
