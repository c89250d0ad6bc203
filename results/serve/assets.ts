/** The pages' style sheet, program and icon. They hold nothing of any run. */
import { style } from '../report/style.ts'

export interface Asset {
  readonly contentType: string
  readonly text: string
}

const more = `
.home { color: inherit; text-decoration: none } .home:hover { text-decoration: underline }
.badge { padding: 1px 10px 1px 8px; gap: 6px; font-size: 12.5px; white-space: nowrap }
.verdict .badge { padding: 4px 14px 4px 11px; gap: 9px; font-size: 15px }
.chips { display: flex; flex-wrap: wrap; gap: 8px; margin: 4px 0 16px }
.chip { padding: 3px 12px; border: 1px solid var(--line); border-radius: 99px; color: var(--ink); text-decoration: none; font-size: 13.5px }
.chip:hover { background: var(--ground) } .chip.on { border-color: var(--ink); background: var(--ground); font-weight: 650 }
.filters { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 18px; font-size: 13px; color: var(--soft) }
.filters input[type="search"] { flex: 1 1 250px; min-width: 180px }
button, select, input[type="search"], input[type="date"] { font: 13px var(--sans); color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: 5px 10px; min-height: 31px }
button { cursor: pointer } button:hover { background: var(--ground) }
:focus-visible { outline: 2px solid var(--ok); outline-offset: 2px }
.wide-page { max-width: 1560px }
.runs td, .runs th { padding-right: 14px; overflow-wrap: break-word } .runs thead a { color: inherit; text-decoration: none; white-space: nowrap } .runs thead a:hover { text-decoration: underline }
.runs tbody tr:hover { background: var(--ground) }
.runs .when { white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--soft) }
.runs .name { font-family: var(--mono); font-size: 12.5px; min-width: 190px; max-width: 330px; overflow-wrap: anywhere } .runs .faults { min-width: 130px }
.runs .mono { font-size: 12.5px; min-width: 84px; max-width: 140px; overflow-wrap: anywhere }
.under { margin: 14px 0 0 }
.pages { display: flex; gap: 14px; margin-top: 14px; font-size: 13.5px }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.ways { display: flex; flex-wrap: wrap; gap: 10px; margin: 0 0 20px }
.way { padding: 6px 14px; border: 1px solid var(--line); border-radius: 8px; text-decoration: none } .way:hover { background: var(--ground) }
.pulse { min-width: 0; height: 60px; margin: 12px 0; background: var(--ground); border-radius: 7px } .pulse rect { fill: var(--ok) }
#plan td, #faults td { max-width: 420px; overflow-wrap: anywhere }
.recent { margin: 0; padding: 0; list-style: none; font-size: 13px } .recent .when { color: var(--soft); font-variant-numeric: tabular-nums; margin-right: 10px }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 8px 40px }
.side p { margin: 6px 0; overflow-wrap: anywhere }
`

/** Sends a form when a menu changes, and shows a run that goes on; what comes from a run is only ever text. */
const script = `
for (const form of document.querySelectorAll('form[data-sends-itself]')) {
  form.addEventListener('change', (event) => {
    if (event.target.matches('select, input[type=date]')) form.requestSubmit()
  })
}
const panel = document.querySelector('[data-live]')
if (panel) {
  const show = (name, text) => {
    panel.querySelector('[data-field=' + name + ']').textContent = text
  }
  const count = (value) => String(value).replace(/\\B(?=(\\d{3})+$)/g, ',')
  const source = new EventSource(panel.dataset.live)
  source.addEventListener('over', () => {
    source.close()
    location.reload()
  })
  source.addEventListener('message', ({ data }) => {
    const live = JSON.parse(data)
    for (const name of ['ok', 'fail', 'info', 'open']) show(name, count(live.ops[name]))
    show('rate', count(live.perSecond.at(-2) ?? live.perSecond.at(-1) ?? 0))
    show('elapsed', live.elapsedS.toFixed(1) + ' s')
    show('leader', live.leader ?? 'none known')
    show('broken', live.broken.join(', ') || 'nothing')
    show('faults', live.faults.map(([what, times]) => times + ' × ' + what).join(', ') || 'no fault yet')
    show('quiet', !live.isCurrent ? 'Still reading what there is.' : live.quietS < 5 ? '' : 'Nothing was written for ' + live.quietS + ' s.')
    const most = Math.max(1, ...live.perSecond)
    panel.querySelector('[data-field=pulse]').replaceChildren(...live.perSecond.map((ok, at) => {
      const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
      const height = Math.round((ok / most) * 58)
      for (const [name, value] of Object.entries({ x: at * 10, y: 60 - height, width: 9, height })) bar.setAttribute(name, value)
      return bar
    }))
    panel.querySelector('[data-field=recent]').replaceChildren(...live.recent.map(({ atS, what }) => {
      const item = document.createElement('li')
      const when = document.createElement('span')
      when.className = 'when'
      when.textContent = atS.toFixed(3) + ' s'
      item.append(when, ' ' + what)
      return item
    }))
  })
}
`

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#2f6b8a"/><path d="M3 10l3-5 3 6 4-6" fill="none" stroke="#fff" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round"/></svg>`

export const assets: Readonly<Record<string, Asset>> = {
  'style.css': { contentType: 'text/css; charset=utf-8', text: style + more },
  'script.js': { contentType: 'text/javascript; charset=utf-8', text: script },
  'icon.svg': { contentType: 'image/svg+xml', text: icon },
}
