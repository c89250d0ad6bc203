/**
 * Why a few ops can not be put in order, step by step: which may come first, what each leaves there, and where every
 * order ends. A proof is shown only if it is one: all orders are tried, and what was left out of the history was left
 * out by steps that keep a legal history legal (`Model.relax`, `Model.removable`).
 */
import { isPending, type Model, type Operation } from 'porcupine-ts'
import type { RecordedOperation } from 'porcupine-ts/formats'
import type { KvInput, KvOutput, KvValue } from 'porcupine-ts/models'

type KvLike<S> = Model<S, KvInput, KvOutput>
type KvOperation = Operation<KvInput, KvOutput>

/** One line of a proof. Ops are named by their places in the core; `seen` and `start` are of none. */
export interface ProofLine {
  /** How many choices stand above this line. */
  readonly depth: number
  readonly kind: 'placed' | 'refused' | 'waits' | 'seen' | 'start' | 'taken'
  readonly op: number
  readonly text: string
}

export const linesAtMost = 48
export const opsAtMost = 10

/**
 * The proof that the core, and with it the history of its key, is illegal; `undefined` where there is none to print:
 * too long, or the core shows more or less than what is illegal by itself. `history` is all that the key's history
 * holds; what failed and reads without an answer are not among it.
 */
export function proofOf(
  model: KvLike<unknown>,
  core: readonly RecordedOperation[],
  history: readonly RecordedOperation[],
): ProofLine[] | undefined {
  const inOrder = core.toSorted((a, b) => a.call - b.call || a.id - b.id)
  if (inOrder.length === 0 || inOrder.length > opsAtMost) return undefined
  // Versions alone, where every answer has one: then any op may be left out.
  const relaxed = model.relax?.(inOrder)
  const byVersions = relaxed === undefined ? undefined : linesOf(relaxed, inOrder, stateText)
  if (byVersions !== undefined) return byVersions
  const weak = (operation: RecordedOperation): RecordedOperation => {
    const { output } = operation
    return output === undefined || model.weaken === undefined
      ? operation
      : { ...operation, output: model.weaken(output) }
  }
  if (!isLeftByRemoval(model, new Set(inOrder.map(({ id }) => id)), history.map(weak))) return undefined
  // Versions count what was left out as well, so here they say nothing.
  return linesOf(model, inOrder.map(weak), (state) => stateText(withoutVersion(state)))
}

/** Whether the rest can go, group by group, each time by the model's leave. */
function isLeftByRemoval(
  model: KvLike<unknown>,
  kept: ReadonlySet<number>,
  history: readonly RecordedOperation[],
): boolean {
  let left = history
  for (let before = left.length + 1; left.length < before; ) {
    before = left.length
    const groups = model.removable?.(left) ?? []
    const gone = new Set(groups.filter((group) => group.every((at) => !kept.has(left[at]?.id ?? -1))).flat())
    left = left.filter((_, at) => !gone.has(at))
  }
  return left.length === kept.size && left.every(({ id }) => kept.has(id))
}

/** All orders, or `undefined` if one of them is legal or they are too many to print. `numbers`: of the ops in a text. */
export function linesOf<S>(
  model: KvLike<S>,
  core: readonly KvOperation[],
  tell: (state: S) => string,
  numbers: readonly number[] = core.map((_, at) => at + 1),
): ProofLine[] | undefined {
  const lines: ProofLine[] = []
  const seen = new Set<string>()
  /** Whether every order that begins so fails. */
  const fails = (left: readonly number[], state: S, depth: number): boolean => {
    if (left.every((at) => isOpen(core[at])) || lines.length > linesAtMost) return false
    const name = `${left.join()} ${JSON.stringify(state)}`
    const tried = left.map((op) => ({ op, ...candidate(model, { core, left, tell, numbers }, op, state) }))
    const free = tried.filter(({ next }) => next.length > 0)
    // What changes nothing comes at once: whatever follows could follow it as well.
    const atOnce = free.find(({ op, next }) => isQuiet(model, core[op]) && next.length === 1)
    const branches = atOnce === undefined ? free : [atOnce]
    if (seen.has(name)) {
      lines.push({
        depth,
        kind: 'seen',
        op: left[0] ?? 0,
        text: 'the same ops are left as above, and the same is there',
      })
      return true
    }
    seen.add(name)
    for (const { op, kind, text } of atOnce === undefined ? tried : []) {
      // What must wait is told where nothing else is left; elsewhere it goes without saying.
      if (kind === 'refused' || (kind === 'waits' && free.length === 0)) lines.push({ depth, kind, op, text })
    }
    const inner = branches.length > 1 ? depth + 1 : depth
    return branches.every(({ op, next, text }) => {
      lines.push({
        depth,
        kind: 'placed',
        op,
        text: branches.length > 1 ? text.replace(/^comes next[^;]*/, 'may come next') : text,
      })
      return next.every((after) =>
        fails(
          left.filter((at) => at !== op),
          after,
          inner,
        ),
      )
    })
  }
  return fails(
    core.map((_, at) => at),
    model.init(),
    0,
  ) && lines.length <= linesAtMost
    ? lines
    : undefined
}

interface Candidate<S> {
  readonly kind: 'placed' | 'refused' | 'waits'
  readonly text: string
  readonly next: readonly S[]
}

interface Standing<S> {
  readonly core: readonly KvOperation[]
  readonly numbers: readonly number[]
  /** Ops that have no place yet. */
  readonly left: readonly number[]
  readonly tell: (state: S) => string
}

function candidate<S>(
  model: KvLike<S>,
  { core, left, tell, numbers }: Standing<S>,
  op: number,
  state: S,
): Candidate<S> {
  const operation = core[op]
  if (operation === undefined) return { kind: 'waits', text: '', next: [] }
  const first = left.find((at) => (core[at]?.return ?? Number.POSITIVE_INFINITY) < operation.call)
  if (first !== undefined)
    return { kind: 'waits', text: `must wait for ${numbers[first]}, which was answered before it began`, next: [] }
  const next = model.step(state, operation.input, operation.output)
  const [after] = next
  if (after === undefined) return { kind: 'refused', text: refusal(state, operation), next }
  const rest = left.filter((at) => at !== op)
  const others = rest.filter((at) => (core[at]?.call ?? 0) <= operation.return)
  const why =
    rest.length === 0
      ? 'comes last'
      : others.length === 0
        ? 'comes next, for it was answered before any other began'
        : 'comes next'
  return {
    kind: 'placed',
    text: isQuiet(model, operation) ? 'fits here and changes nothing' : `${why}; then ${tell(after)}`,
    next,
  }
}

/** Why the model refuses an op in a state, in a person's words. What a version says stands above what a value says. */
export function refusal(state: unknown, { input, output = {} }: Pick<KvOperation, 'input' | 'output'>): string {
  const { value, version } = fieldsOf(state)
  return (
    (version === undefined ? undefined : versionClash(input, output, version)) ??
    (value === undefined ? undefined : valueClash(input, output, value)) ??
    `it does not fit where ${stateText(state)}`
  )
}

function versionClash(input: KvInput, { swapped, version: told }: KvOutput, version: number): string | undefined {
  if (told === undefined) return undefined
  const isChange = input.f !== 'read' && swapped !== false
  if (told === (isChange ? version + 1 : version)) return undefined
  if (isChange && told <= version) return `it made version ${told}, but version ${version} had been made before`
  if (isChange) return `it made version ${told}, but version ${version + 1} would have been next`
  return `it saw version ${told}, but ${told > version ? 'only ' : ''}version ${version} had been reached`
}

function valueClash(input: KvInput, { value: seen, swapped, found }: KvOutput, value: KvValue): string | undefined {
  const there = value === null ? 'nothing' : valueText(value)
  const clash = (did: string, what: KvValue): string =>
    `it ${did} ${what === null ? 'nothing' : valueText(what)}, but ${there} was there`
  if (input.f === 'read') return seen === undefined || seen === value ? undefined : clash('saw', seen)
  if (input.f !== 'cas') return undefined
  const [from] = input.value
  if (swapped === true && from !== value) return clash('replaced', from)
  if (swapped === false && from === value) return `it was refused, although ${there} was there`
  return found === undefined || found === value ? undefined : clash('found', found)
}

/** `5 is there, version 7`. */
export function stateText(state: unknown): string {
  const { value, version } = fieldsOf(state)
  const there =
    value === undefined ? 'some value is there' : value === null ? 'nothing is there' : `${valueText(value)} is there`
  return version === undefined ? there : `${there}, version ${version}`
}

export function valueText(value: KvValue): string {
  if (value === null) return 'absent'
  const text = JSON.stringify(value)
  return text.length <= 60 ? text : `${text.slice(0, 25)}…${text.slice(-30)}`
}

export function withoutVersion(state: unknown): unknown {
  const { version: _, ...rest } = fieldsOf(state)
  return rest
}

/** The models of the registry hold a value and a version; others are shown as JSON. */
function fieldsOf(state: unknown): { value?: KvValue; version?: number } {
  if (typeof state !== 'object' || state === null) return { value: JSON.stringify(state) }
  const fields: { value?: unknown; version?: unknown } = state
  const isValue = fields.value === null || ['string', 'number', 'boolean'].includes(typeof fields.value)
  return {
    ...(isValue ? { value: fields.value as KvValue } : {}), // The line above has looked.
    ...(typeof fields.version === 'number' ? { version: fields.version } : {}),
  }
}

function isOpen(operation: KvOperation | undefined): boolean {
  return operation === undefined || isPending(operation)
}

function isQuiet<S>(model: KvLike<S>, operation: KvOperation | undefined): boolean {
  return operation !== undefined && (model.readOnly?.(operation.input, operation.output) ?? false)
}
