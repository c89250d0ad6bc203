/** Makes illegal histories of legal ones by changing what a read saw. */
import type { KvInput, KvValue } from '../../checker/models/kv.ts'
import { drawFrom } from './draw.ts'
import type { KvOperation } from './generate.ts'

/**
 * One read late in the history sees a value that was surely gone: a blind write of another value had begun after
 * everything that can have put the value had ended, and had ended before the read began; and nothing that puts it
 * began before the read ended. So the history is illegal, whatever else happened. Throws where there is no such place.
 */
export function withStaleRead(operations: readonly KvOperation[]): KvOperation[] {
  const lastEnd = operations.reduce((last, each) => (each.return < Infinity ? Math.max(last, each.return) : last), 0)
  for (let at = Math.floor(0.9 * operations.length); at < operations.length; at++) {
    const read = operations[at]
    if (read === undefined || read.input.f !== 'read' || read.output === undefined) continue
    const gone = goneBefore(operations, at, lastEnd)
    if (gone === undefined || gone === read.output.value) continue
    return replaceOutput(operations, at, gone)
  }
  throw new Error('no read of this history can be made surely stale')
}

/** A read late in the history sees what nobody ever put there. */
export function withPhantomRead(operations: readonly KvOperation[]): KvOperation[] {
  const at = operations.findIndex(
    ({ input, output }, index) => index >= 0.9 * operations.length && input.f === 'read' && output !== undefined,
  )
  return replaceOutput(operations, at, -1)
}

/** That many reads see some value that was put at some time: perhaps legal, perhaps not. */
export function withCorruptedReads(operations: readonly KvOperation[], count: number, seed: number): KvOperation[] {
  const draw = drawFrom(seed)
  const reads = operations.flatMap(({ input, output }, index) => (input.f === 'read' && output ? [index] : []))
  const put = operations.flatMap(({ input }) => putBy(input) ?? [])
  let damaged = [...operations]
  for (let i = 0; i < count; i++) {
    const at = reads[draw.below(reads.length)] ?? 0
    damaged = replaceOutput(damaged, at, put[draw.below(put.length)] ?? null)
  }
  return damaged
}

/** A value that surely was gone from the key of the read at `at` when that read began. */
function goneBefore(operations: readonly KvOperation[], at: number, lastEnd: number): KvValue | undefined {
  const read = operations[at]
  if (read === undefined) return undefined
  /** For each value, when the last operation that can have put it ended; pending ones never end. */
  const lastPut = new Map<KvValue, number>([[null, 0]])
  let latestWrite: KvOperation | undefined
  for (const each of operations) {
    if (each.input.key !== read.input.key || each.call > read.return) continue
    const value = putBy(each.input)
    if (value === undefined || each.output?.swapped === false) continue
    lastPut.set(value, Math.max(lastPut.get(value) ?? 0, each.return))
    const isBlind = each.input.f === 'write' && each.return < read.call
    if (isBlind && (latestWrite === undefined || each.call > latestWrite.call)) latestWrite = each
  }
  if (latestWrite === undefined) return undefined
  let gone: KvValue | undefined
  let goneSince = -1
  for (const [value, end] of lastPut) {
    // Long gone is more than surely gone: far from the reads that may see it, so that the search has far to go.
    if (value === null || end >= latestWrite.call || end >= 0.9 * lastEnd || end <= goneSince) continue
    gone = value
    goneSince = end
  }
  return gone
}

function putBy(input: KvInput): KvValue | undefined {
  if (input.f === 'write') return input.value
  if (input.f === 'delete') return null
  return input.f === 'cas' ? input.value[1] : undefined
}

function replaceOutput(operations: readonly KvOperation[], at: number, value: KvValue): KvOperation[] {
  return operations.map((each, index) => (index === at ? { ...each, output: { ...each.output, value } } : each))
}
