/**
 * The files of a run that are shown in a browser, and how they are opened: by name from a list, never through a link,
 * and only if they are files. What a run's directory holds besides (the nodes' data) comes with the archive alone.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { files } from '../layout.ts'
import { summaryFiles } from '../summaries/of-run.ts'

export interface OpenedFile {
  /** To be closed by whoever asked for it. */
  readonly descriptor: number
  readonly size: number
  readonly contentType: string
}

const named: readonly string[] = [...Object.values(files), ...Object.values(summaryFiles)]
const text = 'text/plain; charset=utf-8'

/** The directory of a run, or of a campaign; `undefined` where it is none, or a link. */
export function runDirectory(root: string, name: string): string | undefined {
  if (!isName(name)) return undefined
  try {
    const dir = join(realpathSync(root), name)
    return lstatSync(dir).isDirectory() ? dir : undefined
  } catch (error) {
    return unlessSystem(error)
  }
}

/** Opens a file of a run by its path's segments; `undefined` for all that is not to be shown. */
export function openRunFile(root: string, name: string, path: readonly string[]): OpenedFile | undefined {
  const dir = runDirectory(root, name)
  const [first = '', second] = path
  const isShown = path.length === 1 ? named.includes(first) : path.length === 2 && first === 'logs'
  if (dir === undefined || !isShown || !path.every(isName)) return undefined
  return openPlain(dir, path, typeOf(second ?? first))
}

/** What can be opened, in a fixed order. */
export function shownFiles(root: string, name: string): string[][] {
  const dir = runDirectory(root, name)
  if (dir === undefined) return []
  const here = named.filter((file) => isFile(join(dir, file))).map((file) => [file])
  return [...here, ...logsOf(dir).map((file) => ['logs', file])]
}

/** `open` itself refuses a link in the last place; any before it would change the real path. A pipe is not waited for. */
export function openPlain(dir: string, path: readonly string[], contentType: string): OpenedFile | undefined {
  const file = join(dir, ...path)
  let descriptor: number | undefined
  try {
    if (realpathSync(file) !== file) return undefined
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const found = fstatSync(descriptor)
    if (found.isFile()) return { descriptor, size: found.size, contentType }
  } catch (error) {
    unlessSystem(error)
  }
  if (descriptor !== undefined) closeSync(descriptor)
  return undefined
}

function logsOf(dir: string): string[] {
  try {
    const logs = join(dir, 'logs')
    if (!lstatSync(logs).isDirectory()) return []
    return readdirSync(logs)
      .filter((file) => isName(file) && isFile(join(logs, file)))
      .sort()
  } catch (error) {
    return unlessSystem(error) ?? []
  }
}

/** One part of a path, and not one that leads elsewhere. */
export function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** What the browser is told that a file is. */
export function typeOf(file: string): string {
  if (file === files.page) return 'text/html; charset=utf-8'
  return /^[a-z]+\.json$/.test(file) ? 'application/json; charset=utf-8' : text
}

/** What the operating system does not let us see is not there; anything else is a defect of ours. */
function unlessSystem(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error)) throw error
}
