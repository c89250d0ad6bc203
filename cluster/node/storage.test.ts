import { expect, test } from 'vitest'
import type { Entry, HardState, Snapshot } from '../raft/message.ts'
import { type Random, seededRandom } from '../random.ts'
import { SimDisk } from '../sim/disk.ts'
import { Scheduler } from '../sim/scheduler.ts'
import { type Found, Storage } from './storage.ts'

const entry = (index: number, term: number): Entry => ({ index, term, kind: 'command', payload: `${term}.${index}` })

interface State {
  readonly hardState: HardState
  readonly snapshot: Snapshot | undefined
  readonly entries: readonly Entry[]
}

const nothing: State = { hardState: { term: 0, vote: undefined }, snapshot: undefined, entries: [] }

test.each(['is killed', 'loses its power', 'is killed or loses its power'])(
  'a node that %s at any moment finds what was promised, or one of the states on the way to the write under way',
  (how) => {
    const seen = { onTheWay: 0, repaired: 0 }
    for (let seed = 0; seed < 300; seed++) {
      const random = seededRandom(seed)
      const scheduler = new Scheduler()
      const disk = new SimDisk(scheduler, random.fork('disk'))
      let legal = [nothing]
      for (let life = 0; life < 4; life++) {
        const storage = new Storage(disk.open((run) => run()))
        const { droppedBytes, ...found } = open(storage, scheduler)
        expect(legal, `seed ${seed}, life ${life}`).toContainEqual(found)
        if (legal.indexOf(legal.find((state) => JSON.stringify(state) === JSON.stringify(found)) ?? nothing) > 0)
          seen.onTheWay++
        if (droppedBytes > 0) seen.repaired++
        const legalNow = work(storage, found, random.fork(`work ${life}`))
        scheduler.runUntil(scheduler.monotonicUs() + random.between(0, 12_000))
        legal = legalNow()
        if (how === 'is killed' || (how !== 'loses its power' && random.chance(0.5))) disk.kill()
        else disk.cutPower()
        scheduler.runUntil(scheduler.monotonicUs() + 1_000_000)
      }
    }
    // Else the kills never hit a write, and the test above shows nothing.
    expect(seen.onTheWay).toBeGreaterThan(60)
    expect(seen.repaired).toBeGreaterThan(6)
  },
)

test('what a node found when it started survives a loss of power, though its last life was killed before it had synced', () => {
  let unsynced = 0
  for (let seed = 0; seed < 100; seed++) {
    const scheduler = new Scheduler()
    const disk = new SimDisk(scheduler, seededRandom(seed))
    const first = new Storage(disk.open((run) => run()))
    const start = open(first, scheduler)
    let isSynced = false
    first.write({ ...start, hardState: { term: 1, vote: 'n1' }, entries: [entry(1, 1), entry(2, 1)] }, () => {
      isSynced = true
    })
    scheduler.runUntil(scheduler.monotonicUs() + 40)
    disk.kill()
    const found = open(new Storage(disk.open((run) => run())), scheduler)
    if (!isSynced && found.entries.length > 0) unsynced++
    disk.cutPower()
    const { droppedBytes: _droppedBytes, ...again } = open(new Storage(disk.open((run) => run())), scheduler)
    expect({ ...again, droppedBytes: found.droppedBytes }).toEqual(found)
  }
  expect(unsynced).toBeGreaterThan(20)
})

test('damage in the middle of the log is an error, never a shorter log', () => {
  const scheduler = new Scheduler()
  const disk = new SimDisk(scheduler, seededRandom(1)).open((run) => run())
  const storage = new Storage(disk)
  open(storage, scheduler)
  storage.write(
    { ...nothing, hardState: { term: 1, vote: 'n1' }, entries: [entry(1, 1), entry(2, 1)] },
    () => undefined,
  )
  disk.read('wal-0', 0, 1000, () => undefined)
  scheduler.runUntil(1_000_000)
  disk.read('wal-0', 0, 1000, (_error, bytes) => {
    bytes[12] = bytes[12]! ^ 1
    disk.truncate('wal-0', 0, () => disk.append('wal-0', bytes, () => undefined))
  })
  scheduler.runUntil(2_000_000)
  expect(() => open(new Storage(disk), scheduler)).toThrow('wal-0: the record at byte 0 does not match its checksum')
})

function open(storage: Storage, scheduler: Scheduler): Found {
  let result: Found | Error | undefined
  storage.open((error, found) => {
    result = error ?? found
  })
  scheduler.runUntil(scheduler.monotonicUs() + 100_000)
  if (result instanceof Error) throw result
  if (!result) throw new Error('open never came back')
  return result
}

/** Writes and compacts one after another, as the ready loop does. Gives the states that a kill may leave when it is asked. */
function work(storage: Storage, start: State, random: Random): () => State[] {
  let legal = [start]
  const go = (state: State): void => {
    legal = [state]
    const step = draw(state, random)
    legal = step.states
    step.run(storage, (error) => {
      if (error) throw error
      go(step.states.at(-1)!)
    })
  }
  go(start)
  return () => legal
}

interface Step {
  /** From before the step to after it, each state that a kill in the middle may leave. */
  readonly states: State[]
  readonly run: (storage: Storage, done: (error?: Error) => void) => void
}

function draw(before: State, random: Random): Step {
  const { hardState, snapshot, entries } = before
  const last = entries.at(-1)?.index ?? snapshot?.index ?? 0
  if (random.chance(0.2) && entries.length > 0) {
    const { index, term } = random.pick(entries)
    const next = { index, term, payload: `state ${index}` }
    const after = { hardState, snapshot: next, entries: entries.filter((kept) => kept.index > index) }
    return { states: [before, after], run: (storage, done) => storage.compact(next, done) }
  }
  const term = hardState.term + (random.chance(0.3) ? 1 : 0)
  const promoted = { ...before, hardState: { term, vote: random.pick(['n1', 'n2', undefined]) } }
  if (random.chance(0.1)) {
    // A snapshot from the leader, beyond the log.
    const installed = { index: last + 5, term, payload: `state ${last + 5}` }
    const after = { hardState: promoted.hardState, snapshot: installed, entries: [] }
    return { states: [before, promoted, after], run: (storage, done) => storage.write({ ...after }, done) }
  }
  const first = entries.length > 0 && random.chance(0.2) ? random.pick(entries).index : last + 1
  const added = Array.from({ length: random.below(4) }, (_none, at) => entry(first + at, term))
  const states = [before, promoted]
  for (const next of added) {
    const kept = states.at(-1)!.entries.filter(({ index }) => index < next.index)
    states.push({ ...promoted, entries: [...kept, next] })
  }
  return {
    states,
    run: (storage, done) => storage.write({ hardState: promoted.hardState, entries: added, snapshot: undefined }, done),
  }
}
