/** What the panels of the page share: a few values, and who wants to know when they change. */
import { useEffect, useState } from 'preact/hooks'
import type { Filter } from './filter.ts'
import type { Grouping } from './lanes.ts'
import type { KeyOrder } from './order.ts'
import type { View } from './view.ts'

export interface PageState {
  readonly view: View
  readonly filter: Filter
  readonly grouping: Grouping
  /** The place of the op that is looked at. */
  readonly selected: number | undefined
  /** What the checker said of keys so far, by their number. */
  readonly orders: ReadonlyMap<number, KeyOrder | string>
}

export class Store {
  #state: PageState
  readonly #listeners = new Set<() => void>()

  constructor(state: PageState) {
    this.#state = state
  }

  get state(): PageState {
    return this.#state
  }

  set(change: Partial<PageState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener()
  }

  /** Returns what ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** Renders again when the picked value changes. */
export function useStore<T>(store: Store, pick: (state: PageState) => T): T {
  const [value, setValue] = useState(() => pick(store.state))
  useEffect(() => {
    const look = () => setValue(() => pick(store.state))
    look()
    return store.subscribe(look)
  }, [store])
  return value
}
