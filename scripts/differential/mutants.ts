/**
 * Engines with one of their soundness conditions switched off. Each is wrong on purpose: a differential test that does
 * not notice it would not have noticed the mistake either.
 */

import type { Decision } from '../../checker/procedure.ts'
import { allAppendRules, decideAppends } from '../../checker/register/appends.ts'
import { allBlockRules } from '../../checker/register/block-rules.ts'
import { decideBlocks } from '../../checker/register/blocks.ts'
import { allConditions, allRegisterRules } from '../../checker/register/rules.ts'
import { decideRegister } from '../../checker/register/search.ts'
import { registerColumns } from '../../checker/register/translate.ts'
import { allVersionRules, decideVersions } from '../../checker/register/versions.ts'
import type { Engine, Opinion, Question } from './engines.ts'

/** By `ENGINE without CONDITION`. */
export const mutants: Readonly<Record<string, Engine>> = {
  ...without('versions', allVersionRules, ({ model, operations, limits }, rules) =>
    decideVersions(model, operations, limits, rules),
  ),
  ...without('appends', allAppendRules, ({ model, operations, limits }, rules) =>
    decideAppends(model, operations, limits, rules),
  ),
  ...without('blocks', allBlockRules, ({ model, operations }, rules) => {
    const columns = registerColumns(model, operations)
    return columns && decideBlocks(columns, rules)
  }),
  ...without('register search', allConditions, ({ model, operations, limits }, conditions) => {
    const columns = registerColumns(model, operations)
    return columns && decideRegister(columns, limits, { ...allRegisterRules, easesOff: false, conditions })
  }),
}

export function mutantEngines(name: string): Readonly<Record<string, Engine>> {
  const engine = mutants[name]
  if (engine === undefined) {
    throw new RangeError(`no mutant is called ${name}; these are known: ${Object.keys(mutants).join(', ')}`)
  }
  return { [name]: engine }
}

function without<Rules extends Readonly<Record<keyof Rules, boolean>>>(
  name: string,
  all: Rules,
  decide: (question: Question, rules: Rules) => Decision | undefined,
): Readonly<Record<string, Engine>> {
  return Object.fromEntries(
    Object.keys(all).map((condition) => [
      `${name} without ${condition}`,
      (question: Question) => opinion(decide(question, { ...all, [condition]: false })),
    ]),
  )
}

/** The verdict alone: orders over columns lack the operations that say nothing, which a procedure puts back. */
function opinion(decision: Decision | undefined): Opinion | undefined {
  if (decision === undefined) return undefined
  return { verdict: decision.verdict, ...(decision.verdict === 'valid' ? { isUnproved: true } : {}) }
}
