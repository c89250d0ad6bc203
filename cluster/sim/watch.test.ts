import { expect, test } from 'vitest'
import { TestCluster } from './fixtures/cluster.ts'
import type { Delivery } from './peer-parcel.ts'
import { TraceHash } from './trace-hash.ts'

/** Storms, a cut, a kill and a freeze; gives the run's fingerprint and, if somebody looks on, what was seen. */
function run(seed: number, isWatched: boolean, encodesMessages = false) {
  const hash = new TraceHash()
  const seen: Delivery[] = []
  const cluster = new TestCluster(seed, {
    encodesMessages,
    onTrace: (timeUs, node, what) => hash.add(timeUs, node, what),
    ...(isWatched ? { onMessage: (delivery: Delivery) => seen.push(delivery) } : {}),
  })
  const { controls, links } = cluster.system
  cluster.run(700)
  controls.weather.set(links, { lossPercent: 10, duplicatePercent: 10, reorderPercent: 10, delayMs: [0, 9] })
  cluster.run(400)
  controls.weather.clear(links)
  controls.links.cut(links.filter(({ from }) => from === 'n1'))
  cluster.run(300)
  controls.links.heal(links)
  controls.crash.kill('n2')
  cluster.run(300)
  controls.crash.restart('n2')
  controls.pause.pause('n3')
  cluster.run(300)
  controls.pause.resume('n3')
  cluster.run(300)
  return { digest: hash.digest, seen, events: cluster.events }
}

test.each([false, true])('a run is the same whether or not somebody looks on (messages as text: %j)', (encodes) => {
  for (const seed of [1, 2, 3]) {
    const watched = run(seed, true, encodes)
    expect(watched.digest).toBe(run(seed, false, encodes).digest)
    expect(watched.seen.length).toBeGreaterThan(500)
  }
})

test('every message is told with what became of it', () => {
  const { seen, events } = run(1, true)
  for (const { sentUs, receivedUs, lost, from, to, message } of seen) {
    expect([message.from, message.to]).toEqual([from, to])
    // Either it arrived, after some time, or there is a reason why not.
    expect(receivedUs === undefined).toBe(lost !== undefined)
    expect(receivedUs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(sentUs)
  }
  const dropped = events.reduce((sum, event) => sum + (event.type === 'link-weather' ? event.dropped : 0), 0)
  expect(dropped).toBeGreaterThan(5)
  expect(seen.filter(({ lost }) => lost === 'dropped')).toHaveLength(dropped)
  const refusals = seen.filter(({ lost }) => lost === 'refused')
  expect(new Set(refusals.map(({ to }) => to))).toEqual(new Set(['n2']))
})

test('a message that came twice is told twice', () => {
  const { seen, events } = run(1, true)
  const times = Map.groupBy(seen, ({ message }) => message)
  const twice = [...times.values()].filter((deliveries) => deliveries.length > 1)
  const duplicated = events.reduce((sum, event) => sum + (event.type === 'link-weather' ? event.duplicated : 0), 0)
  expect(duplicated).toBeGreaterThan(5)
  expect(twice).toHaveLength(duplicated)
})
