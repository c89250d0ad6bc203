/**
 * Forgets what lies behind in a key of a plain register, without versions, as far as time and values tell what every
 * answered operation observed (`register/blocks.ts`, whose words and conditions these are).
 *
 * A block B is dead if another one, C, has an operation called after one of B had returned, and an operation that
 * returned before anything was called that may still return. B precedes C then. Were something that is still to return
 * to join B, C would precede B as well. So nothing joins a dead block any more, or the history is illegal. (For the same
 * reason nothing in it is still to return.)
 *
 * Dead blocks, the initial value's among them, can be left out, if nothing that answered outside of them returned
 * before something in them was called. For let the history be legal, now or later. In its order nothing outside
 * observes them; so what comes of leaving them out is an order again. (Indeterminate compare-and-sets that consumed
 * something of them, unobserved, are left out with them: they may.) And let what is left be legal: all dead blocks go
 * before it, in their own order. That respects time; and nothing of what is left depended on what was there at first,
 * since that is a value that no operation can name, and nobody is told "not this one" before C's first write.
 *
 * What is kept in the end is the open window, the indeterminate operations that nobody observed, and blocks that are
 * not dead yet. A value is known to be gone by not being known.
 */
import { type Arena, withArena } from '../arena.ts'
import type { KvInput, KvOutput, KvState, KvValue } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import { allBlockRules } from '../register/block-rules.ts'
import { findSources, type Sources } from '../register/block-sources.ts'
import { kinds, type RegisterColumns } from '../register/columns.ts'
import { registerColumns } from '../register/translate.ts'
import type { Moment, Reduction } from './reduction.ts'

type KvOperation = Operation<KvInput, KvOutput>

export const retireBlocks: Reduction<KvState, KvInput, KvOutput> = (model, operations, moment) => {
  const columns = registerColumns(model, operations)
  return columns && withArena((arena) => retire(columns, operations, moment, arena))
}

/** What is there once the past was left out: equal to no value that an operation can hold, so not one of `KvValue`. */
const gone = Object.freeze({}) as unknown as KvValue

function retire(
  columns: RegisterColumns,
  operations: readonly KvOperation[],
  moment: Moment,
  arena: Arena,
): ReturnType<typeof retireBlocks> {
  const sources = findSources(columns, arena, allBlockRules)
  if (sources === undefined || 'illegal' in sources || sources.isGuessed || sources.refusalCount > 0) return undefined
  const blocks = blocksOf(columns, sources, operations)
  const dead = deadBlocks(blocks, moment.earliestOpen, looseReturn(columns, sources, operations))
  if (!dead.has(initialBlock(blocks))) return undefined
  return {
    init: { value: gone, version: 0 },
    operations: kept(columns, blocks, dead, operations, moment),
    excludes: ({ input, output }) => input.f === 'append' || output?.version !== undefined,
  }
}

interface Block {
  /** Places in the columns; those of the initial value's block are its observers only. */
  readonly members: number[]
  readonly isInitial: boolean
  firstReturn: number
  lastCall: number
  /** Some read may have seen it or another block. */
  isUnsettled: boolean
}

function blocksOf(columns: RegisterColumns, sources: Sources, operations: readonly KvOperation[]): Block[] {
  const { length, kind, value, next } = columns
  const { source, consumer, roots, rootCount, cause } = sources
  const blockOf = new Map<number, Block>()
  const blocks: Block[] = []
  for (let i = 0; i < rootCount; i++) {
    const root = roots[i] ?? 0
    const isInitial = root === length
    const block: Block = {
      members: [],
      isInitial,
      firstReturn: isInitial ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
      lastCall: Number.NEGATIVE_INFINITY,
      isUnsettled: false,
    }
    blocks.push(block)
    for (let writer = root; writer >= 0; writer = consumer[writer] ?? -1) blockOf.set(writer, block)
  }
  const looseValues = new Set<number>()
  for (let i = 0; i < length; i++) {
    const operation = operations[columns.operation[i] ?? 0]
    if (operation === undefined) continue
    if (operation.return === Number.POSITIVE_INFINITY && (cause[i] ?? -1) < 0) continue
    const writer = source[i] ?? -1
    if (kind[i] === kinds.read && writer < 0) looseValues.add(value[i] ?? 0)
    const block = kind[i] === kinds.read ? blockOf.get(writer) : blockOf.get(i)
    if (block === undefined) continue
    block.members.push(i)
    block.firstReturn = Math.min(block.firstReturn, operation.return)
    block.lastCall = Math.max(block.lastCall, operation.call)
  }
  for (const [writer, block] of blockOf) {
    const written = writer === length ? columns.initial : kind[writer] === kinds.cas ? next[writer] : value[writer]
    block.isUnsettled ||= looseValues.has(written ?? 0)
  }
  return blocks
}

/** The earliest return of reads that may have seen any of several blocks. */
function looseReturn({ length, kind, operation }: RegisterColumns, { source }: Sources, all: readonly KvOperation[]) {
  let earliest = Number.POSITIVE_INFINITY
  for (let i = 0; i < length; i++) {
    if (kind[i] !== kinds.read || (source[i] ?? -1) >= 0) continue
    earliest = Math.min(earliest, all[operation[i] ?? 0]?.return ?? earliest)
  }
  return earliest
}

function initialBlock(blocks: readonly Block[]): Block | undefined {
  return blocks.find(({ isInitial }) => isInitial)
}

/** As many as can be left out. `looseReturn` is that of whatever stays for sure. */
function deadBlocks(blocks: readonly Block[], earliestOpen: number, looseReturn: number): Set<Block | undefined> {
  let last: Block | undefined
  let lastButOne: Block | undefined
  for (const block of blocks) {
    if (!(block.firstReturn < earliestOpen)) continue
    if (last === undefined || block.lastCall > last.lastCall) {
      lastButOne = last
      last = block
    } else if (lastButOne === undefined || block.lastCall > lastButOne.lastCall) {
      lastButOne = block
    }
  }
  const isDead = (block: Block): boolean => {
    const successor = block === last ? lastButOne : last
    return !block.isUnsettled && successor !== undefined && block.firstReturn < successor.lastCall
  }
  let earliest = looseReturn
  const dead: Block[] = []
  for (const block of blocks) {
    if (isDead(block)) dead.push(block)
    else earliest = Math.min(earliest, block.firstReturn)
  }
  dead.sort((a, b) => a.lastCall - b.lastCall)
  for (let latest = dead.at(-1); latest !== undefined && latest.lastCall > earliest; latest = dead.at(-1)) {
    earliest = Math.min(earliest, latest.firstReturn)
    dead.pop()
  }
  return new Set(dead)
}

/** Besides dead blocks, what says nothing goes: it is not in the columns. What may still return stays in any case. */
function kept(
  { length, operation: places }: RegisterColumns,
  blocks: readonly Block[],
  dead: ReadonlySet<Block | undefined>,
  operations: readonly KvOperation[],
  { isOpen }: Moment,
): KvOperation[] {
  const stays = new Uint8Array(operations.length)
  for (let i = 0; i < length; i++) stays[places[i] ?? 0] = 1
  for (const block of blocks) {
    if (!dead.has(block)) continue
    for (const i of block.members) stays[places[i] ?? 0] = 0
  }
  return operations.filter(({ id, return: end }, at) => {
    return stays[at] === 1 || (end === Number.POSITIVE_INFINITY && isOpen(id))
  })
}
