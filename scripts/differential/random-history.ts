/**
 * Random histories of one register for differential tests, each a function of its seed. An object that is right takes
 * the operations at random moments of their intervals; then, in many, a few answers or effects are damaged. The mix
 * changes from history to history: few values or unique ones, versions or none, deletes, appends, chains of
 * compare-and-sets, refusals that do not say what they met, pending operations, coarse clocks.
 */
import { appendKv, casRegister, type KvModel, register, withInitial } from '../../checker/models/index.ts'
import type { KvInput, KvOutput, KvState, KvValue } from '../../checker/models/kv.ts'
import { type Draw, drawFrom } from '../bench-checker/draw.ts'
import { type KvOperation, mostOperations } from './oracle.ts'

export interface RandomHistory {
  readonly seed: number
  readonly model: KvModel
  readonly modelName: 'register' | 'cas-register' | 'append-kv'
  readonly initial: KvValue
  readonly operations: readonly KvOperation[]
}

/** What the operations of one history have in common. Shares are in percent. */
interface Mix {
  readonly modelName: RandomHistory['modelName']
  readonly count: number
  readonly clients: number
  /** How many values are written; 0: each write has one of its own. */
  readonly values: number
  readonly initial: KvValue
  readonly versions: 'none' | 'some' | 'all'
  readonly hidesFound: boolean
  readonly pending: number
  readonly damage: number
  /** How much time passes between two moments at most; small: many are equal. */
  readonly pace: number
  readonly weights: Readonly<Record<KvInput['f'], number>>
  /** How often a compare-and-set asks for what is really there. */
  readonly aim: number
  /** How often an operation that returned has an output nobody knows, or a pending one an output. Legal, but odd. */
  readonly odd: number
}

interface Draft {
  readonly process: number
  readonly call: number
  readonly end: number
  readonly moment: number
  readonly isPending: boolean
}

/** Lost: it was acknowledged and never took effect. Stale: it took effect, and answered from an old state. */
const damages = ['lost', 'stale', 'output', 'output'] as const

export function randomHistory(seed: number): RandomHistory {
  const draw = drawFrom(seed)
  const mix = drawMix(draw)
  const { modelName, initial } = mix
  const base = { register, 'cas-register': casRegister, 'append-kv': appendKv }[modelName]
  const model = initial === null ? base : withInitial(base, initial)
  return { seed, model, modelName, initial, operations: play(draw, mix, model) }
}

function drawMix(draw: Draw): Mix {
  const emphasis = draw.pick(['none', 'none', 'versions', 'appends', 'search'])
  const modelName = emphasis === 'appends' ? 'append-kv' : draw.pick(['cas-register', 'cas-register', 'register'])
  const hasCas = modelName === 'cas-register'
  const isBlind = draw.percent(50)
  const mix: Mix = {
    modelName,
    count: drawCount(draw),
    clients: draw.between(2, 8),
    values: draw.pick([0, 0, 2, 3, 5]),
    initial: draw.pick([null, null, null, modelName === 'append-kv' ? '' : 1]),
    versions: draw.pick(['none', 'none', 'none', 'all', 'some']),
    hidesFound: isBlind,
    pending: draw.pick([0, 0, 10, 30, 60]),
    damage: draw.pick([0, 5, 15, 40]),
    pace: draw.pick([1, 2, 5, 20, 100]),
    weights: {
      read: draw.pick([2, 4, 8]),
      write: draw.pick([1, 3, 6]),
      delete: modelName === 'register' ? 0 : draw.pick([0, 0, 1, 3]),
      append: modelName === 'append-kv' ? draw.pick([2, 6]) : 0,
      cas: hasCas ? draw.pick([1, 4, 8]) : 0,
    },
    aim: draw.pick([0, 50, 90]),
    odd: draw.pick([0, 0, 0, 0, 0, 0, 0, 10]),
  }
  return { ...mix, ...emphasised(draw, emphasis, mix) }
}

/** Where conditions matter that the common mix seldom touches. */
function emphasised(draw: Draw, emphasis: string, mix: Mix): Partial<Mix> {
  switch (emphasis) {
    // Gaps in the versions, and pending operations that could fill them.
    case 'versions':
      return { versions: 'all', pending: draw.pick([10, 30, 60]), values: draw.pick([0, 2, 3]), odd: 0 }
    // Unobserved and repeated texts.
    case 'appends':
      return { versions: draw.pick(['none', 'none', 'all']), values: draw.pick([0, 0, 3]) }
    // Much under way at once, few values, blind refusals: where the search has choices, and its memory hits.
    case 'search':
      return {
        modelName: 'cas-register',
        count: draw.between(12, mostOperations - 4),
        clients: draw.between(4, 8),
        values: draw.between(2, 4),
        versions: 'none',
        hidesFound: true,
        pending: draw.pick([0, 0, 10, 20]),
        damage: draw.pick([0, 5, 15]),
        pace: draw.pick([5, 20, 100]),
        aim: draw.pick([50, 90]),
        weights: { ...mix.weights, append: 0, cas: draw.pick([3, 6]) },
      }
    default:
      return {}
  }
}

/** A third small enough for every order to be tried, few as large as the search can bear. */
function drawCount(draw: Draw): number {
  const kind = draw.below(6)
  if (kind < 2) return draw.between(2, 8)
  return kind < 5 ? draw.between(8, 18) : draw.between(18, mostOperations)
}

/** Clients take turns as their operations end; each operation takes effect at its moment, or a pending one perhaps. */
function play(draw: Draw, mix: Mix, model: KvModel): readonly KvOperation[] {
  const drafts = schedule(draw, mix)
  const order = drafts.map((_draft, id) => id)
  order.sort((a, b) => (drafts[a]?.moment ?? 0) - (drafts[b]?.moment ?? 0) || a - b)
  const operations: KvOperation[] = []
  let state = model.init()
  const states: KvState[] = [state]
  for (const id of order) {
    const draft = drafts[id]
    if (draft === undefined) continue
    const input = drawInput(draw, mix, state, id)
    const damage = draw.percent(mix.damage) ? draw.pick(damages) : 'none'
    const seen = damage === 'stale' ? draw.pick([state, ...states]) : state
    const answered = model.step(seen, input, undefined)[0] ?? seen
    if (draft.isPending ? draw.percent(50) : damage !== 'lost') {
      state = model.step(state, input, undefined)[0] ?? state
      states.push(state)
    }
    const answer = observe(draw, mix, input, seen, answered.version)
    const output = damage === 'output' ? damaged(draw, mix, answer) : answer
    const isOdd = draw.percent(mix.odd)
    operations.push({
      id,
      process: draft.process,
      input,
      output: draft.isPending === isOdd ? output : undefined,
      call: draft.call,
      return: draft.isPending ? Number.POSITIVE_INFINITY : draft.end,
    })
  }
  // Checkers must not care in which order they get them.
  return draw.percent(10) ? operations : operations.sort((a, b) => a.call - b.call || a.id - b.id)
}

function schedule(draw: Draw, mix: Mix): readonly Draft[] {
  const free = Array.from({ length: mix.clients }, (_none, process) => ({ process, at: draw.below(2 * mix.pace) }))
  return Array.from({ length: mix.count }, () => {
    const client = free.reduce((a, b) => (b.at < a.at ? b : a))
    const { process } = client
    const call = client.at
    const length = draw.below(4 * mix.pace)
    const isPending = draw.percent(mix.pending)
    const moment = call + (isPending ? draw.below(20 * mix.pace) : (draw.below(17) / 16) * length)
    client.at = call + length + draw.below(mix.pace)
    if (isPending) client.process += mix.clients
    return { process, call, end: call + length, moment, isPending }
  })
}

function drawInput(draw: Draw, mix: Mix, state: KvState, id: number): KvInput {
  switch (drawFunction(draw, mix)) {
    case 'read':
      return { f: 'read' }
    case 'write':
      return { f: 'write', value: drawValue(draw, mix, id) }
    case 'delete':
      return { f: 'delete' }
    case 'append':
      return { f: 'append', value: String(drawValue(draw, mix, id)) }
    case 'cas': {
      const from = draw.percent(mix.aim) ? state.value : drawExpected(draw, mix, id)
      // Now and then it changes nothing, or puts what nobody else would.
      const to = draw.percent(5) ? from : draw.percent(4) ? null : drawValue(draw, mix, id)
      return { f: 'cas', value: [from, to] }
    }
  }
}

function drawFunction(draw: Draw, { weights }: Mix): KvInput['f'] {
  let at = draw.below(weights.read + weights.write + weights.delete + weights.append + weights.cas)
  for (const f of ['read', 'write', 'delete', 'append'] as const) {
    if (at < weights[f]) return f
    at -= weights[f]
  }
  return 'cas'
}

/** Texts are tokens that end in a blank, as a tester would write them, or few letters, where parses are ambiguous. */
function drawValue(draw: Draw, { values, modelName }: Mix, id: number): KvValue {
  if (modelName === 'append-kv') return values === 0 ? `${id} ` : draw.pick(['a', 'b', 'ab', ''])
  return values === 0 ? 10 + id : draw.between(1, values)
}

/** A value that a compare-and-set might hope to find. */
function drawExpected(draw: Draw, { values }: Mix, id: number): KvValue {
  if (draw.percent(10)) return null
  return values === 0 ? 10 + draw.below(id + 3) : draw.between(1, values)
}

function observe(draw: Draw, mix: Mix, input: KvInput, before: KvState, version: number): KvOutput {
  const hasVersion = mix.versions === 'all' || (mix.versions === 'some' && draw.percent(50))
  const counted = hasVersion ? { version } : {}
  if (input.f === 'read') return { ...counted, value: before.value }
  if (input.f !== 'cas') return counted
  const swapped = before.value === input.value[0]
  return swapped || mix.hidesFound ? { ...counted, swapped } : { ...counted, swapped, found: before.value }
}

function damaged(draw: Draw, mix: Mix, output: KvOutput): KvOutput {
  if (output.version !== undefined && draw.percent(50)) {
    return { ...output, version: Math.max(0, output.version + draw.between(-2, 2)) }
  }
  if (output.swapped !== undefined && draw.percent(50)) {
    const { found: _, ...rest } = output
    return { ...rest, swapped: !output.swapped }
  }
  const other = draw.percent(10) ? null : drawValue(draw, mix, draw.below(mix.count))
  if (output.found !== undefined) return { ...output, found: other }
  return output.value === undefined ? output : { ...output, value: other }
}
