/**
 * Each condition that the soundness of the register search rests on, taken away: a wrong verdict, or an order that does
 * not replay, must show. Where drawn histories show it too seldom, one that was found among many thousands is stored.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readJsonl } from '../formats/jsonl.ts'
import { pairs } from '../formats/pairs.ts'
import { casRegister, withInitial } from '../models/index.ts'
import { kinds, type RegisterColumns } from './columns.ts'
import { allConditions, type Conditions, type RegisterRules } from './rules.ts'
import { decideRegister } from './search.ts'
import { countingRules, decideBy, without } from './search-engines.suite.ts'
import { columnsFrom, isLegal, objection, played, scattered } from './search-histories.suite.ts'
import { registerColumns } from './translate.ts'

type Way = 'all' | 'sweep'
type Draw = readonly [way: Way, history: (seed: number, most: number) => RegisterColumns, most: number, from: number]

/** Where to look: a way to search, a source of histories, and the first seed of sixty. */
const drawn: Partial<Record<keyof Conditions, Draw>> = {
  deadline: ['all', scattered, 10, 100],
  absorbsActive: ['all', scattered, 10, 1],
  lateVisible: ['all', scattered, 10, 120],
  laterRefusals: ['all', scattered, 14, 60],
  demandBeforeWrites: ['all', played, 24, 1],
  refusalsWant: ['all', scattered, 10, 1],
  rewrites: ['all', scattered, 10, 500],
  firstToReturn: ['all', scattered, 10, 400],
  wantsPass: ['all', played, 24, 20],
  refusalFuel: ['all', scattered, 14, 1],
  refusedDiffers: ['all', scattered, 10, 1],
  pendingPut: ['all', scattered, 14, 1],
  swapsPut: ['all', played, 24, 60],
  laterPut: ['all', scattered, 10, 1],
  chainsFromState: ['all', scattered, 10, 1],
  stayAbsorbs: ['all', scattered, 10, 1],
  standsLater: ['all', scattered, 10, 1200],
  rewriteAbsorbs: ['all', played, 24, 200],
  readsShare: ['all', scattered, 14, 1],
  stateServes: ['all', scattered, 10, 1],
  overlappingServe: ['all', played, 24, 60],
  hurriedAlone: ['all', played, 24, 50],
  needsNoWindow: ['all', played, 24, 1380],
  pendingLasts: ['all', scattered, 10, 30],
  sameState: ['sweep', scattered, 10, 20],
  sameSwaps: ['sweep', played, 24, 220],
  fewerReads: ['sweep', played, 24, 100],
  openWrites: ['sweep', played, 24, 200],
  burdens: ['sweep', scattered, 20, 1],
  fewerUsed: ['all', scattered, 20, 4840],
}

const stored: Partial<Record<keyof Conditions, readonly [way: Way, columns: RegisterColumns]>> = {
  // The order is: 3 by client 2, 0 absorbed by the pending 3 that is written again, the swap to 2.
  rewritesForOthers: ['all', fixture('valid-rewrite-before-cas')],
  detours: ['all', fixture('valid-detour-before-cas')],
  absorbables: ['sweep', history('write 2 0 4, write 3 1 8, cas 2 3 2 6, read 3 3 11, write 1 5 7, read 3 9 10')],
}

describe('without a condition the register search is wrong', () => {
  test.each(Object.entries(drawn))('%s', (condition, [way, draw, most, from]) => {
    const histories = Array.from({ length: 60 }, (_, i) => draw(from + i, most))
    const rules = without(condition as keyof Conditions)
    expect(histories.filter((columns) => isWrong(way, columns, rules)).length).toBeGreaterThan(0)
    expect(histories.filter((columns) => isWrong(way, columns, countingRules))).toEqual([])
  })

  test.each(Object.entries(stored))('%s', (condition, [way, columns]) => {
    expect(isWrong(way, columns, without(condition as keyof Conditions))).toBe(true)
    expect(isWrong(way, columns, countingRules)).toBe(false)
  })

  test('and none is forgotten here', () => {
    expect([...Object.keys(drawn), ...Object.keys(stored)].sort()).toEqual(Object.keys(allConditions).sort())
  })
})

function isWrong(way: Way, columns: RegisterColumns, rules: RegisterRules): boolean {
  const limits = { budget: 100_000, attempt: 0, isOver: () => false }
  try {
    const { verdict, order } =
      way === 'all' ? decideRegister(columns, limits, rules) : decideBy({ name: 'sweep', seed: 1, rules }, columns)
    if (verdict === 'valid' && objection(columns, order) !== undefined) return true
    return verdict !== (isLegal(columns) ? 'valid' : 'illegal')
  } catch {
    return true
  }
}

/** `kind value (next) call return`, by commas; 0 is there at first. */
function history(text: string): RegisterColumns {
  const drafts = text.split(', ').map((operation) => {
    const [name = '', ...rest] = operation.split(' ')
    const numbers = rest.map(Number)
    return {
      kind: kinds[name as keyof typeof kinds],
      value: numbers[0]!,
      next: name === 'cas' ? numbers[1]! : -1,
      call: numbers.at(-2)!,
      return: numbers.at(-1)!,
    }
  })
  return columnsFrom(drafts, 0)
}

function fixture(name: string): RegisterColumns {
  const { events, initial } = readJsonl(readFileSync(join(import.meta.dirname, `../fixtures/${name}.jsonl`), 'utf8'))
  return registerColumns(withInitial(casRegister, initial), pairs(events).operations)!
}
