import { expect, test } from 'vitest'
import { seededRandom } from '../random.ts'
import { TestCluster } from './fixtures/cluster.ts'
import { TraceHash } from './trace-hash.ts'

/** A short run with everything that can go wrong, as a fingerprint and as the lines that it was made of. */
function run(seed: number, trace?: string[]): string {
  const hash = new TraceHash()
  const cluster = new TestCluster(seed, {
    crashPoints: { probability: 0.001 },
    options: { snapshotEvery: 30 },
    onTrace(timeUs, node, what) {
      hash.add(timeUs, node, what)
      trace?.push(`${timeUs} ${node} ${what}`)
    },
  })
  const { links, nodes, controls } = cluster.system
  const random = seededRandom(`faults ${seed}`)
  const faults: readonly (() => void)[] = [
    () => controls.power.cut(random.pick(nodes)),
    () => controls.crash.kill(random.pick(nodes)),
    () => controls.pause.pause(random.pick(nodes)),
    () => controls.links.cut([random.pick(links)]),
    () => controls.weather.set(links, { lossPercent: 10, duplicatePercent: 10, reorderPercent: 10, delayMs: [0, 9] }),
    () => controls.disk.slow(random.pick(nodes), 3000),
    () => controls.disk.flip(random.pick(nodes)),
    () => controls.clock.set(random.pick(nodes), { offsetUs: 1_000_000, ratePpm: 50_000 }),
  ]
  cluster.run(600)
  for (let round = 0; round < 4; round++) {
    random.pick(faults)()
    cluster.run(random.between(0, 300))
    controls.links.heal(links)
    controls.weather.clear(links)
    for (const node of nodes) {
      controls.pause.resume(node)
      controls.disk.heal(node)
      controls.clock.reset(node)
      controls.crash.restart(node)
    }
    cluster.run(random.between(0, 200))
  }
  return hash.digest
}

test('the same seed gives the same run, event by event, and each seed another one', () => {
  const digests = Array.from({ length: 50 }, (_none, seed) => run(seed))
  digests.forEach((digest, seed) => {
    if (run(seed) === digest) return
    const [first, second]: [string[], string[]] = [[], []]
    run(seed, first)
    run(seed, second)
    const at = first.findIndex((line, index) => line !== second[index])
    throw new Error(`seed ${seed} differs from itself at event ${at}: ${first[at]} | ${second[at]}`)
  })
  expect(new Set(digests).size).toBe(50)
})

test('encoding the messages changes nothing but their identity', () => {
  const digest = (encodesMessages: boolean): string => {
    const hash = new TraceHash()
    new TestCluster(5, { encodesMessages, onTrace: (timeUs, node, what) => hash.add(timeUs, node, what) }).run(2000)
    return hash.digest
  }
  expect(digest(true)).toBe(digest(false))
})

test('a fingerprint tells apart time, node, event and where each of them ends', () => {
  const digest = (...events: [timeUs: number, node: string, what: string][]): string => {
    const hash = new TraceHash()
    for (const event of events) hash.add(...event)
    return hash.digest
  }
  const digests = [
    digest(),
    digest([1, 'n1', 'timer']),
    digest([2, 'n1', 'timer']),
    digest([1 + 2 ** 32, 'n1', 'timer']),
    digest([1, 'n2', 'timer']),
    digest([1, 'n1t', 'imer']),
    digest([1, 'n1', 'kill']),
    digest([1, 'n1', 'timer'], [1, 'n2', 'timer']),
    digest([1, 'n2', 'timer'], [1, 'n1', 'timer']),
  ]
  expect(new Set(digests).size).toBe(digests.length)
  expect(digests.every((each) => /^[0-9a-f]{16}$/.test(each))).toBe(true)
})
