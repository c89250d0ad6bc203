import { expect, test } from 'vitest'
import { TestCluster } from '../sim/fixtures/cluster.ts'
import { raftKv } from './raft-kv.ts'
import { singleCopy } from './single-copy.ts'

const told = (cluster: TestCluster, node: string) =>
  cluster.events.flatMap((event) =>
    event.type === 'trace' && event.node === node && event.event.type === 'progress'
      ? [{ timeUs: event.timeUs, ...event.event }]
      : [],
  )

test.each([
  ['a replicated store', raftKv],
  ['a single copy', singleCopy],
])('every node of %s tells how far it is, at most ten times a second, and nothing when it is at rest', (_, program) => {
  const cluster = new TestCluster(7, { program }).run(2_000)
  for (const node of cluster.system.nodes) {
    const all = told(cluster, node)
    expect(all.length).toBeGreaterThan(5)
    for (const [at, { timeUs, commit, applied }] of all.entries()) {
      const before = all[at - 1]
      expect(commit).toBeGreaterThanOrEqual(applied)
      expect(applied).toBeGreaterThanOrEqual(before?.applied ?? 1)
      expect(timeUs - (before?.timeUs ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(100_000)
    }
  }
  cluster.verify()
  const before = cluster.events.length
  cluster.run(2_000)
  expect(cluster.events.slice(before)).toEqual([])
})

test('the last that a node told is what it says when it is asked', () => {
  const cluster = new TestCluster(3).run(1_500)
  cluster.verify()
  cluster.run(500)
  for (const node of cluster.system.nodes) {
    let asked: unknown
    cluster.system.status(node, 1_000, (status) => {
      asked = { commit: status?.commit, applied: status?.applied }
    })
    cluster.run(1_000)
    const { commit, applied } = told(cluster, node).at(-1)!
    expect({ commit, applied }).toEqual(asked)
  }
})
