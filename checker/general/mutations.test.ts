/**
 * The conditions on which the general search's rules rest, removed one at a time from a copy of its source: each time
 * some small history must get a wrong verdict or blame, or the tests could not tell a sound search from an unsound one.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import type { KvInput, KvOutput } from '../models/kv.ts'
import type { WholeKvInput, WholeKvOutput } from '../models/whole-kv.ts'
import type { Operation } from '../operation.ts'
import { allRules, type search } from './search.ts'
import {
  chances,
  firstStuck,
  isLegal,
  randomHistory,
  registerSubject,
  rowSubject,
  type Subject,
  separateTextsSubject,
  textsSubject,
  tossSubject,
} from './subjects.fixture.ts'

interface Mutation {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  // biome-ignore lint/suspicious/noExplicitAny: subjects differ in all their types, and each is only used with itself.
  readonly subject: Subject<any, any, any>
  /** A history that shows it, where random ones hardly do. */
  readonly history?: readonly Operation<unknown, unknown>[]
  /** What it makes wrong is not the verdict, but the return that is said to be passed by no order. */
  readonly isAboutBlame?: boolean
}

/** The third, then the first, then the second must come before the last, which returns first. */
const chain: readonly Operation<WholeKvInput, WholeKvOutput>[] = [
  {
    f: 'txn',
    value: [
      { f: 'read', key: 'k1' },
      { f: 'write', key: 'k2', value: 1 },
    ],
  } as const,
  {
    f: 'txn',
    value: [
      { f: 'read', key: 'k2' },
      { f: 'write', key: 'k3', value: 1 },
    ],
  } as const,
  { f: 'write', key: 'k1', value: 1 } as const,
  { f: 'read', key: 'k3' } as const,
].map((input, id) => ({
  id,
  process: id,
  input,
  output: input.f === 'txn' ? { results: [{ value: 1 }, {}] } : input.f === 'read' ? { value: 1 } : {},
  call: id,
  return: input.f === 'read' ? 5 : 10,
}))

/** Pending operations lead in a circle, back to where the read is due. */
const circle: readonly Operation<KvInput, KvOutput>[] = [
  pending(0, { f: 'cas', value: [null, 1] }, 1),
  { id: 1, process: 1, input: { f: 'write', value: 3 }, output: {}, call: 2, return: 3 },
  pending(2, { f: 'delete' }, 4),
  { id: 3, process: 3, input: { f: 'read' }, output: { value: 5 }, call: 5, return: 5 },
  pending(4, { f: 'cas', value: [1, 3] }, 5),
]

function pending(id: number, input: KvInput, call: number): Operation<KvInput, KvOutput> {
  return { id, process: id, input, output: undefined, call, return: Number.POSITIVE_INFINITY }
}

const mutations: readonly Mutation[] = [
  {
    name: 'symmetry that does not ask which operation returns first',
    file: 'walk.ts',
    from: 'at(returns, operation) < at(returns, at(moves, move))',
    to: 'at(returns, operation) > at(returns, at(moves, move))',
    subject: registerSubject,
  },
  {
    name: 'symmetry between operations that merely share an input',
    file: 'machine.ts',
    from: 'pair[1] = values.numberOf(output)',
    to: 'pair[1] = 0',
    subject: registerSubject,
  },
  {
    name: 'dominance by more pending operations, instead of fewer',
    file: 'cache.ts',
    from: '(at(arena, set + 2 + i) & ~at(configuration, keyLength + i)) !== 0',
    to: '(~at(arena, set + 2 + i) & at(configuration, keyLength + i)) !== 0',
    subject: tossSubject,
  },
  {
    name: 'dominance between different states',
    file: 'walk.ts',
    from: 'configuration[1] = state',
    to: 'configuration[1] = 0',
    subject: registerSubject,
  },
  {
    name: 'dominance between different levels, where a slot means different operations',
    file: 'walk.ts',
    from: 'configuration[0] = level',
    to: 'configuration[0] = 0',
    subject: registerSubject,
  },
  {
    name: 'a slot that is free before its operation has returned',
    file: 'entries.ts',
    from: 'free > 0 ? at(this.#free, --free) : slots++',
    to: '0',
    subject: registerSubject,
  },
  {
    name: 'dominance by fewer reads that are done, instead of more',
    file: 'position.ts',
    from: 'this.configuration.fill(-1, this.#eagerWord, this.#usedWord)',
    to: 'this.configuration.fill(0, this.#eagerWord, this.#usedWord)',
    subject: tossSubject,
  },
  {
    name: 'necessity of operations that did return',
    file: 'walk.ts',
    from: 'move < 0 ? state : -1',
    to: 'state',
    subject: registerSubject,
  },
  {
    name: 'necessity that overlooks what was read in between',
    file: 'walk.ts',
    from: 'isDirect ? stateBeforePending : -1',
    to: 'stateBeforePending',
    subject: registerSubject,
  },
  {
    name: 'pending operations before their call',
    file: 'pending-groups.ts',
    from: 'this.#calls[place++] = at(entries.call, number)',
    to: 'this.#calls[place++] = 0',
    subject: registerSubject,
  },
  {
    name: 'equal timestamps as one after the other',
    file: 'entries.ts',
    from: '>= moment) break',
    to: '> moment) break',
    subject: registerSubject,
  },
  {
    name: 'lookahead that holds in spite of a reset',
    file: 'machine.ts',
    from: 'this.#model.resets === undefined && ',
    to: '',
    subject: textsSubject,
  },
  {
    name: 'foresight that does not ask for resets',
    file: 'foresight.ts',
    from: ' || this.#canBeReset(observer)',
    to: '',
    subject: textsSubject,
  },
  {
    name: 'foresight that overlooks the resets of all but the first of its scopes',
    file: 'foresight.ts',
    from: 'node < at(this.#firstNode, observer + 1); node++) {\n      const scope',
    to: 'node < at(this.#firstNode, observer) + 1; node++) {\n      const scope',
    subject: textsSubject,
  },
  {
    name: 'foresight that takes the reset lists for what was not put back',
    file: 'foresight.ts',
    from: 'this.#resets.unlift(node)',
    to: '',
    subject: textsSubject,
  },
  {
    name: 'a footprint of the next return alone, without what is joined to it',
    file: 'walk.ts',
    from: 'for (let isMore = true; isMore; )',
    to: 'for (let isMore = false; isMore; )',
    subject: textsSubject,
  },
  {
    name: 'a footprint that overlooks what pending operations join',
    file: 'walk.ts',
    from: 'groups.nextCall(group) < barrier && footprint.extend',
    to: 'groups.nextCall(group) < 0 && footprint.extend',
    subject: textsSubject,
  },
  {
    name: 'a footprint that does not grow step by step',
    file: 'walk.ts',
    from: 'if (footprint.extend(at(this.#classes, operation))) isMore = true',
    to: 'footprint.extend(at(this.#classes, operation))',
    subject: rowSubject,
    history: chain,
  },
  {
    name: 'scopes that a transaction does not join',
    file: 'scopes.ts',
    from: 'const other of others',
    to: 'const other of others.slice(0, 0)',
    subject: textsSubject,
  },
  {
    name: 'a read of several possible states that is placed as if it told nothing',
    file: 'walk.ts',
    from: 'operationClass) !== state) continue',
    to: 'operationClass) < 0) continue',
    subject: tossSubject,
  },
  {
    name: 'a set of states that forgets all but one',
    file: 'machine.ts',
    from: 'Int32Array.from(new Set(states)).sort()',
    to: 'Int32Array.from(new Set(states)).sort().slice(0, 1)',
    subject: tossSubject,
  },
  {
    name: 'blame that forgets how far it was where pending operations led back to it',
    file: 'walk.ts',
    from: 'this.#keepIfBest()\n      this.#position.undo(trailBefore, levelBefore)\n      return false\n    }\n    this.#explored++',
    to: 'this.#position.undo(trailBefore, levelBefore)\n      return false\n    }\n    this.#explored++',
    subject: registerSubject,
    isAboutBlame: true,
    history: circle,
  },
  {
    name: 'blame on a return that foresight did not look at',
    file: 'walk.ts',
    from: 'this.#foreseen <= this.#bestLevel',
    to: 'true',
    subject: textsSubject,
    isAboutBlame: true,
  },
  {
    name: 'blame by foresight as far as it can see',
    file: 'search.ts',
    from: "workspace, 'near').run()",
    to: "workspace, 'open').run()",
    subject: textsSubject,
    isAboutBlame: true,
  },
  {
    name: 'blame on a part that gets stuck later than another',
    file: 'scopes.ts',
    from: '(this.#stuckAt(part) ?? end) < end',
    to: '(this.#stuckAt(part) ?? end) > end',
    subject: separateTextsSubject,
    isAboutBlame: true,
  },
  {
    name: 'blame on a part that is illegal only with what comes later',
    file: 'scopes.ts',
    from: 'operation.return <= end ? operation',
    to: 'operation.return >= end ? operation',
    subject: separateTextsSubject,
    isAboutBlame: true,
  },
]

const folder = mkdtempSync(join(tmpdir(), 'mutations-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the copied search, unchanged, is right about all these histories', async () => {
  const copy = await searchWith(undefined)
  const subjects = [registerSubject, textsSubject, separateTextsSubject, tossSubject]
  for (const subject of subjects) expect(firstWrong(copy, subject, 1000)).toBe(-1)
  expect(firstWrong(copy, rowSubject, 1000, { history: chain })).toBe(-1)
  expect(firstWrong(copy, registerSubject, 300, { history: circle, isAboutBlame: true })).toBe(-1)
  for (const subject of [textsSubject, separateTextsSubject]) {
    expect(firstWrong(copy, subject, 300, { isAboutBlame: true })).toBe(-1)
  }
})

test.each(mutations)('found out: $name', async (mutation) => {
  expect(firstWrong(await searchWith(mutation), mutation.subject, 30_000, mutation)).toBeGreaterThanOrEqual(0)
})

/** The search of a copy of the sources, with the one change. */
async function searchWith(mutation: Mutation | undefined): Promise<typeof search> {
  const copy = mkdtempSync(join(folder, 'copy-'))
  // With what it shares with the rest of the package, one folder above.
  for (const folder of ['..', '.']) {
    const from = join(import.meta.dirname, folder)
    const to = join(copy, 'general', folder)
    mkdirSync(to, { recursive: true })
    for (const name of readdirSync(from)) {
      if (name.endsWith('.ts') && !name.endsWith('.test.ts')) cpSync(join(from, name), join(to, name))
    }
  }
  if (mutation !== undefined) {
    const path = join(copy, 'general', mutation.file)
    const source = readFileSync(path, 'utf8')
    expect(source.split(mutation.from), `the text to replace in ${mutation.file}`).toHaveLength(2)
    writeFileSync(path, source.replace(mutation.from, mutation.to))
  }
  const module: { search: typeof search } = await import(
    /* @vite-ignore */ pathToFileURL(join(copy, 'general/search.ts')).href
  )
  return module.search
}

/** The first of so many random histories that gets a wrong verdict, or none, or a wrong blame; -1 if there is none. */
function firstWrong(
  decide: typeof search,
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  subject: Subject<any, any, any>,
  rounds: number,
  { history: stored, isAboutBlame = false }: Pick<Mutation, 'history' | 'isAboutBlame'> = {},
): number {
  const below = chances(1)
  const options = { rules: allRules, hasMemory: true, budget: 100_000, isOver: () => false }
  for (let round = 0; round < rounds; round++) {
    const random = randomHistory(subject, below, { most: 9, span: 14 })
    const operations = round === 0 ? (stored ?? random) : random
    const expected = isLegal(subject.model, operations) ? 'valid' : 'illegal'
    try {
      const { verdict, stuck } = decide(subject.model, operations, options)
      if (verdict !== expected) return round
      if (isAboutBlame && stuck !== undefined && operations[stuck]?.return !== firstStuck(subject.model, operations))
        return round
    } catch {
      return round
    }
  }
  return -1
}
