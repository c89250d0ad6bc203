import { describe, expect, test } from 'vitest'
import { singleCopy } from '../node/single-copy.ts'
import { seededRandom } from '../random.ts'
import type { CrashPoint } from '../system.ts'
import { TestCluster } from './fixtures/cluster.ts'

const seeds = Array.from({ length: 12 }, (_none, seed) => seed)

describe('what a client was told stays true', () => {
  test.each(seeds)('though all nodes lose their power, again and again (seed %i)', (seed) => {
    const cluster = new TestCluster(seed, { options: { snapshotEvery: 40, keepEntries: 5 } }).run(1000)
    const random = seededRandom(`power ${seed}`)
    for (let round = 0; round < 6; round++) {
      for (const node of random.shuffle(cluster.system.nodes)) {
        if (random.chance(0.3)) cluster.system.controls.crash.kill(node)
        else cluster.system.controls.power.cut(node)
        cluster.run(random.between(0, 20))
      }
      for (const node of cluster.system.nodes) cluster.system.controls.crash.restart(node)
      cluster.run(random.between(200, 1500))
    }
    expect(cluster.verify()).toBe(3)
    expect(cluster.acknowledgedInAll).toBeGreaterThan(100)
    expect(cluster.lost).toEqual([])
    expect(cluster.seen('node-dead').filter(({ wanted }) => !wanted)).toEqual([])
  })

  test.each(seeds)('though nodes die at crash points and frames are lost, doubled and overtaken (seed %i)', (seed) => {
    const cluster = new TestCluster(seed, {
      options: { snapshotEvery: 40, keepEntries: 5 },
      crashPoints: { probability: 0.002, untilUs: 8_000_000 },
      encodesMessages: seed % 2 === 0,
    })
    const { links, controls } = cluster.system
    controls.weather.set(links, { lossPercent: 5, duplicatePercent: 10, reorderPercent: 10, delayMs: [0, 3] })
    cluster.run(8000)
    controls.weather.clear(links)
    cluster.run(2000)
    expect(cluster.verify()).toBe(3)
    expect(cluster.lost).toEqual([])
    const deaths = cluster.seen('node-dead')
    expect(deaths.length).toBeGreaterThan(3)
    expect(deaths.filter(({ wanted, how }) => !wanted || !how.startsWith('crash point'))).toEqual([])
    const weather = cluster.seen('link-weather')
    expect(weather.map(({ link }) => link)).toEqual(links)
    expect(weather.every(({ dropped, duplicated, delayed }) => dropped + duplicated + delayed > 0)).toBe(true)
  })

  test.each(seeds)('though the only node there is loses its power (seed %i)', (seed) => {
    const cluster = new TestCluster(seed, { program: singleCopy, links: 'clients' })
    for (let round = 0; round < 6; round++) {
      cluster.run(200 + ((seed * 7919 + round * 104_729) % 1000) / 10)
      cluster.system.controls.power.cut('n1')
      cluster.system.controls.crash.restart('n1')
    }
    cluster.run(500)
    expect(cluster.verify()).toBe(3)
    expect(cluster.acknowledgedInAll).toBeGreaterThan(50)
    expect(cluster.lost).toEqual([])
  })
})

describe('a broken disk', () => {
  test.each(['eio', 'enospc'] as const)(
    'that fails with %s ends its node, as was wanted, until it is healed',
    (kind) => {
      const cluster = new TestCluster(1).run(1000)
      const { crash, disk } = cluster.system.controls
      disk.fail('n2', kind)
      cluster.run(500)
      const [death] = cluster.seen('node-dead')
      expect(death).toEqual({
        type: 'node-dead',
        node: 'n2',
        wanted: true,
        how: expect.stringMatching(/^disk: .*(EIO|ENOSPC)/),
      })
      disk.heal('n2')
      crash.restart('n2')
      cluster.run(1000)
      expect(cluster.seen('disk-broken')).toEqual([{ type: 'disk-broken', node: 'n2', how: kind }])
      expect(cluster.seen('disk-healed')).toEqual([{ type: 'disk-healed', node: 'n2', slowed: 0, failed: 1 }])
      expect(cluster.seen('node-ready').at(-1)).toEqual({ type: 'node-ready', node: 'n2' })
    },
  )

  test.each(seeds)(
    'with a turned bit is refused, never guessed at, and taken again once it is healed (seed %i)',
    (seed) => {
      for (const program of [undefined, singleCopy]) {
        const cluster = new TestCluster(seed, program ? { program } : {}).run(1500)
        const { crash, disk } = cluster.system.controls
        disk.flip('n1')
        crash.kill('n1')
        crash.restart('n1')
        cluster.run(500)
        expect(cluster.seen('disk-broken')).toMatchObject([
          { node: 'n1', how: 'flip', where: expect.stringContaining('byte') },
        ])
        const [, refusal, ...more] = cluster.seen('node-dead')
        expect(refusal).toMatchObject({
          node: 'n1',
          wanted: true,
          how: expect.stringMatching(/^disk: .*record at byte/),
        })
        expect(more).toEqual([])
        disk.heal('n1')
        crash.restart('n1')
        cluster.run(1500)
        expect(cluster.verify()).toBe(3)
        expect(cluster.lost).toEqual([])
        expect(cluster.seen('node-dead')).toHaveLength(2)
      }
    },
  )

  test('that is slow makes the cluster slow, and kills nobody', () => {
    const acknowledged = (latencyUs: number): number => {
      const cluster = new TestCluster(1).run(1000)
      for (const node of cluster.system.nodes) cluster.system.controls.disk.slow(node, latencyUs)
      const before = cluster.run(500).acknowledgedInAll
      cluster.run(2000)
      expect(cluster.seen('node-dead')).toEqual([])
      return cluster.acknowledgedInAll - before
    }
    expect(acknowledged(20_000)).toBeLessThan(acknowledged(0) / 4)
  })
})

describe('a crash point', () => {
  const points: CrashPoint[] = [
    'before-sync',
    'after-sync',
    'before-send',
    'after-send',
    'before-snapshot',
    'after-snapshot',
  ]

  test.each(points)('kills an armed node at %s, once', (point) => {
    const cluster = new TestCluster(1, { options: { snapshotEvery: 20 } }).run(1000)
    cluster.system.controls.crash.arm?.('n1', point)
    cluster.run(1000)
    const death = { type: 'node-dead', node: 'n1', wanted: true, how: `crash point ${point}` }
    expect(cluster.seen('node-dead')).toEqual([death])
    cluster.system.controls.crash.restart('n1')
    cluster.run(2000)
    expect(cluster.seen('node-dead')).toEqual([death])
    expect(cluster.seen('node-ready').at(-1)).toEqual({ type: 'node-ready', node: 'n1' })
  })

  test('is taken back by a restart of a node that did not pass it', () => {
    const cluster = new TestCluster(1, { options: { snapshotEvery: 0 } }).run(1000)
    cluster.system.controls.crash.arm?.('n1', 'before-snapshot')
    cluster.run(500)
    cluster.system.controls.crash.restart('n1')
    cluster.run(500)
    expect(cluster.seen('node-dead')).toEqual([])
  })

  test('met by chance restarts its node by itself, but not one that was killed meanwhile', () => {
    const cluster = new TestCluster(3, { crashPoints: { probability: 0.01, untilUs: 2_000_000 } })
    for (let step = 0; step < 2000 && cluster.seen('node-dead').length === 0; step++) cluster.run(1)
    const [first] = cluster.seen('node-dead')
    cluster.system.controls.crash.kill(first!.node)
    cluster.run(5000)
    const starts = cluster.seen('node-started').map(({ node }) => node)
    expect(starts.filter((node) => node === first!.node)).toHaveLength(1)
    expect(starts.length).toBeGreaterThan(3)
  })
})

describe('a bent clock', () => {
  test('makes the timers of its node run faster, so that it asks for votes before its leader speaks', () => {
    const cluster = new TestCluster(1, {}, 0).run(2000)
    const leader = cluster.system.leader()!
    const [fast] = cluster.system.nodes.filter((node) => node !== leader)
    const candidacies = (): number =>
      cluster
        .seen('trace')
        .filter(({ node, event }) => node === fast && event.type === 'role' && event.role !== 'follower').length
    const before = candidacies()
    cluster.run(3000)
    expect(candidacies()).toBe(before)
    cluster.system.controls.clock.set(fast!, { offsetUs: 0, ratePpm: 20_000_000 })
    cluster.run(3000)
    expect(candidacies()).toBeGreaterThan(before)
    cluster.system.controls.clock.reset(fast!)
    expect(cluster.seen('clock-set')).toEqual([{ type: 'clock-set', node: fast, offsetUs: 0, ratePpm: 20_000_000 }])
    expect(cluster.seen('clock-reset')).toEqual([{ type: 'clock-reset', node: fast, jumpedUs: -60_000_000 }])
  })
})

test('a request lost on the way to its node ends as a time-out', () => {
  const cluster = new TestCluster(1, {}, 0).run(1000)
  cluster.system.controls.weather.set([{ from: 'clients', to: 'n1' }], {
    lossPercent: 100,
    duplicatePercent: 0,
    reorderPercent: 0,
    delayMs: [0, 0],
  })
  const replies: unknown[] = []
  cluster.system.connect('n1').call({ f: 'read', key: 'x' }, 300, (reply) => replies.push(reply))
  cluster.run(299)
  expect(replies).toEqual([])
  cluster.run(2)
  expect(replies).toEqual([{ type: 'info', error: 'time-out' }])
})
