/**
 * Any other checker, beside ours. It is a command that is started with the paths of one or more histories. It reads
 * them all; then, for each line on its standard input, it decides each once and prints, for each, one line
 * `VERDICT MILLISECONDS` (`valid`, `illegal` or `unknown`; the time of the decision alone). A line of input holds the
 * most milliseconds that one decision may take. It ends with its input.
 *
 * A history is JSON Lines: a header {"model":"cas-register","initial":null}, then one operation a line:
 *
 *   {"process":3,"f":"cas","key":"k1","value":[1,2],"output":{"swapped":false,"found":7},"call":10,"return":25}
 *
 * `model`: register, cas-register or append-kv; with `"partition":false` it is to be checked as one object. `f`: read,
 * write, delete, append, cas. `key` is missing where there is only one. `output`: {"value":…} of a read, {"swapped":…}
 * of a compare-and-set and perhaps what it `found`, else {}; null where nobody knows it. `return` is null where the
 * operation may take effect at any later moment, or never. Times are closed intervals: equal ones are concurrent.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { KvValue } from '../../checker/models/kv.ts'
import type { KvOperation } from './generate.ts'

/** What a contender says of one history. `ms` is Infinity where it did not answer, with the reason. */
export interface Answer {
  readonly verdict: 'valid' | 'illegal' | 'unknown'
  readonly ms: number
  readonly reason?: 'time' | 'memory or crash'
}

export interface PeerHeader {
  readonly model: string
  readonly initial: KvValue
  readonly partition?: false
}

/** More text than this is not held at once. */
const chunkBytes = 1 << 20
/** For reading the histories, besides the limit of each decision. */
const loadMs = 120_000

export function writePeerHistory(path: string, header: PeerHeader, operations: readonly KvOperation[]): void {
  const file = openSync(path, 'w')
  let text = `${JSON.stringify(header)}\n`
  for (const { process, input, output = null, call, return: end } of operations) {
    // JSON writes Infinity as null.
    text += `${JSON.stringify({ process, ...input, output, call, return: end })}\n`
    if (text.length < chunkBytes) continue
    writeSync(file, text)
    text = ''
  }
  writeSync(file, text)
  closeSync(file)
}

/** One running peer, with its histories read or being read. */
export class Peer {
  readonly #child: ChildProcess
  readonly #histories: number
  #answers: Answer[] = []
  #hasEnded = false
  #settle: () => void = () => {}

  constructor(command: string, files: readonly string[]) {
    this.#histories = files.length
    this.#child = spawn('sh', ['-c', `${command} "$@"`, 'peer', ...files], { stdio: ['pipe', 'pipe', 'ignore'] })
    // It may be gone when we write; its end is told by `exit`.
    this.#child.stdin?.on('error', () => {})
    const onEnd = (): void => {
      this.#hasEnded = true
      this.#settle()
    }
    this.#child.on('error', onEnd)
    if (this.#child.stdout === null) throw new Error('the peer has no output')
    const lines = createInterface(this.#child.stdout)
    lines.on('line', (line) => {
      this.#answers.push(parseAnswer(line))
      this.#settle()
    })
    lines.on('close', onEnd)
  }

  /** Each history decided once. After an answer that did not come, the peer is gone. */
  async decide(limitMs: number): Promise<readonly Answer[]> {
    this.#answers = []
    const { promise, resolve } = Promise.withResolvers<void>()
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      resolve()
    }, limitMs + loadMs)
    this.#settle = () => {
      if (this.#hasEnded || this.#answers.length === this.#histories) resolve()
    }
    this.#child.stdin?.write(`${limitMs}\n`)
    this.#settle()
    await promise
    clearTimeout(timer)
    const missing = this.#histories - this.#answers.length
    if (missing > 0) this.stop()
    const reason = isLate ? 'time' : 'memory or crash'
    const none: Answer = { verdict: 'unknown', ms: Number.POSITIVE_INFINITY, reason }
    return [...this.#answers.map((answer) => withLimit(answer, limitMs)), ...new Array<Answer>(missing).fill(none)]
  }

  stop(): void {
    this.#child.stdin?.end()
    this.#child.kill('SIGKILL')
  }
}

function withLimit(answer: Answer, limitMs: number): Answer {
  if (answer.ms <= limitMs && answer.verdict !== 'unknown') return answer
  return { verdict: 'unknown', ms: Number.POSITIVE_INFINITY, reason: 'time' }
}

/** Throws a `SyntaxError` where the peer does not keep to the form. */
export function parseAnswer(line: string): Answer {
  const [verdict, ms, ...rest] = line.trim().split(/\s+/)
  const isVerdict = verdict === 'valid' || verdict === 'illegal' || verdict === 'unknown'
  if (!isVerdict || rest.length > 0 || !Number.isFinite(Number(ms))) {
    throw new SyntaxError(`the peer said ${JSON.stringify(line)} where VERDICT MILLISECONDS should stand`)
  }
  return { verdict, ms: Number(ms) }
}
