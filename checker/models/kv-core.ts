/**
 * What can be taken out of a key's history so that a legal history stays legal; if what is left is illegal, so was
 * the whole. Each kind of group comes with its reason.
 */
import type { Operation } from '../operation.ts'
import type { KvInput, KvOutput, KvValue } from './kv.ts'

type KvOperation = Operation<KvInput, KvOutput>

/** Groups of indexes; they can be removed each alone or several together. */
export function removableGroups(operations: readonly KvOperation[]): readonly (readonly number[])[] {
  const groups = observers(operations)
  // A write that goes takes its version with it, and every later version would be wrong.
  if (operations.some(({ output }) => output?.version !== undefined)) return groups
  const hasAppends = operations.some(({ input }) => input.f === 'append')
  return [...groups, ...(hasAppends ? unseenTexts(operations) : values(operations))]
}

/** What changed nothing can go: no other operation notices. */
function observers(operations: readonly KvOperation[]): readonly (readonly number[])[] {
  return operations.flatMap(({ input, output }, index) =>
    input.f === 'read' || (input.f === 'cas' && output?.swapped === false) ? [[index]] : [],
  )
}

/**
 * An append or write of text that no read holds can go: between it and the next write, nobody looked. (Models with
 * appends have no compare-and-set, which would look.)
 */
function unseenTexts(operations: readonly KvOperation[]): readonly (readonly number[])[] {
  if (operations.some(({ input }) => input.f === 'cas')) return []
  const seen = new Set(operations.flatMap(({ output }) => (typeof output?.value === 'string' ? [output.value] : [])))
  const texts = [...seen].sort()
  const longest = texts.filter((text, i) => texts[i + 1]?.startsWith(text) !== true)
  return operations.flatMap(({ input }, index) => {
    if (input.f !== 'append' && input.f !== 'write') return []
    return longest.some((text) => text.includes(String(input.value))) || input.value === null ? [] : [[index]]
  })
}

/**
 * All operations that put or saw a value can go together, along with those of every value that a compare-and-set ties
 * to it. While such a value was there, only blind writes and deletes of others took effect among what stays, and to
 * them it is all the same what was there. Only a refused compare-and-set that did not say what it found could tell;
 * where one is left, nothing of this kind is removed.
 */
function values(operations: readonly KvOperation[]): readonly (readonly number[])[] {
  const isBlindRefusal = ({ input, output }: KvOperation) =>
    input.f === 'cas' && output?.swapped !== true && output !== undefined && output.found === undefined
  if (operations.some(isBlindRefusal)) return []
  const parent = new Map<KvValue, KvValue>()
  const root = (value: KvValue): KvValue => {
    let at = value
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up
    return at
  }
  for (const { input, output } of operations) {
    if (input.f === 'cas' && output?.swapped !== false) parent.set(root(input.value[0]), root(input.value[1]))
  }
  const groups = new Map<KvValue, number[]>()
  for (const [index, operation] of operations.entries()) {
    const value = valueAt(operation)
    if (value === undefined) continue
    const name = root(value)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [index])
    else group.push(index)
  }
  return [...groups.values()]
}

/** The value that an operation put there or saw; `undefined` if it saw nothing. */
function valueAt({ input, output }: KvOperation): KvValue | undefined {
  switch (input.f) {
    case 'read':
      return output?.value
    case 'write':
      return input.value
    case 'delete':
      return null
    case 'append':
      return undefined
    case 'cas':
      return output?.swapped === false ? output.found : input.value[0]
    default:
      return input satisfies never
  }
}
