/** The page's program: unpacks the run and fills the places that the page keeps for it. The rest stands without it. */
import { render } from 'preact'
import { Charts } from './charts.tsx'
import { copyButtons } from './copy.ts'
import { Explorer } from './explorer.tsx'
import { Moment } from './moment.tsx'
import { permalinks } from './permalink.ts'
import { Run } from './run.ts'
import { unpacked } from './unpack.ts'
import './page.css'

copyButtons()
start().catch((error: unknown) => {
  const place = document.getElementById('explorer')
  if (place !== null) place.textContent = `The explorer could not start: ${String(error)}`
  throw error
})

async function start(): Promise<void> {
  const text = document.getElementById('run')?.textContent
  if (!text) return
  const run = new Run(await unpacked(text))
  permalinks(run)
  mount('explorer', <Explorer run={run} />)
  mount('moment', <Moment run={run} />)
  // For whoever measures: two frames later, all of it has been painted.
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('faultline:drawn')))
  // The charts are further down: what is seen first comes first.
  whenIdle(() => {
    mount('charts', <Charts run={run} />)
    checkKeys(run, [...run.keys])
  })
}

function mount(id: string, view: preact.ComponentChild): void {
  const place = document.getElementById(id)
  if (place === null) return
  place.replaceChildren()
  render(view, place)
}

/** Asks the checker about one key after the other, whenever there is time. */
function checkKeys(run: Run, left: number[]): void {
  const key = left.shift()
  if (key === undefined) {
    document.documentElement.dataset.checked = 'yes'
    return
  }
  run.order(key)
  whenIdle(() => checkKeys(run, left))
}

function whenIdle(task: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(task, { timeout: 500 })
  else setTimeout(task, 1)
}
