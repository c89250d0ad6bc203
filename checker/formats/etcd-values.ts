/** What etcd's requests and answers say about values and their revisions. Fields that Go left out are empty. */
import type { Json } from './event.ts'
import type { GoOperation } from './go-operations.ts'

export type Fields = { readonly [name: string]: Json }

export function fieldsAt(fields: Fields, name: string): Fields {
  const value = fields[name]
  return isFields(value) ? value : {}
}

export function listAt(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name]
  return Array.isArray(value) ? value.map((each) => (isFields(each) ? each : {})) : []
}

export function textAt(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}

export function numberAt(fields: Fields, name: string): number {
  const value = fields[name]
  return typeof value === 'number' ? value : 0
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Of long values the tests keep a hash only. */
export function valueIn(holder: Fields): string {
  const { Value: text = '', Hash: hash } = fieldsAt(holder, 'Value')
  return typeof hash === 'number' && hash !== 0 ? `hash:${hash}` : String(text)
}

/** Which value a key had at which revision, as far as anybody saw, and how often each value was put. */
export class Values {
  readonly #byRevision = new Map<string, string>()
  readonly #puts = new Map<string, number>()

  constructor(operations: readonly GoOperation[]) {
    for (const { input, output } of operations) {
      const request = fieldsAt({ input }, 'input')
      const answer = fieldsAt({ output }, 'output')
      this.#readAnswer(fieldsAt(answer, 'Range'))
      const done = fieldsAt(answer, 'Txn')
      for (const result of listAt(done, 'Results')) this.#readAnswer(result)
      const txn = fieldsAt(request, 'Txn')
      for (const each of [...listAt(txn, 'OperationsOnSuccess'), ...listAt(txn, 'OperationsOnFailure')]) {
        if (each.Type === 'put-operation') this.#readPut(fieldsAt(each, 'Put'))
      }
      const [main] = listAt(txn, 'OperationsOnSuccess')
      const revision = numberAt(answer, 'Revision')
      if (main?.Type !== 'put-operation' || done.Failure === true || answer.Txn === null || revision <= 0) continue
      const put = fieldsAt(main, 'Put')
      this.#byRevision.set(placeOf(textAt(put, 'Key'), revision), valueIn(put))
    }
  }

  /** What the key must hold for the condition to hold; `undefined` where nobody knows. */
  expected(key: string, condition: Fields): string | null | undefined {
    if (numberAt(condition, 'ExpectedVersion') !== 0) return undefined
    const revision = numberAt(condition, 'ExpectedRevision')
    return revision === 0 ? null : this.#byRevision.get(placeOf(key, revision))
  }

  /** Whether the value tells the revision. That nothing is there always does. */
  isUnique(key: string, value: string | null): boolean {
    return value === null || this.#puts.get(JSON.stringify([key, value])) === 1
  }

  #readAnswer(answer: Fields): void {
    for (const each of listAt(answer, 'KVs')) {
      const revision = numberAt(each, 'ModRevision')
      if (revision > 0) this.#byRevision.set(placeOf(textAt(each, 'Key'), revision), valueIn(each))
    }
  }

  #readPut(put: Fields): void {
    const place = JSON.stringify([textAt(put, 'Key'), valueIn(put)])
    this.#puts.set(place, (this.#puts.get(place) ?? 0) + 1)
  }
}

function placeOf(key: string, revision: number): string {
  return `${revision} ${key}`
}
