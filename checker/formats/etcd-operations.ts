/**
 * Reads the operations.json of etcd's robustness tests: requests to etcd and what came of them. A key is a register;
 * a condition on a revision becomes one on the value that had it, which is weaker where a value was put twice. What
 * no register can express is left out if it changes nothing, with a note, and an error otherwise.
 */

import { type Fields, fieldsAt, listAt, numberAt, textAt, Values, valueIn } from './etcd-values.ts'
import type { HistoryEvent, Json } from './event.ts'
import { eventPairs, type GoFail, type GoOperation, readGoOperations, type Said } from './go-operations.ts'
import type { History } from './history.ts'

export function readEtcdOperations(text: string): History {
  const { operations, fail } = readGoOperations(text)
  const values = new Values(operations)
  const said: (GoOperation & { readonly said: Said })[] = []
  let conditions = 0
  for (const operation of operations) {
    const translation = new Request(operation, values, fail).translated()
    if (translation === undefined) continue
    if (translation.isWeaker) conditions++
    said.push({ ...operation, said: translation.said })
  }
  const events: HistoryEvent[] = eventPairs(said)
    .flatMap(({ invocation, completion }) => (completion === undefined ? [invocation] : [invocation, completion]))
    .sort((a, b) => a.index - b.index)
  const notes: string[] = []
  const leftOut = operations.length - said.length
  if (leftOut > 0) notes.push(`${leftOut} requests that say nothing about one key's present value are left out`)
  if (conditions > 0) notes.push(`${conditions} conditions on revisions could only be checked in part`)
  return { events, model: 'cas-register', initial: null, notes }
}

interface Translation {
  readonly said: Said
  /** Something that the request demanded, or showed, is not checked. */
  readonly isWeaker: boolean
}

type End = Said['end']

class Request {
  readonly #operation: GoOperation
  readonly #values: Values
  readonly #fail: GoFail
  readonly #input: Fields
  readonly #output: Fields
  readonly #isOpen: boolean
  readonly #isRefused: boolean

  constructor(operation: GoOperation, values: Values, fail: GoFail) {
    this.#operation = operation
    this.#values = values
    this.#fail = fail
    this.#input = fieldsAt({ input: operation.input }, 'input')
    this.#output = fieldsAt({ output: operation.output }, 'output')
    const { Error: error = '', Persisted: persisted = false } = this.#output
    this.#isOpen = operation.output === null || error !== '' || persisted === true
    // The server answered that it would not, such as for a revision that it has forgotten.
    this.#isRefused = textAt(this.#output, 'ClientError') !== ''
  }

  /** `undefined`: it says nothing about the present value of one key, and changes none. */
  translated(): Translation | undefined {
    const type = textAt(this.#input, 'Type')
    switch (type) {
      case 'range':
        return this.#range()
      case 'txn':
        return this.#txn()
      case 'leaseRevoke':
        return this.#fail('a revoked lease deletes keys, which is not supported', this.#operation)
      case 'leaseGrant':
      case 'defragment':
      case 'compact':
        return undefined
      default:
        return this.#fail(`${JSON.stringify(type)} is no Type of a request to etcd`, this.#operation)
    }
  }

  /** One key, as it is now. */
  #range(): Translation | undefined {
    const range = fieldsAt(this.#input, 'Range')
    const isOfOneKey = textAt(range, 'End') === ''
    if (!isOfOneKey || numberAt(range, 'Revision') !== 0 || this.#isRefused) return undefined
    const key = textAt(range, 'Start')
    if (this.#isOpen) return { said: { f: 'read', key, end: { type: 'open' } }, isWeaker: false }
    // So etcd's tests mark answers that were allowed to be stale.
    if (numberAt(this.#output, 'Revision') < 0) return undefined
    return this.#read(key, fieldsAt(this.#output, 'Range'))
  }

  #read(key: string, answer: Fields): Translation {
    const found = listAt(answer, 'KVs').find((each) => textAt(each, 'Key') === key)
    const value = found === undefined ? null : valueIn(found)
    return { said: { f: 'read', key, end: { type: 'ok', output: { value } } }, isWeaker: false }
  }

  #txn(): Translation | undefined {
    const txn = fieldsAt(this.#input, 'Txn')
    const conditions = listAt(txn, 'Conditions')
    const onSuccess = listAt(txn, 'OperationsOnSuccess')
    const onFailure = listAt(txn, 'OperationsOnFailure')
    const all = [...onSuccess, ...onFailure]
    const keys = new Set([...conditions.map((each) => textAt(each, 'Key')), ...all.map(keyOf)])
    const isReadOnly = all.every(isRange)
    const [key] = keys
    const [main] = onSuccess
    if (key === undefined) return undefined
    if (keys.size > 1 || onSuccess.length > 1 || !onFailure.every(isRange)) {
      if (isReadOnly) return undefined
      return this.#fail('a transaction that changes a key beside others, or if not, is not supported', this.#operation)
    }
    if (all.some((each) => isRange(each) && textAt(fieldsAt(each, 'Range'), 'End') !== '')) return undefined
    if (this.#isRefused) return isReadOnly ? undefined : this.#change(key, conditions, main, { type: 'fail' })
    if (this.#isOpen) return isReadOnly ? undefined : this.#change(key, conditions, main, { type: 'open' })
    const answer = fieldsAt(this.#output, 'Txn')
    const [result] = listAt(answer, 'Results')
    if (answer.Failure === true) return this.#refusal(key, conditions, main, onFailure.length > 0 ? result : undefined)
    if (main === undefined) return undefined
    if (isRange(main)) return result === undefined ? undefined : this.#read(key, result)
    return this.#change(key, conditions, main, { type: 'ok', output: {} })
  }

  /** A put or a delete, on condition or not. */
  #change(key: string, conditions: readonly Fields[], main: Fields | undefined, end: End): Translation | undefined {
    if (main === undefined || isRange(main)) return undefined
    const isPut = main.Type === 'put-operation'
    if (!isPut && main.Type !== 'delete-operation') {
      this.#fail(`${JSON.stringify(main.Type)} is no Type of an operation`, this.#operation)
    }
    const to = isPut ? valueIn(fieldsAt(main, 'Put')) : null
    const [condition, ...more] = conditions
    const plain: Said = isPut ? { f: 'write', key, value: to, end } : { f: 'delete', key, end }
    if (condition === undefined) return { said: plain, isWeaker: false }
    const from = this.#values.expected(key, condition)
    if (from === undefined || more.length > 0) return { said: plain, isWeaker: true }
    const output = end.type === 'ok' ? { ...end, output: { swapped: true } } : end
    const isWeaker = !this.#values.isUnique(key, from)
    return { said: { f: 'cas', key, value: [from, to], end: output }, isWeaker }
  }

  /** A condition that did not hold: what was read then, or else that the value was another one. */
  #refusal(
    key: string,
    conditions: readonly Fields[],
    main: Fields | undefined,
    result: Fields | undefined,
  ): Translation | undefined {
    if (result !== undefined) return { ...this.#read(key, result), isWeaker: true }
    const [condition, ...more] = conditions
    if (condition === undefined || more.length > 0) return undefined
    const from = this.#values.expected(key, condition)
    if (from === undefined || !this.#values.isUnique(key, from)) return undefined
    const to = main !== undefined && main.Type === 'put-operation' ? valueIn(fieldsAt(main, 'Put')) : null
    const value: Json = [from, to]
    return { said: { f: 'cas', key, value, end: { type: 'ok', output: { swapped: false } } }, isWeaker: false }
  }
}

function isRange(operation: Fields): boolean {
  return operation.Type === 'range-operation'
}

function keyOf(operation: Fields): string {
  if (isRange(operation)) return textAt(fieldsAt(operation, 'Range'), 'Start')
  return textAt(fieldsAt(operation, operation.Type === 'put-operation' ? 'Put' : 'Delete'), 'Key')
}

/** Whether a text holds such requests rather than other operations in Go. */
export function looksLikeEtcdOperations(start: string): boolean {
  return /"Input"\s*:\s*\{\s*"Type"\s*:\s*"(?:range|txn|lease|defragment|compact)/.test(start)
}
