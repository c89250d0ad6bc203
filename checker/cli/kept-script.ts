/**
 * A script whose compiled code is kept between starts, with all functions that a run called. The compile cache of
 * Node.js keeps what is compiled while a module is loaded, but a function is compiled when it is first called; so each
 * process compiles most of its code anew, and small histories are decided by code that runs for the first time. V8 gives
 * away compiled code at any time (`vm.Script.createCachedData`); here it is asked for it after a run.
 */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import module from 'node:module'
import { join } from 'node:path'
import { constants, Script } from 'node:vm'

const [newline, separator] = [0x0a, ', ']

/** `T`: what the script exports. */
export class KeptScript<T extends object> {
  readonly #file: string
  readonly #script: Script
  readonly #keptAt: string
  /** What the runs did whose code is kept. */
  readonly #known: readonly string[]

  /**
   * `file`: a CommonJS script as `marked` makes it. `directory`: where this very version of Node.js may keep code.
   * `undefined` where one of the two is missing, or Node.js is too old.
   */
  static open<T extends object>(file: string, directory: string | undefined): KeptScript<T> | undefined {
    if (directory === undefined || constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER === undefined) return undefined
    const source = read(file)?.toString('latin1') ?? ''
    const [, mark] = markPattern.exec(source) ?? []
    if (mark === undefined) return undefined
    // Somebody may change a word of it to find something out.
    const changed = Math.trunc(statSync(file).mtimeMs).toString(36)
    return new KeptScript(file, source, join(directory, `porcupine-ts-${mark}-${changed}`))
  }

  private constructor(file: string, source: string, keptAt: string) {
    const kept = readKept(keptAt)
    this.#file = file
    this.#keptAt = keptAt
    this.#script = new Script(`(function (exports, require, __filename) {${source}\n})`, {
      filename: file,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      ...(kept === undefined ? {} : { cachedData: kept.code }),
    })
    this.#known = kept === undefined || this.#script.cachedDataRejected === true ? [] : kept.known
  }

  run(): T {
    const exports: T = Object.create(null)
    const require = module.createRequire(this.#file)
    // What it requires may require it.
    const itself = new module.Module(this.#file)
    itself.exports = exports
    itself.loaded = true
    require.cache[this.#file] = itself
    this.#script.runInThisContext()(exports, require, this.#file)
    return exports
  }

  /** To be called at the end of a run. Keeps its code, unless what it did is known from the runs whose code is kept. */
  keep(did: ReadonlySet<string>): void {
    const known = new Set([...this.#known, ...did])
    if (known.size === this.#known.length) return
    writeKept(this.#keptAt, { known: Array.from(known), code: this.#script.createCachedData() })
  }
}

interface Kept {
  readonly known: readonly string[]
  readonly code: Buffer
}

/**
 * V8 does not look whether code is damaged, and damaged code may do anything. So everything is there twice: to compare
 * takes less than any checksum. `undefined` where there is none, or no sound one.
 */
function readKept(path: string): Kept | undefined {
  const both = read(path)
  if (both === undefined || both.length % 2 !== 0) return undefined
  const one = both.subarray(0, both.length / 2)
  const end = one.indexOf(newline)
  if (end < 0 || !one.equals(both.subarray(one.length))) return undefined
  return { known: one.toString('utf8', 0, end).split(separator), code: one.subarray(end + 1) }
}

/** Whoever reads meanwhile finds what was there before, or all of this. Where it can not be kept, only time is lost. */
function writeKept(path: string, { known, code }: Kept): void {
  const one = Buffer.concat([Buffer.from(`${known.join(separator)}\n`), code])
  const own = `${path}.${process.pid}`
  const isKept = succeeds(() => {
    writeFileSync(own, Buffer.concat([one, one]))
    renameSync(own, path)
  })
  if (!isKept) succeeds(() => rmSync(own, { force: true }))
}

function succeeds(action: () => void): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

const markPattern = /^\/\/ ([0-9a-f]{16})\n/

/**
 * A script to be kept: of ASCII characters, which are read quickest, and marked with what it says, as V8 holds nothing
 * of it against kept code but its length. `digest`: hexadecimal, of 16 digits or more.
 */
export function marked(script: string, digest: (text: string) => string): string {
  const escaped = script.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `// ${digest(escaped).slice(0, 16)}\n${escaped}`
}
