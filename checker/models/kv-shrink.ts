/**
 * Moves that make a key's illegal history smaller, each with the reason why a legal history stays legal under it. In a
 * legal order every change begins a segment, the operations up to the next change; in it the key holds one value. No
 * move looks at versions, which the history must not have, and there are no appends.
 */
import type { Move, Shrinking, Start } from '../explain/cores.ts'
import { isPending, type Operation } from '../operation.ts'
import type { KvInput, KvModel, KvOutput, KvState, KvValue } from './kv.ts'
import { contradicted, leaves, needs, refusedFor, surelyNot } from './kv-facts.ts'

type KvOperation = Operation<KvInput, KvOutput>
type KvMove = Move<KvInput, KvOutput>

/** `undefined` where these operations are of a kind that the moves do not know. */
export function shrinkingKv(
  model: KvModel,
  operations: readonly KvOperation[],
): Shrinking<KvState, KvInput, KvOutput> | undefined {
  const isKnown = operations.every((each) => {
    const { input, output } = each
    if (input.f === 'append' || output?.version !== undefined) return false
    // One that returned and did not say whether it took effect may have left anything.
    return input.f !== 'cas' || (output === undefined ? isPending(each) : output.swapped !== undefined)
  })
  const canBeWeakened = model.functions.includes('read') && model.functions.includes('write')
  if (!isKnown || !canBeWeakened) return undefined
  return {
    anyStart: (some) => initialValues(some).map((value) => ({ ...model, init: () => ({ value, version: 0 }) })),
    moves,
    pairs: (some, stuck) => contradictions(some, stuck),
  }
}

/** Returns that are looked at, fewer in a long history. */
const pairsLookedFor = 60
const fewerPairs = 6
const longHistory = 20_000

function* contradictions<Op extends KvOperation>(history: readonly Op[], stuck: Op): Iterable<readonly Op[]> {
  // No order passes the return of `stuck`; up to the returns before it the history is legal.
  const late = history
    .filter((each) => !isPending(each) && each.return >= stuck.return)
    .sort((a, b) => a.return - b.return)
    .slice(0, history.length > longHistory ? fewerPairs : pairsLookedFor)
  const changes = history.filter((each) => leaves(each) !== undefined)
  for (const later of late) {
    for (const witnesses of [changes, history]) {
      const found = contradicted(later, witnesses, changes)
      if (found !== undefined) yield [found.before, found.later]
    }
  }
}

/**
 * What the key may have held before these operations, as far as it matters. A value helps only if somebody sees it in
 * the segment before the first change, so before anything that surely changed the key had returned. All other values
 * are alike: nobody sees them, and no refusal minds them.
 */
function initialValues(operations: readonly KvOperation[]): readonly KvValue[] {
  let firstReturn = Number.POSITIVE_INFINITY
  for (const operation of operations) {
    if (leaves(operation) !== undefined) firstReturn = Math.min(firstReturn, operation.return)
  }
  const values = new Set<KvValue>([unusedBy(operations)])
  for (const operation of operations) {
    const value = needs(operation)
    if (value !== undefined && operation.call <= firstReturn) values.add(value)
  }
  return [...values]
}

function unusedBy(operations: readonly KvOperation[]): string {
  const used = new Set(operations.flatMap((each) => [leaves(each), needs(each), refusedFor(each)]))
  let value = '(something else)'
  while (used.has(value)) value = `(${value})`
  return value
}

function moves(operations: readonly KvOperation[], start: Start): readonly KvMove[] {
  const values = new Set(
    operations.flatMap((each) => [leaves(each), needs(each)].filter((value) => value !== undefined)),
  )
  const ids = operations.map(({ id }) => id)
  const found: KvMove[] = [saying, (all) => without(all, isRefusal), (all) => without(all, isObserver)]
  found.push(...[...values].map((value) => erasing(value)))
  found.push(...ids.map((id) => blind(id)))
  // From a known start a write that nobody noticed is what explains a phantom.
  if (start === 'any') found.push(...ids.map((id) => unnoticed(id)))
  found.push(
    ...ids.toReversed().map(
      (id): KvMove =>
        (all) =>
          without(all, (each) => each.id === id && isObserver(each)),
    ),
  )
  if (start === 'any') found.push(...operations.flatMap((each) => merging(each) ?? []))
  return found
}

/** What changed nothing can go: no other operation notices. */
function without<Op extends KvOperation>(operations: readonly Op[], isGone: (operation: Op) => boolean) {
  const left = operations.filter((each) => !isGone(each))
  return left.length === operations.length ? undefined : left
}

/**
 * Whoever says more than it need: a refusal that told what it met has read that; a compare-and-set that put what was
 * there has read it, and a pending one of that kind did nothing.
 */
const saying: KvMove = (operations) => {
  const left = operations.flatMap((each) => {
    const { input, output } = each
    if (input.f !== 'cas') return [each]
    const [from, to] = input.value
    if (output?.swapped === false) {
      return [output.found === undefined || output.found === from ? each : reading(each, output.found)]
    }
    if (from !== to) return [each]
    return output === undefined ? [] : [reading(each, from)]
  })
  return left.every((each, index) => each === operations[index]) && left.length === operations.length ? undefined : left
}

/**
 * A value goes: what wrote it and what read it. A compare-and-set that put it there has read what it replaced, and one
 * that replaced it becomes a write. Its segments then hold nothing, and a change that depended on none ends them. (If the
 * key held it at first, it may still: nobody looks.) A blind refusal in such a segment might meet what was there before, so
 * each must have returned before anything was called that would begin one.
 */
function erasing(value: KvValue): KvMove {
  return (operations) => {
    const first = firstCall(operations, value)
    const couldMind = (each: KvOperation) => isBlindRefusal(each) && refusedFor(each) !== value && each.return >= first
    if (operations.some(couldMind)) return undefined
    const left = operations.flatMap((each) => {
      const { input, output } = each
      if (leaves(each) !== value && needs(each) !== value) return [each]
      if (input.f !== 'cas' || output?.swapped === false) return []
      const [from, to] = input.value
      if (to === value) return output === undefined || from === value ? [] : [reading(each, from)]
      return [writing(each, to)]
    })
    return left.length === operations.length && left.every((each, index) => each === operations[index])
      ? undefined
      : left
  }
}

function firstCall(operations: readonly KvOperation[], value: KvValue): number {
  let first = Number.POSITIVE_INFINITY
  for (const each of operations) if (leaves(each) === value) first = Math.min(first, each.call)
  return first
}

/** A compare-and-set that took effect becomes a write: that asks for less, and leaves the same. */
function blind(id: number): KvMove {
  return (operations) =>
    replacing(operations, id, (each) => {
      const { input, output } = each
      return input.f === 'cas' && output?.swapped !== false ? writing(each, input.value[1]) : undefined
    })
}

/**
 * A change that nobody noticed goes: whoever saw its value, or was refused for another one, had returned before it was
 * called, or was called after something that surely left or saw another value, and that after the change had returned.
 * Then its segment holds none of them in any legal order, and a change that depended on it is one of them. Of a
 * compare-and-set it stays true that it read.
 */
function unnoticed(id: number): KvMove {
  return (operations) => {
    const change = operations.find((each) => each.id === id)
    const value = change && leaves(change)
    if (change === undefined || value === undefined) return undefined
    // Seen from the change, the first return of what shows that its segment has ended.
    let over = Number.POSITIVE_INFINITY
    for (const each of operations) {
      if (each !== change && each.call > change.return && surelyNot(each, value)) over = Math.min(over, each.return)
    }
    const isNoticed = operations.some(
      (each) => each !== change && couldTell(each, value) && each.return >= change.call && each.call <= over,
    )
    if (isNoticed) return undefined
    return replacing(operations, id, (each) =>
      each.input.f === 'cas' && each.output !== undefined && each.input.value[0] !== value
        ? reading(each, each.input.value[0])
        : 'gone',
    )
  }
}

/**
 * The value that a compare-and-set put there takes the name of the one that it replaced, everywhere. What was equal
 * stays equal, so whoever saw a value still does; only a blind refusal could mind, of one of the two. So a chain of
 * compare-and-sets becomes one value. The key may have held any value at first, so also the one or the other.
 */
function merging(operation: KvOperation): KvMove | undefined {
  const { input, output } = operation
  if (input.f !== 'cas' || output?.swapped !== true) return undefined
  const [kept, gone] = input.value
  if (kept === gone) return undefined
  const named = (value: KvValue) => (value === gone ? kept : value)
  return (given) => {
    if (!given.some((each) => each.id === operation.id && each.input.f === 'cas')) return undefined
    const operations = saying(given) ?? given
    const isMinded = operations.some((each) => [kept, gone].some((value) => value === refusedFor(each)))
    if (isMinded) return undefined
    const renamed = operations.map((each) => {
      if (leaves(each) !== gone && needs(each) !== gone) return each
      const { input, output } = each
      switch (input.f) {
        case 'read':
          return reading(each, kept)
        case 'cas':
          return {
            ...each,
            input: { ...input, value: [named(input.value[0]), named(input.value[1])] as const },
            output,
          }
        default:
          return writing(each, kept)
      }
    })
    return saying(renamed) ?? renamed
  }
}

function replacing<Op extends KvOperation>(
  operations: readonly Op[],
  id: number,
  by: (operation: Op) => Op | 'gone' | undefined,
): readonly Op[] | undefined {
  const index = operations.findIndex((each) => each.id === id)
  const operation = operations[index]
  const next = operation && by(operation)
  if (next === undefined) return undefined
  return next === 'gone' ? operations.toSpliced(index, 1) : operations.with(index, next)
}

function reading<Op extends KvOperation>(operation: Op, value: KvValue): Op {
  return { ...operation, input: { ...keyOf(operation), f: 'read' }, output: { value } }
}

function writing<Op extends KvOperation>(operation: Op, value: KvValue): Op {
  const output = operation.output === undefined ? undefined : {}
  return { ...operation, input: { ...keyOf(operation), f: 'write', value }, output }
}

function keyOf({ input }: KvOperation): { readonly key?: string } {
  return input.key === undefined ? {} : { key: input.key }
}

function isRefusal({ input, output }: KvOperation): boolean {
  return input.f === 'cas' && output?.swapped === false
}

function isBlindRefusal(operation: KvOperation): boolean {
  return isRefusal(operation) && operation.output?.found === undefined
}

function isObserver(operation: KvOperation): boolean {
  return operation.input.f === 'read' || isRefusal(operation)
}

/** Whether it can tell the value from all others. */
function couldTell(operation: KvOperation, value: KvValue): boolean {
  return needs(operation) === value || (isRefusal(operation) && refusedFor(operation) !== value)
}
