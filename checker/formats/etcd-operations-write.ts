/**
 * Writes requests to etcd as its robustness tests keep them: reads, puts and deletes of texts. Revisions are unknown
 * and left out, so a compare-and-set can not be written; what surely did not happen is left out, as there.
 */
import type { Json } from './event.ts'
import { endOfTime } from './go-operations.ts'
import type { History } from './history.ts'
import { type Matched, matched } from './pairs.ts'
import { NotWritable } from './writable.ts'

/** Throws a `NotWritable` that names the event. */
export function writeEtcdOperations({ events }: History): string {
  return matched(events)
    .filter(({ completion }) => completion?.type !== 'fail')
    .map(print)
    .join('')
}

function print({ invocation, completion }: Matched): string {
  const { process, key = '', timeUs } = invocation
  const isKnown = completion?.type === 'ok'
  const fields = [
    `"ClientId":${process}`,
    `"Input":${JSON.stringify(requestOf(invocation, key))}`,
    `"Call":${Math.round(timeUs * 1000)}`,
    `"Output":${JSON.stringify(isKnown ? answerOf(completion, key) : { Error: completion?.error ?? 'unknown' })}`,
    `"Return":${isKnown ? Math.round(completion.timeUs * 1000) : endOfTime}`,
  ]
  return `{${fields.join(',')}}\n`
}

function requestOf(event: Matched['invocation'], key: string): Json {
  switch (event.f) {
    case 'read':
      return { Type: 'range', Range: { Start: key, End: '', Limit: 0, Revision: 0 } }
    case 'write': {
      const put = { Key: key, Value: wrapped(event, event.value), LeaseID: 0 }
      return { Type: 'txn', Txn: change({ Type: 'put-operation', Put: put }) }
    }
    case 'delete':
      return { Type: 'txn', Txn: change({ Type: 'delete-operation', Delete: { Key: key } }) }
    default:
      throw new NotWritable('etcd operations', event, `there is no ${event.f}, but read, write and delete`)
  }
}

function change(operation: Json): Json {
  return { Conditions: null, OperationsOnSuccess: [operation], OperationsOnFailure: null }
}

function answerOf(event: NonNullable<Matched['completion']>, key: string): Json {
  if (event.f !== 'read') return { Txn: { Failure: false, Results: [{ KVs: null, Count: 0, Deleted: 0 }] } }
  const { output } = event
  const value = typeof output === 'object' && output !== null && 'value' in output ? output.value : undefined
  if (value === null) return { Range: { KVs: [], Count: 0 } }
  return { Range: { KVs: [{ Key: key, Value: wrapped(event, value) }], Count: 1 } }
}

function wrapped(event: Matched['invocation'], value: Json | undefined): Json {
  if (typeof value === 'string') return { Value: value }
  throw new NotWritable('etcd operations', event, `its value is ${JSON.stringify(value)}, not a text`)
}
