/**
 * A script with a code cache of its own, which holds the functions that runs called. The compile cache of Node.js holds
 * what is compiled while a module is loaded, but a function is compiled when it is first called; so each process
 * compiles most of its code anew, and small histories are decided by code that runs for the first time. V8 makes a code
 * cache at any time (`vm.Script.createCachedData`); here it is asked for one after a run.
 */
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import module from 'node:module'
import { join } from 'node:path'
import { Script } from 'node:vm'

const newline = 0x0a
const separator = ', '
/** Nobody else may read or write what one runs. */
const mode = 0o600

/** `T`: what the script exports. */
export class CachedScript<T extends object> {
  readonly #file: string
  readonly #script: Script
  readonly #path: string
  /** What was done by the runs whose code is in the cache. */
  readonly #known: readonly string[]

  /**
   * `file`: a CommonJS script as `marked` makes it. `directory`: for caches of this very version of Node.js.
   * `undefined` where one of the two is missing.
   */
  static open<T extends object>(file: string, directory: string | undefined): CachedScript<T> | undefined {
    if (directory === undefined) return undefined
    const source = read(file)?.toString('latin1') ?? ''
    const [, mark] = markPattern.exec(source) ?? []
    if (mark === undefined) return undefined
    // Who debugs may edit the script where it is: its mark stays then, and its length may, but not the time.
    const changed = Math.trunc(statSync(file).mtimeMs).toString(36)
    return new CachedScript(realpathSync(file), source, join(directory, `porcupine-ts-${mark}-${changed}`))
  }

  private constructor(file: string, source: string, path: string) {
    const cache = readCache(path)
    this.#file = file
    this.#path = path
    this.#script = new Script(`(function (exports, require, __filename) {${source}\n})`, {
      filename: file,
      ...(cache === undefined ? {} : { cachedData: cache.code }),
    })
    this.#known = cache === undefined || this.#script.cachedDataRejected === true ? [] : cache.known
  }

  run(): T {
    const exports: T = Object.create(null)
    const require = module.createRequire(this.#file)
    // What it requires may require it.
    const itself = new module.Module(this.#file)
    itself.exports = exports
    require.cache[this.#file] = itself
    this.#script.runInThisContext()(exports, require, this.#file)
    return exports
  }

  /**
   * To be called at the end of a run. Writes the cache anew, unless runs whose code is in it have done the same. Where it
   * can not be written, only time is lost.
   */
  save(done: ReadonlySet<string>): void {
    const known = new Set([...this.#known, ...done])
    if (known.size === this.#known.length) return
    const own = `${this.#path}.${process.pid}`
    const isSaved = succeeds(() => {
      writeFileSync(own, twice({ known: Array.from(known), code: this.#script.createCachedData() }), { mode })
      // Whoever reads meanwhile finds what was there before, or all of this.
      renameSync(own, this.#path)
    })
    if (!isSaved) succeeds(() => rmSync(own, { force: true }))
  }
}

interface CodeCache {
  readonly known: readonly string[]
  readonly code: Buffer
}

/** V8 does not look whether a cache is damaged, and damaged code may do anything. To compare is quicker than a checksum. */
function twice({ known, code }: CodeCache): Buffer {
  const once = Buffer.concat([Buffer.from(`${known.join(separator)}\n`), code])
  return Buffer.concat([once, once])
}

/** `undefined` where there is none, or none that is sound. */
function readCache(path: string): CodeCache | undefined {
  const both = read(path)
  if (both === undefined) return undefined
  const once = both.subarray(0, both.length / 2)
  const end = once.indexOf(newline)
  if (end < 0 || !once.equals(both.subarray(once.length))) return undefined
  return { known: once.toString('utf8', 0, end).split(separator), code: once.subarray(end + 1) }
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

function succeeds(action: () => void): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}

const markPattern = /^\/\/ ([0-9a-f]{16})\n/

/**
 * A script to be cached. It is written in ASCII, as which it is read, so what is not may stand in texts only; and it is
 * marked with what it says, because V8 compares nothing of a source with a cache but its length. `digest`: hexadecimal,
 * of 16 digits or more.
 */
export function marked(script: string, digest: (text: string) => string): string {
  const escaped = script.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `// ${digest(escaped).slice(0, 16)}\n${escaped}`
}
