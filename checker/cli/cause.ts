/** Why a history is illegal: its core, cut down and confirmed, in words. */
import type { Weaker } from '../explain/consistency.ts'
import { minimize } from '../explain/minimize.ts'
import { blaming } from '../model-error.ts'
import type { Operation } from '../operation.ts'
import type { PartitionResult } from '../result.ts'
import type { Subject } from './subject.ts'
import type { Telling } from './telling.ts'

export interface Cause {
  readonly key: string | undefined
  /** The kind of anomaly, where the model has kinds. */
  readonly kind: string | undefined
  readonly text: string
  readonly core: readonly CoreOperation[]
  /** The plain search finds the core illegal too. */
  readonly confirmed: boolean
  /** What is left of the key's consistency, where the model is one of a key-value store. */
  readonly weaker?: Weaker
}

export interface CoreOperation {
  readonly id: number
  readonly process: number
  readonly text: string
}

export function causeOf<S, I, O, Op extends Operation<I, O>>(
  { model }: Subject<S, I, O, Op>,
  illegal: PartitionResult<Op>,
  telling: Telling<Op> | undefined,
): { readonly cause: Cause; readonly core: readonly Op[] } {
  const { core, confirmed } = blaming(model, illegal.operations, (watched) =>
    minimize(watched, illegal.operations, illegal.stuck, { core: illegal.core }),
  )
  const told = blaming(model, core, (watched) =>
    core.map(({ id, process, input, output }): CoreOperation => {
      const text = watched.describeOperation?.(input, output) ?? `${JSON.stringify(input)} -> ${JSON.stringify(output)}`
      return { id, process, text }
    }),
  )
  const explained = telling?.explain(core, illegal)
  const list = told.map(({ id, process, text }) => `event ${id}, process ${process}: ${text}`).join('; ')
  const text =
    explained?.text ?? `These operations can not be put in any order that fits their times and answers: ${list}.`
  const left = telling?.weaker(illegal.operations)
  const cause = { key: illegal.key, kind: explained?.kind, text, core: told, confirmed }
  return { cause: left === undefined ? cause : { ...cause, weaker: left }, core }
}
