/** The procedures for plain registers, as a model lists them. */
import { withArena } from '../arena.ts'
import type { Model } from '../model.ts'
import type { KvInput, KvOutput, KvState } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import type { Decision, Limits, Procedure } from '../procedure.ts'
import { decideBlocks } from './blocks.ts'
import type { RegisterColumns } from './columns.ts'
import { greedyOrder } from './greedy.ts'
import { decideInTurn } from './in-turn.ts'
import { decideRegister } from './search.ts'
import { type Intervals, withSilent } from './silent.ts'
import { ColumnRoom, registerColumns } from './translate.ts'

type KvModel = Model<KvState, KvInput, KvOutput>
type KvOperation = Operation<KvInput, KvOutput>

/** Small histories that an attempt without a way back decides: most valid ones, and some in which little overlaps. */
export const greedy: Procedure<KvState, KvInput, KvOutput> = {
  name: 'greedy',
  decide(model, operations, limits) {
    if (operations.length > mostForGreedy) return undefined
    const inTurn = operations.length <= mostInTurn ? decideInTurn(model, operations) : undefined
    if (inTurn !== undefined || operations.length < leastForGreedy) return inTurn
    return decideColumns(model, operations, limits, (columns) => memoryFor(operations, limits) ?? tryGreedy(columns))
  },
}

/** Histories in which everything observed has one possible source: near-linear. */
export const blocks: Procedure<KvState, KvInput, KvOutput> = {
  name: 'blocks',
  decide: (model, operations, limits) =>
    decideColumns(model, operations, limits, (columns) => memoryFor(operations, limits) ?? decideBlocks(columns)),
}

/** Any history of a plain register: repeated values, refusals that do not say what they met. */
export const registerSearch: Procedure<KvState, KvInput, KvOutput> = {
  name: 'register search',
  decide(model, operations, limits) {
    const decision = decideColumns(model, operations, limits, (columns) => decideRegister(columns, limits))
    // Nobody comes after it.
    forgetLeftOpen()
    return decision
  },
}

/** Larger ones are worth the preparations of the procedures that know more. */
const mostForGreedy = 512
/** Of fewer, those that do not fit in turn rarely fit at all. */
const leastForGreedy = 9
const mostInTurn = 64

/** What the columns and tables of `blocks` take for each operation, at most. */
const bytesEach = 224

function memoryFor(operations: readonly KvOperation[], { maxBytes }: Limits): Decision | undefined {
  const bytes = operations.length * bytesEach
  if (maxBytes === undefined || bytes <= maxBytes) return undefined
  const reason = `its columns take ${bytes} bytes, of ${maxBytes} allowed`
  return { verdict: 'unknown', order: [], explored: 0, reason }
}

interface Translation {
  readonly model: KvModel
  readonly operations: readonly KvOperation[]
  readonly limits: Limits
  /** Both are `undefined` where these are no operations of a plain register. */
  readonly columns: RegisterColumns | undefined
  readonly room: ColumnRoom | undefined
}

/**
 * What one procedure translated and left open, for the one that is asked next. It is taken only with the same limits,
 * which are of one turn: between two turns whoever owns the list of operations may have changed it.
 */
let leftOpen: Translation | undefined

function decideColumns(
  model: KvModel,
  operations: readonly KvOperation[],
  limits: Limits,
  decide: (columns: RegisterColumns) => Decision | undefined,
): Decision | undefined {
  const translation = translationFor(model, operations, limits)
  const { columns, room } = translation
  const decision = columns && decide(columns)
  if (columns === undefined || decision === undefined) {
    leftOpen = translation
    return undefined
  }
  // Where all are in the columns, or nothing is ordered, nothing is missing from the order.
  const isComplete =
    columns.length === operations.length || (decision.verdict !== 'valid' && decision.order.length === 0)
  const whole = isComplete ? decision : withSilent(decision, columns, intervalsOf(operations))
  room?.giveBack()
  return whole
}

function translationFor(model: KvModel, operations: readonly KvOperation[], limits: Limits): Translation {
  const left = leftOpen
  if (left?.limits === limits && left.model === model && left.operations === operations) {
    leftOpen = undefined
    return left
  }
  forgetLeftOpen()
  const room = ColumnRoom.take(operations.length)
  const columns = registerColumns(model, operations, room)
  if (columns !== undefined) return { model, operations, limits, columns, room }
  room.giveBack()
  return { model, operations, limits, columns, room: undefined }
}

function forgetLeftOpen(): void {
  leftOpen?.room?.giveBack()
  leftOpen = undefined
}

function tryGreedy(columns: RegisterColumns): Decision | undefined {
  const order = withArena((arena) => greedyOrder(columns, arena))
  if (order === undefined) return undefined
  for (let i = 0; i < order.length; i++) order[i] = columns.operation[order[i] ?? 0] ?? 0
  return { verdict: 'valid', order, explored: 0 }
}

function intervalsOf(operations: readonly KvOperation[]): Intervals {
  return {
    length: operations.length,
    callOf: (index) => operations[index]?.call ?? 0,
    isPending: (index) => operations[index]?.return === Number.POSITIVE_INFINITY,
  }
}
