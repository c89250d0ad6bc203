/**
 * Children that do not outlive their controller: each in a session of its own, so that Ctrl-C reaches the controller
 * alone, with a stdin that ends when the controller does and, where there is setpriv, a signal on its death, which
 * works on frozen children too.
 */
import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { execa, execaSync } from 'execa'

export interface ChildOptions {
  /** A module that Node runs as it is. */
  readonly entry: string
  /** For people who look at a list of processes; the child ignores it. */
  readonly name: string
  /** What it writes to stderr is added at the end of this file. */
  readonly log: string
  /** A line of stdout. */
  onLine(line: string): void
  /** Once, when nothing more will come: `exit 70`, `SIGKILL`, or why it could not be started. */
  onExit(how: string): void
}

export interface Child {
  /** `undefined` if it could not be started. */
  readonly pid: number | undefined
  /** One line to its stdin; a dead child does not mind. */
  write(line: string): void
  /** A dead child does not mind. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
}

export function startChild(options: ChildOptions): Child {
  const log = openSync(options.log, 'a')
  const orphanGuard = hasSetpriv() ? ['setpriv', '--pdeathsig', 'KILL'] : []
  if (orphanGuard.length === 0) writeSync(log, 'setpriv is missing: a frozen child may outlive its controller\n')
  const [command = process.execPath, ...args] = [...orphanGuard, process.execPath, options.entry, options.name]
  const subprocess = execa(command, args, {
    detached: true,
    buffer: false,
    reject: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: log as 9, // execa's types know the first descriptors only; any open one will do.
    env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? compileCache() },
  })
  closeSync(log) // The child has its own.
  createInterface({ input: subprocess.stdout }).on('line', (line) => options.onLine(line))
  subprocess.stdin.on('error', ignoreClosedPipe)
  void subprocess.then(({ exitCode, signal, originalMessage }) => {
    options.onExit(signal ?? (exitCode === undefined ? `not started: ${originalMessage}` : `exit ${exitCode}`))
  })
  return {
    pid: subprocess.pid,
    write: (line) => void subprocess.stdin.write(`${line}\n`),
    signal: (name) => void subprocess.kill(name),
  }
}

/** Whether the kernel has stopped this process, as SIGSTOP asks it to. */
export function isStopped(pid: number): boolean {
  return processState(pid) === 'T'
}

/** The last lines of a log, for an error message. */
export function tailOf(file: string, bytes = 2000): string {
  const fd = openSync(file, 'a+')
  try {
    const buffer = Buffer.alloc(bytes)
    const count = readSync(fd, buffer, 0, bytes, Math.max(0, statSync(file).size - bytes))
    return buffer.toString('utf8', 0, count).trim()
  } finally {
    closeSync(fd)
  }
}

/** The letter of `proc(5)`; `undefined` for a process that is gone. */
function processState(pid: number): string | undefined {
  let fd: number
  try {
    fd = openSync(`/proc/${pid}/stat`, 'r')
  } catch {
    return undefined
  }
  try {
    const buffer = Buffer.alloc(512)
    const text = buffer.toString('latin1', 0, readSync(fd, buffer))
    return text.charAt(text.lastIndexOf(')') + 2) // The name in brackets may hold anything, also brackets.
  } catch {
    return undefined // It went away between the two calls.
  } finally {
    closeSync(fd)
  }
}

let setprivWorks: boolean | undefined

function hasSetpriv(): boolean {
  setprivWorks ??= execaSync('setpriv', ['--pdeathsig', 'KILL', 'true'], { reject: false }).exitCode === 0
  return setprivWorks
}

/** Where Node keeps what it made of our TypeScript: start-up falls to a third. One directory per user, as it holds code. */
function compileCache(): string {
  return join(tmpdir(), `faultline-compile-cache-${userInfo().uid}`)
}

/** A child may die while it is written to; its exit tells. */
function ignoreClosedPipe(): void {}
