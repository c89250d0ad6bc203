/** Reads Jepsen's ops as elle-cli takes them: JSON objects, in one array or one after another. */
import type { HistoryEvent, Json } from './event.ts'
import type { History } from './history.ts'
import { historyOfOps } from './jepsen-history.ts'
import type { JepsenOptions } from './jepsen-op.ts'
import { isWhole, OpDraft, Ops } from './jepsen-ops.ts'
import { JsonReader } from './json-reader.ts'

export function readJepsenJson(text: string, options: JepsenOptions = {}): History {
  const reader = new JsonReader(text)
  const ops = new Ops()
  const draft = new OpDraft()
  const readOp = () => {
    if (reader.peek() !== '{') reader.fail('an op should be an object such as {"process":0,"type":"invoke","f":"read"}')
    draft.begin(reader.at)
    reader.entries((name) => {
      reader.skip()
      const { at } = reader
      field(draft, name, reader.value(), (message) => reader.fail(message, at))
    })
    if (isWhole(draft)) ops.push(draft)
    else if (draft.process === undefined) reader.fail('the op has no process', draft.at)
    else reader.fail(draft.type === undefined ? noType : 'the op has no f', draft.at)
  }
  if (reader.peek() === '[') {
    reader.items(readOp)
    if (!reader.isAtEnd) reader.fail('something stands behind the array of ops')
  } else while (!reader.isAtEnd) readOp()
  return historyOfOps(ops, options, (message, at) => reader.fail(message, at))
}

function field(draft: OpDraft, name: string, given: Json, fail: (message: string) => never): void {
  switch (name) {
    case 'process':
      draft.process = typeof given === 'string' ? 'nemesis' : isPlace(given) ? given : fail(noProcess)
      return
    case 'type':
      draft.type = toType(given) ?? fail(noType)
      return
    case 'f':
      draft.f = typeof given === 'string' ? given.replace(/^:/, '') : fail('f should be a text')
      return
    case 'value':
      draft.value = given
      return
    case 'index':
      draft.index = given === null ? undefined : isPlace(given) ? given : fail('index should be a whole number')
      return
    case 'time':
      draft.timeNs = given === null ? undefined : typeof given === 'number' ? given : fail('time should be a number')
      return
    case 'error':
      if (given !== null) draft.more = { ...draft.more, error: describe(given) }
      return
    case 'faultline':
      draft.more = { ...draft.more, faultline: given }
      return
    default:
      otherField(draft, name, given)
  }
}

const noProcess = 'process should be a number from 0 on, or a name'
const noType = 'type should be invoke, ok, fail or info'

function otherField(draft: OpDraft, name: string, given: Json): void {
  if (name === 'client' && typeof given === 'number') draft.more = { ...draft.more, client: given }
  else if (name === 'node' && typeof given === 'string') draft.more = { ...draft.more, node: given }
  else draft.more = { ...draft.more, extra: { ...draft.more?.extra, [name]: given } }
}

function isPlace(given: Json): given is number {
  return typeof given === 'number' && Number.isSafeInteger(given) && given >= 0
}

function toType(given: Json): HistoryEvent['type'] | undefined {
  const name = typeof given === 'string' ? given.replace(/^:/, '') : ''
  return name === 'invoke' || name === 'ok' || name === 'fail' || name === 'info' ? name : undefined
}

function describe(error: Json): string {
  return typeof error === 'string' ? error : JSON.stringify(error)
}
