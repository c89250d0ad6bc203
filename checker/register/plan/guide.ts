/**
 * Says by a plan which of the ways on from a configuration to try first. What was placed otherwise than planned is left
 * to itself: the plan is made anew when the search gets stuck.
 */
import { kinds } from '../columns.ts'
import { moveSize } from '../search-moves.ts'
import { steps, useFuel, type Walk } from '../search-walk.ts'
import { Plan } from './plan.ts'
import { Stretch } from './stretch.ts'

const none = -1
/** How late a move is wanted (`search-moves.ts`): before all others, or all but those. */
const beforeAll = -2
const nextToThat = -1
/** A due write that the plan leaves unseen. */
const unseen = -2
/** For how many levels a plan is made. */
const span = 1024
/** How many levels before its end it is made anew. */
const margin = 128

export class Guide {
  readonly #walk: Walk
  readonly #windows: Int32Array
  #plan: Plan | undefined
  /** Whether the plan is followed. */
  #isOn = false

  constructor(walk: Walk, windows: Int32Array) {
    this.#walk = walk
    this.#windows = windows
  }

  /** The walk's calls up to the due return must be made. */
  plan(seed: number): void {
    this.#plan ??= new Plan(new Stretch(this.#walk, this.#windows))
    this.#plan.make(span, seed)
    this.#isOn = true
  }

  /** Whether the plan ends soon after a level, and the history does not. */
  isEnding(level: number): boolean {
    const end = this.#plan?.stretch.end ?? 0
    return end < this.#walk.cut && level > end - margin
  }

  /** Whether something that was called before the plan was made finds nothing in it to meet. */
  isShort(): boolean {
    const { stretch, links } = this.#plan ?? {}
    if (stretch === undefined || links === undefined) return false
    const { called } = this.#walk
    for (let node = 1; node < stretch.firstPending && (stretch.name[node] ?? 0) < called; node++) {
      if (stretch.isRequired[node] === 1 && stretch.meets[node] !== none && links.source[node] === none) return true
    }
    return false
  }

  leave(): void {
    this.#isOn = false
  }

  /** Moves from one place of the list to another are those of the walk's configuration: what is planned is wanted first. */
  favour(list: Int32Array, from: number, to: number): void {
    const plan = this.#plan
    if (!this.#isOn || plan === undefined) return
    const { stretch, links } = plan
    const planned = this.#planned(plan)
    if (planned === none) return
    const absorbed = planned === unseen ? (this.#walk.due << 2) | steps.absorb : none
    let hasPlain = false
    for (let at = from; at < to; at += moveSize) {
      const step = list[at + 1] ?? 0
      if (step === absorbed) list[at + 2] = beforeAll
      if (planned === unseen || step === useFuel || (step & 3) === steps.absorb) continue
      const node = stretch.nodeOf(this.#walk.nameOf(step))
      // Node 0 was placed when the plan was made.
      if (node <= 0 || stretch.puts[node] !== stretch.puts[planned]) continue
      if (stretch.isSwap(node) !== stretch.isSwap(planned)) continue
      const isPlain = list[at] === none
      // By rule R5 another one may stand for it that does the same.
      if (isPlain && !hasPlain && node !== planned) links.exchange(node, planned)
      hasPlain ||= isPlain
      list[at + 2] = isPlain ? beforeAll : nextToThat
    }
  }

  /** What the plan says comes next; -1 if it says nothing, `unseen` if it leaves the due write so. */
  #planned({ stretch, links }: Plan): number {
    const walk = this.#walk
    const shown = stretch.nodeOf(walk.lastShown())
    const after = shown === none ? none : (links.swap[shown] ?? none)
    if (after !== none && this.#isReady(stretch, after)) return after
    let at = stretch.nodeOf(walk.due)
    if (at === none) return none
    if (walk.history.kind[walk.due] === kinds.write) {
      return links.swap[at] === none && links.firstRead[at] === none ? unseen : at
    }
    let child = none
    for (let source = links.source[at] ?? none; source !== none; source = links.source[at] ?? none) {
      if (this.#isPlaced(stretch, source)) return none
      child = at
      at = source
    }
    if (stretch.meets[at] !== none || child === none) return none
    // What it would put is there already.
    if (stretch.puts[at] !== walk.state) return at
    return this.#isReady(stretch, child) ? child : none
  }

  #isReady(stretch: Stretch, node: number): boolean {
    if (node >= stretch.firstPending) return true
    const i = stretch.name[node] ?? 0
    return i < this.#walk.called && this.#walk.isOpen(i)
  }

  #isPlaced(stretch: Stretch, node: number): boolean {
    if (node === 0) return true
    const { history, called, used } = this.#walk
    const name = stretch.name[node] ?? 0
    if (node < stretch.firstPending) return name < called && !this.#walk.isOpen(name)
    const c = history.pending.memberClass[name - history.count] ?? 0
    return name - history.count - (history.pending.start[c] ?? 0) < (used[c] ?? 0)
  }
}
