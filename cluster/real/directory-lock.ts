/**
 * Keeps two nodes from working on one directory. The lock is an abstract Unix socket named after the directory's inode:
 * only one process of a machine can listen there, no file is left behind, and the kernel frees it however its holder dies.
 */
import { mkdirSync, statSync } from 'node:fs'
import { createServer } from 'node:net'

/**
 * Takes the lock of a directory, which is made if absent, for the life of this process or until `release`. An error where another
 * process has it. Two machines, or two network namespaces, that share a disk are not kept apart.
 */
export function lockDirectory(directory: string, done: (error?: Error, release?: () => void) => void): void {
  let path: string
  try {
    mkdirSync(directory, { recursive: true })
    const { dev, ino } = statSync(directory, { bigint: true })
    path = `\0faultline-${dev}-${ino}`
  } catch (cause) {
    return done(new Error(`no data directory ${directory}: ${String(cause)}`, { cause }))
  }
  const server = createServer((socket) => socket.destroy())
  server.once('error', (cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EADDRINUSE' ? 'is in use by another node' : 'can not be locked'
    done(new Error(`the data directory ${directory} ${why}`, { cause }))
  })
  server.listen({ path }, () => done(undefined, () => server.close()))
  server.unref() // The lock alone keeps nobody alive.
}
