/**
 * Writes operations for Porcupine as JSON: `Input` is `{f, key, value}`, `Output` what was answered, `null` where nobody
 * knows (`Return` is then the largest int64), and `{"failed": true}` for what surely did not happen, which a model
 * passes over. What Porcupine has no place for stands in `Metadata`, so that nothing is lost.
 */
import type { HistoryEvent, Json } from './event.ts'
import { endOfTime, eventPairs, type GoOperation, type Said } from './go-operations.ts'
import type { History } from './history.ts'
import { plainJson, printJson } from './json-write.ts'
import { overrides } from './overrides.ts'
import { type Matched, matched } from './pairs.ts'
import { answerOf, isFields, showsNothing } from './porcupine-fields.ts'

/** Throws a `HistoryError` where events do not fit together. */
export function writePorcupine({ events, header }: History): string {
  const found = matched(events)
  const operations = found.map(toOperation)
  const read = eventPairs(operations)
  const lines = operations.map((operation, i) => {
    const [pair, back] = [found[i], read[i]]
    if (pair === undefined || back === undefined) throw new RangeError(`there is no operation ${i}`)
    const invoke = overrides(pair.invocation, back.invocation)
    const complete = back.completion && pair.completion && overrides(pair.completion, back.completion)
    const info = back.completion === undefined ? pair.completion : undefined
    const mark = {
      ...(i === 0 && header !== undefined ? { history: header } : {}),
      ...(invoke === undefined ? {} : { invoke }),
      ...(complete === undefined ? {} : { complete }),
      ...(info === undefined ? {} : { info }),
    }
    return print(operation, Object.keys(mark).length === 0 ? undefined : { faultline: mark })
  })
  return `[${lines.join(',\n')}]\n`
}

function toOperation({ invocation, completion }: Matched): GoOperation & { readonly said: Said } {
  const { f, key, value } = invocation
  const asked = { f, ...(key === undefined ? {} : { key }), ...(value === undefined ? {} : { value }) }
  const end = endOf(completion)
  const isOpen = end.type === 'open' || completion === undefined
  return {
    at: 0,
    client: invocation.process,
    input: asked,
    output: end.type === 'ok' ? end.output : end.type === 'fail' ? { failed: true } : null,
    call: nanoseconds(invocation.timeUs),
    return: isOpen ? undefined : nanoseconds(completion.timeUs),
    metadata: null,
    said: { ...asked, end },
  }
}

function endOf(completion: HistoryEvent | undefined): Said['end'] {
  switch (completion?.type) {
    case 'ok':
      return { type: 'ok', output: known(completion.f, completion.output ?? {}) }
    case 'fail':
      return { type: 'fail' }
    default:
      return { type: 'open' }
  }
}

/** An answer that would be read as another, or as none, is put into a field, and read back from the metadata. */
function known(f: string, answer: Json): Json {
  const read = answerOf(f, answer)
  const isSame = read !== undefined && JSON.stringify(read) === JSON.stringify(answer)
  const looksUnknown = answer === null || (isFields(answer) && 'failed' in answer) || showsNothing(f, answer)
  return isSame && !looksUnknown ? answer : { answer }
}

function nanoseconds(timeUs: number): bigint {
  return BigInt(Math.round(timeUs * 1000))
}

function print({ client, input, call, output, return: end }: GoOperation, metadata: object | undefined): string {
  const fields = [
    `"ClientId":${client}`,
    `"Input":${printJson(input)}`,
    `"Call":${call}`,
    `"Output":${printJson(output)}`,
    `"Return":${end ?? endOfTime}`,
  ]
  if (metadata !== undefined) fields.push(`"Metadata":${printJson(plainJson(metadata))}`)
  return `{${fields.join(',')}}`
}
