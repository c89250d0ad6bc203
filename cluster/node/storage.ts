/**
 * What a node keeps on disk: one write-ahead log and one snapshot, each generation in a file of its own.
 * A snapshot is written beside, synced, renamed, and its name synced; only then does a new log generation begin and
 * the old files go. Entries carry absolute indexes, so every crash point between the two is legal (raft thesis 5.1).
 */
import type { Disk, Done } from '../env.ts'
import type { Entry, HardState, Snapshot } from '../raft/message.ts'
import { decodeWalRecord, frame, frameRecords, parse } from './wal.ts'

/** What a node finds when it starts. */
export interface Found {
  readonly hardState: HardState
  readonly snapshot: Snapshot | undefined
  /** Above the snapshot, without a gap. */
  readonly entries: readonly Entry[]
  /** Bytes of a record torn by a crash, cut off. */
  readonly droppedBytes: number
}

export interface Written {
  readonly hardState: HardState | undefined
  readonly entries: readonly Entry[]
  readonly snapshot: Snapshot | undefined
}

const noHardState: HardState = { term: 0, vote: undefined }

export class Storage {
  #disk: Disk
  #generation = 0
  #hardState = noHardState
  #snapshot: Snapshot | undefined
  /** A mirror of the entries in the current log file, above the snapshot. */
  #entries: Entry[] = []
  /** Whether the name of the current log file is durable. */
  #hasName = false

  constructor(disk: Disk) {
    this.#disk = disk
  }

  /** The newest durable snapshot. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot
  }

  /** Reads what is there, repairs a torn tail, removes what a crash left half done. */
  open(done: (error: Error | undefined, found?: Found) => void): void {
    this.#disk.list((error, names) => {
      if (error) return done(error)
      const generations = names.flatMap((name) => (/^wal-\d+$/.test(name) ? [Number(name.slice(4))] : []))
      this.#generation = Math.max(0, ...generations)
      const hasSnapshot = names.includes('snapshot')
      this.#readSnapshot(hasSnapshot, (snapshotError) => {
        if (snapshotError) return done(snapshotError)
        this.#readWal((walError, droppedBytes) => {
          if (walError) return done(walError)
          const stale = names.filter((name) => name.endsWith('.tmp') || this.#isOlderWal(name))
          this.#settle(names, stale, (settleError) => {
            if (settleError) return done(settleError)
            done(undefined, {
              hardState: this.#hardState,
              snapshot: this.#snapshot,
              entries: [...this.#entries],
              droppedBytes,
            })
          })
        })
      })
    })
  }

  /** Writes and syncs; `done` means that all of it survives a loss of power. */
  write({ hardState, entries, snapshot }: Written, done: Done): void {
    if (hardState) this.#hardState = hardState
    if (!snapshot) {
      this.#mirror(entries)
      return this.#append(hardState, entries, done)
    }
    // The term goes first: a snapshot of a term that the node does not know of must never be found.
    this.#append(hardState, [], (error) => {
      if (error) return done(error)
      this.#keepAbove(snapshot)
      this.#mirror(entries)
      this.#replaceSnapshot(snapshot, done)
    })
  }

  #append(hardState: HardState | undefined, entries: readonly Entry[], done: Done): void {
    if (!hardState && entries.length === 0) return done()
    const file = this.#walName(this.#generation)
    this.#disk.append(file, frameRecords(hardState, entries), (error) => {
      if (error) return done(error)
      this.#disk.sync({ file }, (syncError) => {
        if (syncError || this.#hasName) return done(syncError)
        this.#hasName = true
        this.#disk.sync('directory', done) // The first write has made the file.
      })
    })
  }

  /** Makes the state machine's own snapshot durable, in place of the log up to its index. */
  compact(snapshot: Snapshot, done: Done): void {
    this.#keepAbove(snapshot)
    this.#replaceSnapshot(snapshot, done)
  }

  /** Keeps the entries above the snapshot if the log agrees with it, else none. Raft figure 13, rules 6 and 7. */
  #keepAbove(snapshot: Snapshot): void {
    const at = snapshot.index - (this.#entries[0]?.index ?? 0)
    const agrees = this.#entries[at]?.term === snapshot.term
    this.#entries = agrees ? this.#entries.slice(at + 1) : []
  }

  #mirror(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const first = this.#entries[0]
      // An entry at an index already written cuts off what stood there and above.
      if (first) this.#entries.length = Math.min(this.#entries.length, Math.max(0, entry.index - first.index))
      this.#entries.push(entry)
    }
  }

  #replaceSnapshot(snapshot: Snapshot, done: Done): void {
    const steps: ((next: Done) => void)[] = [
      (next) => this.#disk.remove('snapshot.tmp', next),
      (next) => this.#disk.append('snapshot.tmp', frame([JSON.stringify(snapshot)]), next),
      (next) => this.#disk.sync({ file: 'snapshot.tmp' }, next),
      (next) => this.#disk.rename('snapshot.tmp', 'snapshot', next),
      (next) => this.#disk.sync('directory', next),
      (next) => {
        this.#snapshot = snapshot
        this.#startGeneration(next)
      },
    ]
    inOrder(steps, done)
  }

  #startGeneration(done: Done): void {
    const old = this.#walName(this.#generation)
    this.#generation++
    const file = this.#walName(this.#generation)
    const bytes = frameRecords(this.#hardState, this.#entries)
    inOrder(
      [
        (next) => this.#disk.remove('wal.tmp', next),
        (next) => this.#disk.append('wal.tmp', bytes, next),
        (next) => this.#disk.sync({ file: 'wal.tmp' }, next),
        (next) => this.#disk.rename('wal.tmp', file, next),
        (next) => this.#disk.sync('directory', next),
        (next) => {
          this.#hasName = true
          this.#disk.remove(old, next)
        },
      ],
      done,
    )
  }

  #readSnapshot(exists: boolean, done: Done): void {
    if (!exists) return done()
    this.#readAll('snapshot', (error, bytes) => {
      if (error) return done(error)
      const records = parseSafely(bytes, 'snapshot')
      if (records instanceof Error) return done(records)
      const text = records.records[0]
      // It was synced before it got its name, so a torn one is damage.
      if (text === undefined) return done(new Error('snapshot: the file is damaged'))
      this.#snapshot = JSON.parse(text) as Snapshot // Written above, guarded by the checksum.
      done()
    })
  }

  #readWal(done: (error: Error | undefined, droppedBytes: number) => void): void {
    const file = this.#walName(this.#generation)
    this.#readAll(file, (error, bytes) => {
      if (error) return done(error, 0)
      const parsed = parseSafely(bytes, file)
      if (parsed instanceof Error) return done(parsed, 0)
      for (const text of parsed.records) {
        const record = decodeWalRecord(text)
        if (record.type === 'hard-state') this.#hardState = record.hardState
        else this.#mirror([record.entry])
      }
      const droppedBytes = bytes.length - parsed.goodBytes
      const first = this.#entries[0]
      const covered = this.#snapshot?.index ?? 0
      if (first && first.index > covered + 1) {
        return done(
          new Error(`the log begins at ${first.index}, the snapshot ends at ${covered}: entries are missing`),
          0,
        )
      }
      if (this.#snapshot && first && first.index <= covered) {
        // The node died between the snapshot and its log. What it appends next need not join on to this one.
        this.#keepAbove(this.#snapshot)
        return this.#startGeneration((startError) => done(startError, droppedBytes))
      }
      if (droppedBytes === 0) return done(undefined, 0)
      this.#disk.truncate(file, parsed.goodBytes, (truncateError) => {
        if (truncateError) return done(truncateError, 0)
        this.#disk.sync({ file }, (syncError) => done(syncError, droppedBytes))
      })
    })
  }

  #readAll(file: string, done: (error: Error | undefined, bytes: Uint8Array) => void): void {
    const none = new Uint8Array()
    this.#disk.size(file, (error, length) => {
      if (error) return done(error, none)
      this.#disk.read(file, 0, length, done)
    })
  }

  /**
   * Removes what a crash left half done, and syncs what is kept: the last life may have been killed between its write
   * and its sync, so what was read just now need not be durable, and this life will vouch for it.
   */
  #settle(names: readonly string[], stale: readonly string[], done: Done): void {
    const file = this.#walName(this.#generation)
    const steps = stale.map((name) => (next: Done) => this.#disk.remove(name, next))
    if (names.includes(file)) {
      this.#hasName = true
      steps.push((next) => this.#disk.sync({ file }, next))
    }
    if (names.length > 0) steps.push((next) => this.#disk.sync('directory', next))
    inOrder(steps, done)
  }

  #isOlderWal(name: string): boolean {
    return /^wal-\d+$/.test(name) && name !== this.#walName(this.#generation)
  }

  #walName(generation: number): string {
    return `wal-${generation}`
  }
}

function parseSafely(bytes: Uint8Array, file: string): ReturnType<typeof parse> | Error {
  try {
    return parse(bytes, file)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Runs steps one after another; stops at the first error. */
function inOrder(steps: readonly ((next: Done) => void)[], done: Done): void {
  const run = (at: number): void => {
    const step = steps[at]
    if (!step) return done()
    step((error) => (error ? done(error) : run(at + 1)))
  }
  run(0)
}
