/**
 * The proof of a core that the checker found by steps of its own: windows of the history, whatever the key held before,
 * and ops that say less than they did (`checker/explain/cores.ts`, `checker/models/kv-shrink.ts` give the reason for each
 * step). That the rest could be left out is the checker's word; here all orders of what it kept are tried again.
 */
import type { Operation } from 'porcupine-ts'
import type { RecordedOperation } from 'porcupine-ts/formats'
import type { KvInput, KvModel, KvOutput, KvState, KvValue } from 'porcupine-ts/models'
import type { ReducedCore, ReducedOperation, ShownOperation } from '../outcome.ts'
import { linesAtMost, linesOf, opsAtMost, type ProofLine, stateText, valueText, withoutVersion } from './proof.ts'

/** Ops as the report shows them, by call; their places are the ops of the lines. */
export interface ShownCore {
  readonly core: readonly ShownOperation[]
  /** The same as recorded; for what the checker takes as less. */
  readonly recorded: readonly RecordedOperation[]
}

/** `undefined` where there is none to print: too long, or not illegal by itself after all. */
export function reducedProof(model: KvModel, reduced: ReducedCore, shown: ShownCore): ProofLine[] | undefined {
  const ops = reduced.ops.toSorted((a, b) => a.callUs - b.callUs)
  // With versions they may be illegal by these alone, which is not this model; `proofOf` looks at that.
  if (ops.length === 0 || ops.length > opsAtMost || ops.some(({ output }) => output?.version !== undefined)) return
  const places = ops.map((op) => shown.core.findIndex((each) => isSame(each, op)))
  if (places.includes(-1)) return undefined
  const core = ops.map(operationOf)
  const starts = reduced.start === 'given' ? [model] : model.shrinking?.(core)?.anyStart(core)
  if (starts === undefined) return undefined
  const lines = ops.flatMap((op, at) => takenAs(model, op, places[at] ?? 0, shown))
  for (const [at, start] of starts.entries()) {
    // The first is for all values that no op of the core tells from each other.
    const unseen = reduced.start === 'any' && at === 0 ? start.init().value : undefined
    const orders = linesOf(
      start,
      core,
      (state: KvState) => stateText(withoutVersion(state)),
      places.map((place) => place + 1),
    )
    if (orders === undefined) return undefined
    if (reduced.start === 'any') lines.push(startLine(start, unseen !== undefined, starts.length === 1))
    for (const { depth, op, text, ...line } of orders) {
      lines.push({
        ...line,
        depth: reduced.start === 'any' ? depth + 1 : depth,
        op: places[op] ?? 0,
        text: unseen === undefined ? text : named(text, unseen),
      })
    }
  }
  return lines.length <= linesAtMost ? lines : undefined
}

/** A process has one op open at a time, so its number and the call's time name an op. */
function isSame(op: ShownOperation, { process, callUs }: ReducedOperation): boolean {
  return op.process === process && op.callUs === callUs
}

function operationOf({ process, callUs, returnUs, input, output }: ReducedOperation, id: number): KvOperation {
  return { id, process, input, output, call: callUs, return: returnUs ?? Number.POSITIVE_INFINITY }
}

type KvOperation = Operation<KvInput, KvOutput>

function startLine(start: Pick<KvModel, 'init'>, isUnseen: boolean, isOnly: boolean): ProofLine {
  const { value } = start.init()
  const text = isOnly
    ? 'whatever was there before these ops, as none of them can have seen it'
    : isUnseen
      ? 'if anything was there before these ops that none of them saw'
      : `if ${value === null ? 'nothing' : valueText(value)} was there before these ops`
  return { depth: 0, kind: 'start', op: 0, text }
}

/** The value that stands for all others is unlike any that an op names, so its text, quotes and all, is nowhere else. */
function named(text: string, unseen: KvValue): string {
  return text.replaceAll(JSON.stringify(unseen), 'something else')
}

/** What an op counts as, where that is less than what it did; that versions are left out goes without saying. */
function takenAs(model: KvModel, op: ReducedOperation, place: number, { recorded }: ShownCore): ProofLine[] {
  const original = recorded.find(({ process, call }) => process === op.process && call === op.callUs)
  if (original === undefined) return []
  const { input, output } = original
  const said = output === undefined ? undefined : (model.weaken?.(output) ?? output)
  const line = (text: string): ProofLine[] => [{ depth: 0, kind: 'taken', op: place, text }]
  if (op.returnUs === undefined && original.return !== Number.POSITIVE_INFINITY) {
    return line(`counts as ${deed(op)} that was never answered: what its answer says is not needed`)
  }
  return saying(input, said) === saying(op.input, op.output) ? [] : line(`counts as ${deed(op)}, which asks for less`)
}

/** All that matters of an op, in a fixed order; the key is the same for all. */
function saying(input: KvInput, output: KvOutput | undefined): string {
  const asked = input.f === 'read' || input.f === 'delete' ? undefined : input.value
  const { value, swapped, found } = output ?? {}
  return JSON.stringify(
    [input.f, asked, output === undefined, value, swapped, found].map((each) =>
      each === undefined ? 'absent' : [each],
    ),
  )
}

function deed({ input, output }: ReducedOperation): string {
  switch (input.f) {
    case 'read':
      return output?.value === undefined ? 'a read' : `a read of ${valueText(output.value)}`
    case 'write':
      return `a write of ${valueText(input.value)}`
    case 'delete':
      return 'a delete'
    case 'append':
      return `an append of ${valueText(input.value)}`
    case 'cas': {
      const done = output?.swapped === false ? 'a refused change' : 'a change'
      return `${done} from ${valueText(input.value[0])} to ${valueText(input.value[1])}`
    }
    default:
      return input satisfies never
  }
}
