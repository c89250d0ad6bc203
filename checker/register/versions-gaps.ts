/**
 * Which pending operations can have made the versions that no acknowledged change made. A gap whose value is known
 * takes what puts that value: a write, or a compare-and-set or append that turns the value before into it. A gap whose
 * value nobody knows takes any write, delete or append, and a compare-and-set that expects the value before.
 *
 * Where the value before is unknown too, whether a compare-and-set or append fits there depends on what fills the gap
 * before. First the gaps are filled without such fits: if that succeeds, it is an order. If not, then with all fits
 * that are possible at all: if that fails, there is no order. In between, the general search decides.
 */
import type { KvValue } from '../models/kv.ts'
import { fill, type Gaps, type Supply } from './versions-fill.ts'
import { repair } from './versions-repair.ts'
import type { VersionRules, VersionTable } from './versions-table.ts'
import { textOf, valuesWithText } from './versions-values.ts'

/** The versions that no acknowledged change made. */
export function gapsOf({ writer, top }: VersionTable): readonly number[] {
  const gaps: number[] = []
  for (let version = 1; version <= top; version++) if (writer[version] === -1) gaps.push(version)
  return gaps
}

/** For each gap the index of its pending operation; `none` if that is impossible; `undefined` if not decided here. */
export function fillGaps(
  table: VersionTable,
  gaps: readonly number[],
  deadlines: Float64Array,
  rules: VersionRules,
): readonly number[] | 'none' | undefined {
  const strict = new Fits(table, deadlines, false, rules).fill(gaps)
  if (strict === undefined || typeof strict === 'object') return strict
  if (!rules.conditional) return 'none'
  const loose = new Fits(table, deadlines, true, rules).fill(gaps)
  if (typeof loose !== 'object' || replays(table, gaps, loose)) return loose
  const repaired = [...loose]
  for (let pass = 0; pass < repairPasses; pass++) {
    repair(table, gaps, repaired, deadlines)
    if (replays(table, gaps, repaired)) return repaired
  }
  return undefined
}

const repairPasses = 4

/** Whether all that was seen is right if the gaps are filled so. */
export function replays(table: VersionTable, gaps: readonly number[], fillers: readonly number[]): boolean {
  const { operations, writer, known, isText, top, place, blind } = table
  const blindAt = new Map<number, KvValue[]>()
  for (const i of blind) {
    const input = operations.get(i)?.input
    if (input?.f !== 'cas') continue
    const version = (place[i] ?? 0) >> 1
    const values = blindAt.get(version)
    if (values === undefined) blindAt.set(version, [input.value[0]])
    else values.push(input.value[0])
  }
  let value = known[0] ?? null
  for (let version = 0, gap = 0; version <= top; version++) {
    if (version > 0) {
      const i = gaps[gap] === version ? fillers[gap++] : writer[version]
      const next = applied(table, i ?? -1, value)
      if (next === undefined) return false
      value = next
    }
    const seen = known[version]
    if (seen !== undefined && seen !== (isText[version] === 1 ? textOf(value) : value)) return false
    // The same text, but of one piece.
    if (typeof seen === 'string' && typeof value === 'string') value = seen
    if (blindAt.get(version)?.includes(value) === true) return false
  }
  return true
}

function applied({ operations }: VersionTable, i: number, value: KvValue): KvValue | undefined {
  const input = operations.get(i)?.input
  switch (input?.f) {
    case 'write':
      return input.value
    case 'delete':
      return null
    case 'append':
      return textOf(value) + input.value
    case 'cas':
      return value === input.value[0] ? input.value[1] : undefined
    default:
      return undefined
  }
}

const anything = 0
const anyCompareAndSet = 1

/** Sorts gaps and pending operations into buckets. */
class Fits {
  readonly #table: VersionTable
  readonly #deadlines: Float64Array
  readonly #isLoose: boolean
  readonly #rules: VersionRules
  /** Only what some pending operation puts or expects needs a bucket. */
  readonly #writes = new Set<KvValue>()
  readonly #from = new Set<KvValue>()
  readonly #to = new Set<KvValue>()
  readonly #tokens = new Set<string>()
  #lengths: ReadonlySet<number> | undefined
  /** Buckets by kind of fit. */
  readonly #writing = new Map<KvValue, number>()
  readonly #expecting = new Map<KvValue, number>()
  readonly #turning = new Map<KvValue, Map<KvValue, number>>()
  readonly #turningTo = new Map<KvValue, number>()
  readonly #appending = new Map<string, number>()
  #bucketCount = 2
  readonly #accepted: number[] = []

  constructor(table: VersionTable, deadlines: Float64Array, isLoose: boolean, rules: VersionRules) {
    this.#table = table
    this.#deadlines = deadlines
    this.#isLoose = isLoose
    this.#rules = rules
    for (const i of table.pending) {
      const input = table.operations.get(i)?.input
      if (input?.f === 'write') this.#writes.add(input.value)
      else if (input?.f === 'delete') this.#writes.add(null)
      else if (input?.f === 'append') this.#tokens.add(input.value)
      else if (input?.f === 'cas') {
        this.#from.add(input.value[0])
        this.#to.add(input.value[1])
      }
    }
  }

  fill(versions: readonly number[]): readonly number[] | 'none' | undefined {
    const { pending } = this.#table
    const filled = fill(this.#gaps(versions), this.#supply(), this.#rules)
    if (filled === 'too hard') return undefined
    return filled === 'none' ? 'none' : Array.from(filled, (number) => pending[number] ?? -1)
  }

  #gaps(versions: readonly number[]): Gaps {
    const deadlines = new Float64Array(versions.length)
    const isPicky = new Uint8Array(versions.length)
    const first = new Int32Array(versions.length + 1)
    for (const [gap, version] of versions.entries()) {
      deadlines[gap] = this.#deadlines[version] ?? 0
      const value = this.#table.known[version]
      if (value !== undefined && this.#rules.seen) {
        isPicky[gap] = 1
        this.#acceptKnown(version, value)
      } else {
        this.#acceptAny(version)
      }
      first[gap + 1] = this.#accepted.length
    }
    return { deadlines, isPicky, first, buckets: this.#accepted }
  }

  #acceptKnown(version: number, value: KvValue): void {
    const { known, isText } = this.#table
    const before = known[version - 1]
    const values = isText[version] === 1 ? valuesWithText(textOf(value)) : [value]
    for (const each of values) {
      const isExact = before !== undefined && isText[version - 1] === 0
      if (isExact && this.#rules.expected) this.#turn(before, each)
      else if ((this.#isLoose || !this.#rules.expected) && this.#to.has(each)) {
        this.#accept(this.#bucket(this.#turningTo, each))
      }
      if (typeof each === 'string' && this.#tokens.size > 0) this.#acceptToken(each, before)
    }
    for (const each of values) if (this.#writes.has(each)) this.#accept(this.#bucket(this.#writing, each))
  }

  #turn(from: KvValue, to: KvValue): void {
    if (!this.#from.has(from) || !this.#to.has(to)) return
    let buckets = this.#turning.get(from)
    if (buckets === undefined) {
      buckets = new Map()
      this.#turning.set(from, buckets)
    }
    this.#accept(this.#bucket(buckets, to))
  }

  /** The append that ends in this text. */
  #acceptToken(text: string, before: KvValue | undefined): void {
    if (before !== undefined) {
      const start = textOf(before)
      const token = text.slice(start.length)
      if (text.startsWith(start) && this.#tokens.has(token)) this.#accept(this.#bucket(this.#appending, token))
    } else if (this.#isLoose) {
      this.#lengths ??= new Set([...this.#tokens].map((token) => token.length))
      for (const length of this.#lengths) {
        const token = text.slice(Math.max(0, text.length - length))
        if (this.#tokens.has(token)) this.#accept(this.#bucket(this.#appending, token))
      }
    }
  }

  #acceptAny(version: number): void {
    const { known, isText } = this.#table
    const before = known[version - 1]
    const isExact = before !== undefined && isText[version - 1] === 0
    if (this.#from.size > 0) {
      if (!isExact || !this.#rules.expected) {
        if (this.#isLoose || !this.#rules.expected) this.#accept(anyCompareAndSet)
      } else if (this.#from.has(before)) this.#accept(this.#bucket(this.#expecting, before))
    }
    this.#accept(anything)
  }

  #bucket<K>(buckets: Map<K, number>, key: K): number {
    const known = buckets.get(key)
    if (known !== undefined) return known
    buckets.set(key, this.#bucketCount)
    return this.#bucketCount++
  }

  #accept(bucket: number): void {
    this.#accepted.push(bucket)
  }

  /** Called after `#gaps`, which knows what buckets there are. */
  #supply(): Supply {
    const { pending, call } = this.#table
    const calls = new Float64Array(pending.length)
    const buckets: number[] = []
    const members: number[] = []
    const put = (bucket: number | undefined, number: number): void => {
      if (bucket === undefined) return
      buckets.push(bucket)
      members.push(number)
    }
    for (const [number, i] of pending.entries()) {
      calls[number] = call[i] ?? 0
      for (const bucket of this.#bucketsOf(i)) put(bucket, number)
    }
    const first = new Int32Array(this.#bucketCount + 1)
    for (const bucket of buckets) first[bucket + 1] = (first[bucket + 1] ?? 0) + 1
    for (let bucket = 0; bucket < this.#bucketCount; bucket++) {
      first[bucket + 1] = (first[bucket + 1] ?? 0) + (first[bucket] ?? 0)
    }
    const items = new Int32Array(members.length)
    const next = first.slice()
    for (const [k, bucket] of buckets.entries()) {
      const slot = next[bucket] ?? 0
      items[slot] = members[k] ?? 0
      next[bucket] = slot + 1
    }
    return { calls, first, items }
  }

  #bucketsOf(i: number): readonly (number | undefined)[] {
    const input = this.#table.operations.get(i)?.input
    switch (input?.f) {
      case 'write':
        return [anything, this.#writing.get(input.value)]
      case 'delete':
        return [anything, this.#writing.get(null)]
      case 'append':
        return [anything, this.#appending.get(input.value)]
      case 'cas': {
        const [from, to] = input.value
        const some = this.#canBeMet(from) ? anyCompareAndSet : undefined
        return [this.#expecting.get(from), this.#turning.get(from)?.get(to), this.#turningTo.get(to), some]
      }
      default:
        return []
    }
  }

  /** Whether a version that nobody saw can have had this value: a pending operation put it, or appends made it. */
  #canBeMet(value: KvValue): boolean {
    return this.#table.hasAppends || this.#writes.has(value) || this.#to.has(value)
  }
}
