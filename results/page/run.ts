/** The run as the page's program holds it, and what it works out of it as need be. */
import { type Ops, placeOf, unpackOps } from '../report/ops.ts'
import type { PageData } from '../report/page-data.ts'
import { Texts } from './filter.ts'
import { type KeyOrder, orderOf } from './order.ts'
import { type PageState, Store } from './store.ts'
import type { View } from './view.ts'

export class Run {
  readonly data: PageData
  readonly ops: Ops
  readonly texts: Texts
  readonly store: Store
  /** What the page shows before anybody does anything. */
  readonly first: PageState
  readonly bounds: View
  /** Places of the core's ops, by call, with the numbers that they have all over the page. */
  readonly core: ReadonlyMap<number, number>
  readonly blocked: number | undefined
  readonly #ofKey = new Map<number, number[]>()

  constructor(data: PageData) {
    this.data = data
    this.ops = unpackOps(data.ops)
    this.texts = new Texts(this.ops)
    this.bounds = { fromUs: 0, toUs: Math.max(1, data.endUs) }
    const core = (data.anomaly?.core ?? []).map((id) => placeOf(this.ops, id)).filter((at) => at >= 0)
    this.core = new Map(core.map((at, number) => [at, number + 1]))
    const blocked = data.anomaly?.blocked === undefined ? -1 : placeOf(this.ops, data.anomaly.blocked)
    this.blocked = blocked < 0 ? undefined : blocked
    for (let at = 0; at < this.ops.length; at++) {
      const key = this.ops.key[at] ?? -1
      const own = this.#ofKey.get(key)
      if (own === undefined) this.#ofKey.set(key, [at])
      else own.push(at)
    }
    this.first = {
      view: this.bounds,
      filter: { text: '' },
      grouping: this.#ofKey.size > 1 ? 'key' : 'client',
      selected: undefined,
      orders: new Map(),
    }
    this.store = new Store(this.first)
  }

  /** Numbers of keys; -1 stands for ops without one. */
  get keys(): readonly number[] {
    return [...this.#ofKey.keys()]
  }

  placesOf(key: number): readonly number[] {
    return this.#ofKey.get(key) ?? []
  }

  /** The checker's word on a key, asked for once. */
  order(key: number): KeyOrder | string {
    const known = this.store.state.orders.get(key)
    if (known !== undefined) return known
    const order = orderOf(this.ops, this.placesOf(key), this.data)
    this.store.set({ orders: new Map(this.store.state.orders).set(key, order) })
    return order
  }

  /** What `j` and `k` go through: the ops of the anomaly, and of other keys the op that fits into no order; by time. */
  stops(): number[] {
    const found = new Set(this.core.keys())
    if (this.blocked !== undefined) found.add(this.blocked)
    for (const order of this.store.state.orders.values()) {
      if (typeof order === 'string' || order.verdict !== 'illegal' || order.stuck === undefined) continue
      const at = placeOf(this.ops, order.stuck)
      // The anomaly that was explained stands for its key.
      if (at >= 0 && this.ops.names.key[this.ops.key[at] ?? -1] !== this.data.anomaly?.key) found.add(at)
    }
    return [...found].sort((a, b) => a - b)
  }
}
