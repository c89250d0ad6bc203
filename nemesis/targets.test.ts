import { describe, expect, test } from 'vitest'
import type { ClusterView } from './fault.ts'
import { cutPicks, nodePicks, resolveByDraw, resolveCut, resolveLinks, resolveNodes } from './targets.ts'

const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index + 1}`)

function peers(count: number, leader?: string): ClusterView {
  const nodes = names(count)
  const links = nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => ({ from, to })))
  return { nodes, links, leader }
}

function copies(count: number, leader?: string): ClusterView {
  const nodes = names(count)
  const links = nodes.flatMap((node) => [
    { from: 'clients', to: node },
    { from: node, to: 'clients' },
  ])
  return { nodes, links, leader }
}

const draws = Array.from({ length: 40 }, (_, draw) => draw * 7919)

describe('how many nodes a pick means', () => {
  test.each([
    ['one', 1, 1],
    ['one', 3, 1],
    ['one', 5, 1],
    ['minority', 1, 1],
    ['minority', 3, 1],
    ['minority', 5, 2],
    ['majority', 1, 1],
    ['majority', 3, 2],
    ['majority', 5, 3],
    ['all', 1, 1],
    ['all', 3, 3],
    ['all', 5, 5],
    ['leader', 3, 1],
  ])('%s of %i', (pick, count, size) => {
    for (const draw of draws) expect(resolveNodes({ pick, draw }, peers(count, 'n1')).nodes).toHaveLength(size)
  })
})

test('every node is meant by some draw, and the same draw means the same nodes', () => {
  const meant = draws.map((draw) => resolveNodes({ pick: 'one', draw }, peers(5)).text)
  expect(new Set(meant)).toEqual(new Set(names(5)))
  expect(draws.map((draw) => resolveNodes({ pick: 'one', draw }, peers(5)).text)).toEqual(meant)
})

test('nodes stand in the order of the cluster', () => {
  for (const draw of draws) {
    const { nodes, text } = resolveNodes({ pick: 'majority', draw }, peers(5))
    expect(nodes).toEqual([...nodes].sort())
    expect(text).toBe(nodes.join(', '))
  }
})

test('the leader is who leads, and a drawn node where nobody does', () => {
  expect(resolveNodes({ pick: 'leader', draw: 1 }, peers(3, 'n3'))).toEqual({
    nodes: ['n3'],
    links: [],
    text: 'n3 (the leader)',
  })
  expect(resolveNodes({ pick: 'leader', draw: 1 }, peers(3)).text).toMatch(/^n\d \(drawn, as no leader was known\)$/)
  expect(resolveCut({ pick: 'isolate-leader', draw: 1 }, peers(3)).text).toMatch(/drawn, as no leader was known/)
})

test('a target that no fault knows is a bug', () => {
  expect(() => resolveNodes({ pick: 'halves', draw: 0 }, peers(3))).toThrow("target 'halves' is none of one,")
  expect(() => resolveCut({ pick: 'leader', draw: 0 }, peers(3))).toThrow("target 'leader' is none of isolate-one,")
})

/** How many others each node can still talk to in both directions, sorted. */
function degrees(view: ClusterView, pick: string, draw: number): number[] {
  const { links } = resolveCut({ pick, draw }, view)
  const isCut = (a: string, b: string) => links.some(({ from, to }) => from === a && to === b)
  return view.nodes
    .map((a) => view.nodes.filter((b) => a !== b && !isCut(a, b) && !isCut(b, a)).length)
    .sort((a, b) => a - b)
}

describe('how many others each node still talks to', () => {
  test.each([
    ['isolate-one', 3, [0, 1, 1]],
    ['isolate-one', 5, [0, 3, 3, 3, 3]],
    ['isolate-leader', 5, [0, 3, 3, 3, 3]],
    ['halves', 2, [0, 0]],
    ['halves', 3, [0, 1, 1]],
    ['halves', 5, [1, 1, 2, 2, 2]],
    ['majorities-ring', 2, [0, 0]],
    ['majorities-ring', 3, [1, 1, 2]],
    ['majorities-ring', 4, [2, 2, 2, 2]],
    ['majorities-ring', 5, [2, 2, 2, 2, 2]],
    ['majorities-ring', 7, [4, 4, 4, 4, 4, 4, 4]],
    ['bridge', 2, [0, 0]],
    ['bridge', 3, [1, 1, 2]],
    ['bridge', 5, [2, 2, 2, 2, 4]],
    ['one-way', 5, [0, 3, 3, 3, 3]],
  ])('%s of %i', (pick, count, expected) => {
    for (const draw of draws) expect(degrees(peers(count, 'n2'), pick, draw)).toEqual(expected)
  })
})

test('every cut but one-way has both directions', () => {
  for (const pick of cutPicks.filter((name) => name !== 'one-way')) {
    for (const draw of draws) {
      const { links } = resolveCut({ pick, draw }, peers(5, 'n1'))
      for (const { from, to } of links) expect(links).toContainEqual({ from: to, to: from })
    }
  }
})

test.each([
  ['isolate-leader', 0, 'n3 (the leader) from everybody else', ['n1>n3', 'n2>n3', 'n3>n1', 'n3>n2']],
  ['one-way', 0, 'n3 (the leader) hears everybody and reaches nobody', ['n3>n1', 'n3>n2']],
  ['one-way', 1, 'n3 (the leader) reaches everybody and hears nobody', ['n1>n3', 'n2>n3']],
])('%s with draw %i: %s', (pick, draw, text, links) => {
  const resolved = resolveCut({ pick, draw }, peers(3, 'n3'))
  expect(resolved.text).toBe(text)
  expect(resolved.nodes).toEqual(['n3'])
  expect(resolved.links.map(({ from, to }) => `${from}>${to}`).sort()).toEqual(links)
})

test('where nodes do not talk to each other, every pick cuts somebody from the clients', () => {
  for (const count of [1, 3]) {
    for (const pick of cutPicks) {
      const view = copies(count, 'n1')
      const { nodes, links, text } = resolveCut({ pick, draw: 2 }, view)
      expect(text).toContain('clients')
      expect(nodes).toHaveLength(1)
      expect(links).toHaveLength(pick === 'one-way' ? 1 : 2)
      expect(view.links).toEqual(expect.arrayContaining([...links]))
    }
  }
})

test('without any link there is nothing to cut', () => {
  for (const pick of cutPicks) {
    expect(resolveCut({ pick, draw: 0 }, peers(1))).toEqual({ nodes: [], links: [], text: 'no link to cut' })
  }
})

test('node picks work on a single node', () => {
  for (const pick of nodePicks) expect(resolveNodes({ pick, draw: 3 }, peers(1)).nodes).toEqual(['n1'])
})

test('equal draws mean the same node, whatever the fault', () => {
  for (const draw of draws) {
    const { nodes } = resolveNodes({ pick: 'one', draw }, peers(5))
    expect(resolveCut({ pick: 'isolate-one', draw }, peers(5)).nodes).toEqual(nodes)
    expect(resolveByDraw({ pick: '', draw: draw * 2 + 1 }, peers(5)).nodes).toEqual(
      resolveNodes({ pick: 'one', draw: draw * 2 + 1 }, peers(5)).nodes,
    )
  }
})

test('where the draw decides, an even one means the leader, every other odd one may mean several', () => {
  const sizes = (widest: 'one' | 'minority') =>
    [0, 1, 2, 3].map((draw) => resolveByDraw({ pick: '', draw }, peers(5, 'n2'), widest))
  expect(sizes('minority').map(({ nodes }) => nodes.length)).toEqual([1, 1, 1, 2])
  expect(sizes('one').map(({ nodes }) => nodes.length)).toEqual([1, 1, 1, 1])
  expect(sizes('one').map(({ text }) => text.includes('leader'))).toEqual([true, false, true, false])
})

test('a follower is a node that does not lead, if there is one', () => {
  for (const draw of draws) {
    expect(resolveNodes({ pick: 'follower', draw }, peers(3, 'n2')).text).toMatch(/^n[13]$/)
    expect(resolveNodes({ pick: 'follower', draw }, peers(3)).nodes).toHaveLength(1)
    expect(resolveNodes({ pick: 'follower', draw }, peers(1, 'n1')).nodes).toEqual(['n1'])
  }
})

describe('the links that a weather is on', () => {
  test.each([
    ['all of five nodes', peers(5, 'n2'), 'all', 20, 'all links between nodes'],
    ['the leader of five nodes', peers(5, 'n2'), 'leader', 8, 'links between nodes of n2 (the leader)'],
    ['all of three copies', copies(3, 'n2'), 'all', 6, 'all links of the clients'],
    ['the leader of three copies', copies(3, 'n2'), 'leader', 2, 'links of the clients of n2 (the leader)'],
    ['a node without links', peers(1, 'n1'), 'all', 0, 'no link to disturb'],
  ] as const)('of %s', (_title, view, whose, count, text) => {
    const resolved = resolveLinks({ pick: '', draw: 1 }, view, whose)
    expect([resolved.links.length, resolved.text]).toEqual([count, text])
    expect(view.links).toEqual(expect.arrayContaining([...resolved.links]))
  })
})

test('a plan written by hand names its nodes, which a cut parts from all others', () => {
  const nodes = ['n1', 'n2', 'n3']
  const links = nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => ({ from, to })))
  const view = { nodes, links, leader: 'n1' }
  const these = { pick: 'these', draw: 0, nodes: ['n3', 'n1'] }
  expect(resolveNodes(these, view).nodes).toEqual(['n1', 'n3'])
  expect(resolveCut(these, view).links.map(({ from, to }) => `${from}-${to}`)).toEqual([
    'n1-n2',
    'n2-n1',
    'n2-n3',
    'n3-n2',
  ])
})
