/** The procedures for plain registers, as a model lists them. */
import type { Model } from '../model.ts'
import type { KvInput, KvOutput, KvState } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import type { Decision, Procedure } from '../procedure.ts'
import { decideBlocks } from './blocks.ts'
import type { RegisterColumns } from './columns.ts'
import { decideRegister } from './search.ts'
import { type Intervals, withSilent } from './silent.ts'
import { registerColumns } from './translate.ts'

type KvModel = Model<KvState, KvInput, KvOutput>
type KvOperation = Operation<KvInput, KvOutput>

/** Histories in which everything observed has one possible source: near-linear. */
export const blocks: Procedure<KvState, KvInput, KvOutput> = {
  name: 'blocks',
  decide(model, operations, { maxBytes = Number.POSITIVE_INFINITY }) {
    const columns = columnsOf(model, operations)
    if (columns === undefined) return undefined
    const bytes = operations.length * bytesEach
    if (bytes > maxBytes) return unknown(`its columns take ${bytes} bytes, of ${maxBytes} allowed`)
    const decision = decideBlocks(columns)
    return decision && withSilent(decision, columns, intervalsOf(operations))
  },
}

/** Any history of a plain register: repeated values, refusals that do not say what they met. */
export const registerSearch: Procedure<KvState, KvInput, KvOutput> = {
  name: 'register search',
  decide(model, operations, limits) {
    const columns = columnsOf(model, operations)
    return columns && withSilent(decideRegister(columns, limits), columns, intervalsOf(operations))
  },
}

/** What the columns and tables of `blocks` take for each operation, at most. */
const bytesEach = 224

function unknown(reason: string): Decision {
  return { verdict: 'unknown', order: [], explored: 0, reason }
}

/** Translations are needed again at the next procedure and the next attempt. A partition's list does not change. */
const translations = new WeakMap<readonly KvOperation[], { model: KvModel; columns: RegisterColumns | undefined }>()

function columnsOf(model: KvModel, operations: readonly KvOperation[]): RegisterColumns | undefined {
  let known = translations.get(operations)
  if (known?.model !== model) {
    known = { model, columns: registerColumns(model, operations) }
    translations.set(operations, known)
  }
  return known.columns
}

function intervalsOf(operations: readonly KvOperation[]): Intervals {
  return {
    length: operations.length,
    callOf: (index) => operations[index]?.call ?? 0,
    isPending: (index) => operations[index]?.return === Number.POSITIVE_INFINITY,
  }
}
