/**
 * Decides the operations on one item of a set: it is there or not, which is a register of two values. To add is to
 * write, or, where the answer says that the item is new, a compare-and-set that swapped; where it says that the item was
 * there already, a read. So the procedures for registers decide it. (Herlihy & Wing 1990: objects that do not influence
 * each other can be looked at one by one, which the model's `partition` does.)
 */
import { casRegister } from '../models/cas-register.ts'
import type { SetInput, SetOutput } from '../models/item-set.ts'
import type { KvInput, KvOutput } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import type { Decision, Limits } from '../procedure.ts'
import { blocks, registerSearch } from '../register/procedures.ts'

type SetOperation = Operation<SetInput, SetOutput>
type RegisterOperation = Operation<KvInput, KvOutput>

const absent = null
const present = 1

/** `undefined` if the whole set is read, or if there is more than one item. */
export function decideElement(operations: readonly SetOperation[], limits: Limits): Decision | undefined {
  const registers = translated(operations)
  if (registers === undefined) return undefined
  return blocks.decide(casRegister, registers, limits) ?? registerSearch.decide(casRegister, registers, limits)
}

/** Attempts come again with larger budgets, and the procedures keep what they made of a list. */
const translations = new WeakMap<readonly SetOperation[], readonly RegisterOperation[]>()

function translated(operations: readonly SetOperation[]): readonly RegisterOperation[] | undefined {
  const known = translations.get(operations)
  if (known !== undefined) return known
  const [first] = operations
  if (first === undefined || first.input.f === 'read') return undefined
  const { value } = first.input
  const registers: RegisterOperation[] = []
  for (const operation of operations) {
    const { input } = operation
    if (input.f === 'read' || input.value !== value) return undefined
    registers.push({ ...operation, ...asRegister(input.f, operation.output) })
  }
  translations.set(operations, registers)
  return registers
}

function asRegister(
  f: 'add' | 'remove' | 'contains',
  output: SetOutput | undefined,
): { readonly input: KvInput; readonly output: KvOutput | undefined } {
  const isTold = typeof output === 'boolean'
  if (f === 'contains') {
    return { input: { f: 'read' }, output: isTold ? { value: output ? present : absent } : undefined }
  }
  const [from, to] = f === 'add' ? [absent, present] : [present, absent]
  if (!isTold) {
    const written: KvInput = to === absent ? { f: 'delete' } : { f: 'write', value: to }
    return { input: written, output: output === undefined ? undefined : {} }
  }
  return output
    ? { input: { f: 'cas', value: [from, to] }, output: { swapped: true } }
    : { input: { f: 'read' }, output: { value: to } }
}
