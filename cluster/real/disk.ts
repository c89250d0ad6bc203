/** A node's files: one flat directory, operations strictly in the order of their calls, by callback. */

import * as fs from 'node:fs'
import { constants } from 'node:fs'
import { join } from 'node:path'
import type { Disk, Done } from '../env.ts'

/** A disk whose descriptors can be given back. */
export interface RealDisk extends Disk {
  /** Closes all files once every operation before it is over; no operation may follow. */
  close(done: () => void): void
}

type FdDone = (error: Error | undefined, fd: number | undefined) => void

/**
 * The disk in `directory`, which is made if absent. Descriptors are kept open, one per file ever used and not removed:
 * they are raw numbers, as a FileHandle lost to the garbage collector ends the process.
 */
export function realDisk(directory: string): RealDisk {
  fs.mkdirSync(directory, { recursive: true })
  const open = new Map<string, number>()
  const queue: ((next: () => void) => void)[] = []
  let isBusy = false

  function enqueue(operation: (next: () => void) => void): void {
    queue.push(operation)
    if (!isBusy) runNext()
  }

  function runNext(): void {
    const operation = queue.shift()
    isBusy = operation !== undefined
    operation?.(runNext)
  }

  /** The file's descriptor; `undefined` for an absent file that is not to be created. */
  function withFd(file: string, create: boolean, done: FdDone): void {
    const known = open.get(file)
    if (known !== undefined) return done(undefined, known)
    const flags = constants.O_RDWR | constants.O_APPEND | (create ? constants.O_CREAT : 0)
    fs.open(pathOf(file), flags, 0o644, (error, fd) => {
      if (error) return isAbsent(error) && !create ? done(undefined, undefined) : done(error, undefined)
      open.set(file, fd)
      done(undefined, fd)
    })
  }

  function forget(file: string, done: () => void): void {
    const fd = open.get(file)
    if (fd === undefined) return done()
    open.delete(file)
    fs.close(fd, () => done()) // Nothing is lost by a failing close: what matters was synced before.
  }

  function pathOf(file: string): string {
    if (file === '' || file.includes('/')) throw new Error(`not a file name: '${file}'`)
    return join(directory, file)
  }

  return {
    list(done) {
      enqueue((next) =>
        fs.readdir(directory, (error, names) => {
          next()
          done(error ?? undefined, error ? [] : names.sort())
        }),
      )
    },

    size(file, done) {
      const path = pathOf(file)
      enqueue((next) =>
        fs.stat(path, (error, stats) => {
          next()
          if (error) return isAbsent(error) ? done(undefined, 0) : done(error, 0)
          done(undefined, stats.size)
        }),
      )
    },

    read(file, offset, length, done) {
      const path = pathOf(file)
      enqueue((next) =>
        withFd(file, false, (openError, fd) => {
          const finish = (error: Error | undefined, bytes: Uint8Array) => {
            next()
            done(error, bytes)
          }
          if (openError) return finish(openError, EMPTY)
          // An absent file has no content, and asking for its status keeps the answer from coming synchronously.
          if (fd === undefined) return fs.stat(path, () => finish(undefined, EMPTY))
          fs.fstat(fd, (error, stats) => {
            if (error) return finish(error, EMPTY)
            const size = Math.max(0, Math.min(length, stats.size - offset))
            readAll(fd, Buffer.allocUnsafe(size), offset, finish)
          })
        }),
      )
    },

    append(file, bytes, done) {
      pathOf(file)
      enqueue((next) =>
        withFd(file, true, (openError, fd) => {
          const finish = finishing(next, done)
          if (fd === undefined) return finish(openError)
          writeAll(fd, bytes, finish)
        }),
      )
    },

    truncate(file, length, done) {
      const path = pathOf(file)
      enqueue((next) =>
        withFd(file, false, (openError, fd) => {
          const finish = finishing(next, done)
          if (openError) return finish(openError)
          if (fd === undefined) return fs.stat(path, () => finish())
          fs.fstat(fd, (error, stats) => {
            if (error || stats.size <= length) return finish(error)
            fs.ftruncate(fd, length, finish)
          })
        }),
      )
    },

    rename(from, to, done) {
      const [source, target] = [pathOf(from), pathOf(to)]
      enqueue((next) =>
        fs.rename(source, target, (error) => {
          const finish = finishing(next, done)
          if (error || from === to) return finish(error)
          forget(to, () => {
            const fd = open.get(from)
            open.delete(from)
            if (fd !== undefined) open.set(to, fd)
            finish()
          })
        }),
      )
    },

    remove(file, done) {
      const path = pathOf(file)
      enqueue((next) =>
        forget(file, () =>
          fs.unlink(path, (error) => finishing(next, done)(error && !isAbsent(error) ? error : undefined)),
        ),
      )
    },

    sync(what, done) {
      if (what === 'directory') return enqueue((next) => syncDirectory(directory, finishing(next, done)))
      const path = pathOf(what.file)
      enqueue((next) =>
        withFd(what.file, false, (openError, fd) => {
          const finish = finishing(next, done)
          if (openError) return finish(openError)
          if (fd === undefined) return fs.stat(path, () => finish(new Error(`no file '${what.file}' to sync`)))
          fs.fdatasync(fd, finish)
        }),
      )
    },

    close(done) {
      enqueue(() => {
        for (const fd of open.values()) fs.closeSync(fd)
        open.clear()
        done()
      })
    },
  }
}

const EMPTY = new Uint8Array(0)

/** The next operation starts before `done` runs, so that an exception in the node's code stops nothing here. */
function finishing(next: () => void, done: Done): (error?: Error | null) => void {
  return (error) => {
    next()
    if (error) done(error)
    else done()
  }
}

function isAbsent(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ENOENT'
}

function readAll(
  fd: number,
  bytes: Buffer,
  offset: number,
  done: (error: Error | undefined, bytes: Uint8Array) => void,
  filled = 0,
): void {
  fs.read(fd, bytes, filled, bytes.length - filled, offset + filled, (error, count) => {
    if (error) return done(error, EMPTY)
    const total = filled + count
    if (count === 0 || total === bytes.length) return done(undefined, bytes.subarray(0, total))
    readAll(fd, bytes, offset, done, total)
  })
}

/** A write may take fewer bytes than given; the rest follows until all are written or one fails. */
function writeAll(fd: number, bytes: Uint8Array, done: (error?: Error | null) => void): void {
  fs.write(fd, bytes, 0, bytes.length, null, (error, count) => {
    if (error || count === bytes.length) return done(error)
    writeAll(fd, bytes.subarray(count), done)
  })
}

function syncDirectory(directory: string, done: (error?: Error | null) => void): void {
  fs.open(directory, 'r', (openError, fd) => {
    if (openError) return done(openError)
    fs.fsync(fd, (error) => fs.close(fd, () => done(error)))
  })
}
