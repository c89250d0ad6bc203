/** The keyboard: some keys work everywhere on the page, those that would scroll it only where the explorer has focus. */
import { useEffect } from 'preact/hooks'
import { everything } from './filter.ts'
import { searchId } from './filters.tsx'
import type { Run } from './run.ts'
import { step, stepInKey } from './select.ts'
import { panned, zoomed } from './view.ts'

type Place = { readonly current: HTMLElement | null }

export function useKeys(run: Run, root: Place, scroller: Place): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const isTyping = event.target instanceof Element && event.target.matches('input, select, textarea')
      if (event.key === 'Escape') return leave(run, isTyping)
      if (isTyping) return
      const isInside = event.target instanceof Node && root.current?.contains(event.target) === true
      if (goes(run, event.key)) {
        showUp(root.current)
        event.preventDefault()
      } else if (event.key === '/') {
        document.getElementById(searchId)?.focus()
        event.preventDefault()
      } else if (isInside && inside(run, event.key, scroller.current)) event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [run, root, scroller])
}

/** First the search, then what is selected. */
function leave(run: Run, isTyping: boolean): void {
  if (isTyping && document.activeElement instanceof HTMLElement) document.activeElement.blur()
  const isFiltered = Object.entries(run.store.state.filter).some(([, value]) => value !== '')
  run.store.set(isFiltered ? { filter: everything } : { selected: undefined })
}

/** What a key went to is not below or above the window. */
function showUp(place: HTMLElement | null): void {
  const { top = 0, bottom = 0 } = place?.getBoundingClientRect() ?? {}
  if (bottom < 300 || top > innerHeight - 300) place?.scrollIntoView({ block: 'start' })
}

function goes(run: Run, key: string): boolean {
  switch (key) {
    case 'j':
      step(run, 1)
      return true
    case 'k':
      step(run, -1)
      return true
    case ']':
      stepInKey(run, 1)
      return true
    case '[':
      stepInKey(run, -1)
      return true
    default:
      return false
  }
}

function inside(run: Run, key: string, scroller: HTMLElement | null): boolean {
  const { store, bounds } = run
  const { view } = store.state
  const width = view.toUs - view.fromUs
  const zoom = (factor: number) => store.set({ view: zoomed(view, factor, (view.fromUs + view.toUs) / 2, bounds) })
  switch (key) {
    case 'ArrowLeft':
      store.set({ view: panned(view, -width / 5, bounds) })
      return true
    case 'ArrowRight':
      store.set({ view: panned(view, width / 5, bounds) })
      return true
    case 'ArrowUp':
    case 'ArrowDown':
      scroller?.scrollBy(0, key === 'ArrowUp' ? -51 : 51)
      return true
    case '+':
    case '=':
      zoom(0.5)
      return true
    case '-':
      zoom(2)
      return true
    case '0':
      store.set({ view: bounds })
      return true
    default:
      return false
  }
}
