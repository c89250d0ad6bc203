import { expect, test } from 'vitest'
import { TestCluster } from '../sim/fixtures/cluster.ts'

test('a leader that no quorum hears forgets the reads whose time is over', () => {
  const options = { checkQuorum: false, requestTimeoutMs: 300 }
  const cluster = new TestCluster(1, { options, encodesMessages: false }, 0).run(2000)
  const { system } = cluster
  const leader = system.leader()!
  const links = system.links.filter(({ from, to }) => from === leader || to === leader)
  system.controls.links.cut(links)
  let refused = 0
  for (let read = 0; read < 100; read++) {
    system.connect(leader).call({ f: 'read', key: 'x' }, 5000, ({ type }) => {
      if (type === 'fail') refused++
    })
    cluster.run(50)
  }
  expect(refused).toBeGreaterThan(90)
  system.controls.links.heal(links)
  cluster.run(2000)
  // It hears of a newer term, steps down, and loses what it still kept: those of the last 300 ms, not of the last 5 s.
  const lost = cluster.seen('trace').flatMap(({ event }) => (event.type === 'read-lost' ? [event.reads] : []))
  expect(lost).toHaveLength(1)
  expect(lost[0]).toBeLessThanOrEqual(8)
  expect(refused).toBe(100)
})
