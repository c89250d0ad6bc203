/**
 * Forgets what lies behind in a key whose answers all carry versions, whatever its operations and values are.
 *
 * Versions leave one order of the changes. Let n be a version such that whatever may still return was called after
 * something had returned that can not have come before the change to n. Then all of it comes after that change, in
 * every linearization, and so does what is called later. So all answered operations up to n, observers of n included,
 * can be replaced by the value at n, if each version up to n has an answered change: they are legal among themselves,
 * nothing later returned before one of them was called, and an indeterminate operation finds no version among them that
 * it could have made.
 *
 * Versions that no answered change made are gaps, each made by an indeterminate operation that was called before the
 * earliest return of what comes after the gap. (Nothing that is still open was.) Where somebody saw the value, and one
 * indeterminate operation alone can have put it, that one made the version in every linearization, so it counts as
 * answered. Gaps that are left stay, as there may be several ways to fill them: what is kept of the past is a chain of
 * these gaps and, between them, one write of the value that was there before the next one. What stands in for others
 * was called before everything and returned with the earliest of them, so that every gap can be filled by the very same
 * operations as before. The chain is numbered so that it ends with n, and later versions keep their numbers.
 *
 * What is kept in the end is the open window, the indeterminate operations that nobody was seen to have met, and no
 * more than two operations for each gap, of which there are no more than of those.
 */
import type { KvInput, KvOutput, KvState, KvValue } from '../models/kv.ts'
import type { Moment, Reduction } from './reduction.ts'
import { type KvOperation, VersionChain } from './version-chain.ts'

export const retireVersions: Reduction<KvState, KvInput, KvOutput> = (model, operations, moment) => {
  const { answered, indeterminate, open } = sorted(operations, moment)
  const chain = VersionChain.of(model.init(), answered)
  if (chain === undefined) return undefined
  const settled = chain.settledBefore(moment.earliestOpen)
  const left = promoteForced(chain, settled, indeterminate)
  const { init, links, end } = summarize(chain, settled)
  const key = operations[0]?.input.key
  return {
    init: { value: init, version: end - links.length },
    operations: [
      ...linkOperations(links, { key, end, begin: moment.begin }),
      ...[...answered, ...chain.promoted].filter(({ output }) => (output?.version ?? 0) > end),
      ...left,
      ...open,
    ],
  }
}

type Sorted = Record<'answered' | 'indeterminate' | 'open', KvOperation[]>

/** Indeterminate reads, and compare-and-sets that would change nothing that counts, are left out: they say nothing. */
function sorted(operations: readonly KvOperation[], { isOpen }: Moment): Sorted {
  const found: Sorted = { answered: [], indeterminate: [], open: [] }
  for (const operation of operations) {
    if (operation.return !== Number.POSITIVE_INFINITY) found.answered.push(operation)
    else if (isOpen(operation.id)) found.open.push(operation)
    else if (operation.input.f !== 'read') found.indeterminate.push(operation)
  }
  return found
}

/** Gives gaps to the only ones that can have made them; returns those that got none. */
function promoteForced(chain: VersionChain, end: number, indeterminate: readonly KvOperation[]): KvOperation[] {
  const left = new Set(indeterminate)
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false
    let candidates: Candidates | undefined
    // Backwards, since a compare-and-set tells what was there before it.
    for (let version = end; version > chain.base; version--) {
      const value = chain.isGap(version) ? chain.seen(version) : undefined
      if (value === undefined) continue
      candidates ??= new Candidates(left)
      const only = candidates.only(value)
      if (only === undefined || !left.has(only)) continue
      // What stood there before would have to be told from the text that it became.
      const isUnseen = chain.isGap(version - 1) && chain.seen(version - 1) === undefined
      if (only.input.f === 'append' && isUnseen) continue
      chain.promote(version, only)
      left.delete(only)
      hasChanged = true
    }
  }
  return [...left]
}

/** Which operations can put a value. */
class Candidates {
  readonly #byValue = new Map<KvValue, KvOperation[]>()
  readonly #appends: KvOperation[] = []

  constructor(operations: Iterable<KvOperation>) {
    for (const operation of operations) {
      const { input } = operation
      if (input.f === 'append') this.#appends.push(operation)
      else if (input.f === 'delete') this.#add(null, operation)
      else if (input.f === 'write') this.#add(input.value, operation)
      else if (input.f === 'cas') this.#add(input.value[1], operation)
    }
  }

  #add(value: KvValue, operation: KvOperation): void {
    const others = this.#byValue.get(value)
    if (others === undefined) this.#byValue.set(value, [operation])
    else others.push(operation)
  }

  /** The one that can; `undefined` if there are several or none. */
  only(value: KvValue): KvOperation | undefined {
    const found = this.#byValue.get(value) ?? []
    const appended = this.#appends.filter(({ input }) => typeof value === 'string' && endsWith(value, input))
    return found.length + appended.length === 1 ? (found[0] ?? appended[0]) : undefined
  }
}

function endsWith(text: string, input: KvInput): boolean {
  return input.f === 'append' && text.endsWith(input.value)
}

/** One version of the chain that stands for the past. A gap is followed by what was seen of it. */
type Link =
  | { readonly kind: 'gap'; readonly seen: KvValue | undefined; readonly return: number }
  | { readonly kind: 'value'; readonly value: KvValue; readonly return: number }

interface Summary {
  /** What was there before the first link. */
  readonly init: KvValue
  readonly links: readonly Link[]
  /** The version up to which this tells everything. */
  readonly end: number
}

function summarize(chain: VersionChain, settled: number): Summary {
  const init = stretch(chain, chain.base, settled)
  const links: Link[] = []
  let end = init.end
  while (end < settled) {
    const version = end + 1
    if (chain.isGap(version)) {
      const seen = chain.seen(version)
      // It says of the gap what no value can say.
      if (seen === undefined && chain.isBlind(version)) break
      links.push({ kind: 'gap', seen, return: chain.after(version) })
      end = version
      continue
    }
    // Whoever sees what came of this append tells something about the gap before it.
    if (chain.writer(version)?.input.f === 'append' && chain.seen(end) === undefined) break
    const values = stretch(chain, end, settled)
    links.push({ kind: 'value', value: values.value, return: chain.reached(version) })
    end = values.end
  }
  return { init: init.value, links, end }
}

/** Follows answered changes from a version on, as far as there are any. */
function stretch(chain: VersionChain, from: number, settled: number): { value: KvValue; end: number } {
  let value: KvValue = chain.seen(from) ?? null
  let end = from
  for (; end < settled; end++) {
    const writer = chain.writer(end + 1)
    if (writer === undefined) break
    value = afterwards(value, writer.input)
  }
  return { value, end }
}

/** The value after a change that took effect. */
function afterwards(before: KvValue, input: KvInput): KvValue {
  switch (input.f) {
    case 'read':
      return before
    case 'write':
      return input.value
    case 'delete':
      return null
    case 'append':
      return `${before ?? ''}${input.value}`
    case 'cas':
      return input.value[1]
    default:
      return input satisfies never
  }
}

interface Place {
  readonly key: string | undefined
  readonly end: number
  readonly begin: number
}

/** Ids below zero, which no other operation has: links of an earlier chain are all behind this one's end. */
function linkOperations(links: readonly Link[], { key, end, begin }: Place): KvOperation[] {
  const at = key === undefined ? {} : { key }
  return links.map((link, place): KvOperation => {
    const version = end - links.length + place + 1
    const base = { id: -1 - place, process: -1, call: begin, return: link.return }
    if (link.kind === 'value') return { ...base, input: { f: 'write', ...at, value: link.value }, output: { version } }
    const seen = link.seen === undefined ? {} : { value: link.seen }
    return { ...base, input: { f: 'read', ...at }, output: { version, ...seen } }
  })
}
