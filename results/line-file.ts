/**
 * A file that grows line by line and outlives its writer: what was added is handed to the operating system after
 * `flushMs` at the latest, so a killed controller loses next to nothing and a history can be judged anyway.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { StoreError, storing } from './store-error.ts'

const flushMs = 10
const flushBytes = 64 * 1024

/** Adding never throws, as it happens in the middle of clients' callbacks; `flush` and `close` tell what went wrong. */
export class LineFile {
  readonly path: string
  #file: number | undefined
  #pending: string[] = []
  #pendingLength = 0
  #oldestMs = 0
  #timer: NodeJS.Timeout | undefined
  #error: StoreError | undefined
  readonly #onExit = () => this.#write()

  /** Creates the file, which must not exist yet. Throws a `StoreError` where it can not. */
  constructor(path: string) {
    this.path = path
    this.#file = storing(path, () => openSync(path, 'ax'))
    process.on('exit', this.#onExit)
  }

  /** What went wrong at the first write that failed; nothing is written after it. */
  get error(): StoreError | undefined {
    return this.#error
  }

  /** Adds text that ends with a line break. */
  add(line: string): void {
    if (this.#file === undefined) throw new Error(`${this.path} is closed`)
    this.#pending.push(line)
    this.#pendingLength += line.length
    if (this.#timer === undefined) {
      this.#oldestMs = performance.now()
      this.#timer = setTimeout(() => this.#write(), flushMs)
    } else if (this.#pendingLength >= flushBytes || performance.now() - this.#oldestMs >= flushMs) {
      this.#write() // A busy event loop may keep the timer from running.
    }
  }

  /** Hands everything to the operating system; throws where that failed, now or before. */
  flush(): void {
    this.#write()
    if (this.#error !== undefined) throw this.#error
  }

  /** Flushes and closes; may be called twice. */
  close(): void {
    if (this.#file === undefined) return
    this.#write()
    process.off('exit', this.#onExit)
    closeSync(this.#file)
    this.#file = undefined
    if (this.#error !== undefined) throw this.#error
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const bytes = Buffer.from(this.#pending.join(''))
    this.#pending = []
    this.#pendingLength = 0
    if (this.#file === undefined || this.#error !== undefined) return
    try {
      // A full disk may take a part only; each round writes at least a byte or throws.
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done)
    } catch (cause) {
      this.#error = new StoreError(this.path, cause)
    }
  }
}
