import { describe, expect, test } from 'vitest'
import type { Disk } from '../env.ts'
import { frame } from '../node/wal.ts'
import { seededRandom } from '../random.ts'
import { SimDisk } from './disk.ts'
import { Scheduler } from './scheduler.ts'

class Machine {
  readonly scheduler = new Scheduler()
  readonly disk: SimDisk
  open: Disk

  constructor(seed: number) {
    this.disk = new SimDisk(this.scheduler, seededRandom(seed))
    this.open = this.disk.open((run) => run())
  }

  settle(): void {
    this.scheduler.runUntil(this.scheduler.monotonicUs() + 1_000_000)
  }

  append(name: string, bytes: string | Uint8Array): void {
    this.open.append(name, typeof bytes === 'string' ? Buffer.from(bytes) : bytes, () => undefined)
  }

  sync(name?: string): void {
    this.open.sync(name === undefined ? 'directory' : { file: name }, () => undefined)
  }

  restart(how: 'kill' | 'cutPower'): void {
    this.disk[how]()
    this.open = this.disk.open((run) => run())
  }

  /** All files with their contents. */
  contents(): Record<string, string> {
    const found: Record<string, string> = {}
    this.open.list((_error, names) => {
      for (const name of names)
        this.open.read(name, 0, 10_000, (_readError, bytes) => {
          found[name] = Buffer.from(bytes).toString('latin1')
        })
    })
    this.settle()
    return found
  }
}

/** What is found over many seeds, each once. */
function outcomes(how: 'kill' | 'cutPower', work: (machine: Machine) => void): string[] {
  const seen = new Set<string>()
  for (let seed = 0; seed < 300; seed++) {
    const machine = new Machine(seed)
    work(machine)
    machine.settle()
    machine.restart(how)
    seen.add(JSON.stringify(machine.contents()))
  }
  return [...seen].sort()
}

describe('a kill', () => {
  test('keeps all that was written, synced or not', () => {
    const work = (machine: Machine): void => {
      machine.append('log', 'abc')
      machine.open.rename('log', 'log2', () => undefined)
    }
    expect(outcomes('kill', work)).toEqual(['{"log2":"abc"}'])
  })
})

describe('a power cut', () => {
  test('keeps a file whose content and name were synced', () => {
    const work = (machine: Machine): void => {
      machine.append('log', 'abc')
      machine.sync('log')
      machine.sync()
    }
    expect(outcomes('cutPower', work)).toEqual(['{"log":"abc"}'])
  })

  test('keeps any first part of what was appended since the sync, whole or torn', () => {
    const work = (machine: Machine): void => {
      machine.append('log', 'abc')
      machine.sync('log')
      machine.sync()
      machine.append('log', 'de')
    }
    expect(outcomes('cutPower', work)).toEqual(['{"log":"abc"}', '{"log":"abcd"}', '{"log":"abcde"}'])
  })

  test('may take a file away whose name was not synced, though its content was', () => {
    const work = (machine: Machine): void => {
      machine.append('log', 'abc')
      machine.sync('log')
    }
    expect(outcomes('cutPower', work)).toEqual(['{"log":"abc"}', '{}'])
  })

  test('leaves either name of a rename that was not synced, and always one of the contents', () => {
    const work = (machine: Machine): void => {
      machine.append('snapshot', 'old')
      machine.append('new', 'new')
      machine.sync('snapshot')
      machine.sync('new')
      machine.sync()
      machine.open.rename('new', 'snapshot', () => undefined)
    }
    expect(outcomes('cutPower', work)).toEqual(['{"new":"new","snapshot":"old"}', '{"snapshot":"new"}'])
  })

  test('may undo a truncation that was not synced', () => {
    const work = (machine: Machine): void => {
      machine.append('log', 'abcd')
      machine.sync('log')
      machine.sync()
      machine.open.truncate('log', 2, () => undefined)
      machine.append('log', 'x')
    }
    expect(outcomes('cutPower', work)).toEqual(['{"log":"ab"}', '{"log":"abcd"}', '{"log":"abx"}'])
  })

  test('takes what a kill had spared, as that was never synced either; what it spares itself is durable', () => {
    const machine = new Machine(1)
    machine.append('log', 'x'.repeat(1000))
    machine.sync()
    machine.settle()
    machine.restart('kill')
    expect(machine.contents().log).toHaveLength(1000)
    machine.restart('cutPower')
    const spared = machine.contents().log
    expect(spared!.length).toBeLessThan(1000)
    machine.restart('cutPower')
    expect(machine.contents().log).toBe(spared)
  })
})

describe('a broken disk', () => {
  const error = (machine: Machine, work: (disk: Disk, done: (error?: Error) => void) => void): string => {
    let got = 'no answer'
    work(machine.open, (failed) => {
      got = failed?.message ?? 'done'
    })
    machine.settle()
    return got
  }

  test('fails every operation with EIO until it is healed, and counts them', () => {
    const machine = new Machine(1)
    machine.append('log', 'abc')
    machine.settle()
    machine.disk.fail('eio')
    expect(error(machine, (disk, done) => disk.append('log', Buffer.from('d'), done))).toMatch('EIO')
    expect(error(machine, (disk, done) => disk.sync({ file: 'log' }, done))).toMatch('EIO')
    expect(error(machine, (disk, done) => disk.read('log', 0, 3, done))).toMatch('EIO')
    expect(machine.disk.isHurt).toBe(true)
    expect(machine.disk.heal()).toEqual({ slowed: 0, failed: 3 })
    expect(machine.contents()).toEqual({ log: 'abc' })
  })

  test('that is full takes a part of what is appended, and syncs', () => {
    const lengths = new Set<number>()
    for (let seed = 0; seed < 50; seed++) {
      const machine = new Machine(seed)
      machine.disk.fail('enospc')
      expect(error(machine, (disk, done) => disk.append('log', Buffer.from('abc'), done))).toMatch('ENOSPC')
      expect(error(machine, (disk, done) => disk.sync('directory', done))).toBe('done')
      lengths.add(machine.contents().log!.length)
    }
    expect([...lengths].sort()).toEqual([0, 1, 2, 3])
  })

  test('that is slow takes its time for every operation', () => {
    const machine = new Machine(1)
    machine.disk.slow(700_000)
    let doneUs = 0
    machine.append('log', 'abc')
    machine.open.sync({ file: 'log' }, () => {
      doneUs = machine.scheduler.monotonicUs()
    })
    machine.settle()
    machine.settle()
    expect(doneUs).toBeGreaterThan(1_400_000)
    expect(machine.disk.heal()).toEqual({ slowed: 2, failed: 0 })
  })

  test('has one bit turned in a synced record that is not the last, until it is healed', () => {
    const whole = frame(['first record', 'second record', 'third record'])
    const end = frame(['first record', 'second record']).length
    const places = new Set<number>()
    for (let seed = 0; seed < 200; seed++) {
      const machine = new Machine(seed)
      machine.append('log', whole)
      machine.sync('log')
      machine.append('log', frame(['not synced']))
      machine.settle()
      const before = machine.contents().log
      const at = Number(/^log byte (\d+)$/.exec(machine.disk.flip() ?? '')?.[1])
      expect(at).toBeLessThan(end)
      places.add(at)
      expect(machine.disk.isHurt).toBe(false)
      expect(machine.contents().log).not.toBe(before)
      expect(machine.disk.isHurt).toBe(true)
      machine.disk.heal()
      expect(machine.contents().log).toBe(before)
    }
    expect(places.size).toBeGreaterThan(end / 2)
  })

  test('turns no bit where there is only one record', () => {
    const machine = new Machine(1)
    machine.append('log', frame(['only one']))
    machine.sync('log')
    machine.settle()
    expect(machine.disk.flip()).toBeUndefined()
  })
})
