/** How soon clients were served after each heal, and how the system came back in the end. */
import type { Recovery } from '../../nemesis/evidence.ts'
import type { FaultRecovery } from '../statistics.ts'
import { drawing, gutter, px, width } from './axis.ts'
import { duration, moment, plural } from './figures.ts'
import { type Html, html } from './html.ts'

const recoveriesAtMost = 40

/** One bar per fault that ended: how long until the next op was answered. */
export function recoveryPanel(recoveries: readonly FaultRecovery[], recovery: Recovery | undefined): Html {
  if (recoveries.length === 0 && recovery === undefined) return html``
  const shown = recoveries.slice(0, recoveriesAtMost)
  const most = Math.max(1, ...shown.map(({ endedUs, nextOkUs }) => (nextOkUs ?? endedUs) - endedUs))
  const rowHeight = 22
  const left = gutter + 76
  const room = width - left - 190
  const rows = shown.map((one, at) => {
    const y = at * rowHeight
    const name = html`<text class="lane" x="${left - 10}" y="${y + 15}" text-anchor="end">${one.id} ${one.fault}</text>`
    if (one.nextOkUs === undefined) {
      return html`${name}<text class="never" x="${left}" y="${y + 15}">✕ no op was answered after it ended at ${moment(one.endedUs)}</text>`
    }
    const us = one.nextOkUs - one.endedUs
    const long = Math.max(2, (us / most) * room)
    return html`<g>${name}<rect class="recovered" x="${left}" y="${y + 5}" width="${px(long)}" height="12" rx="2"/><text class="figure" x="${px(left + long + 8)}" y="${y + 15}">${duration(us)} after ${moment(one.endedUs)}</text></g>`
  })
  const more = recoveries.length - shown.length
  return html`<section class="panel" id="recovery">
<h2>Recovery</h2>
<p class="hint">What you are looking at: for each fault, the time from its end to the next op that any client saw answered.</p>
${shown.length === 0 ? undefined : drawing(shown.length * rowHeight + 4, 'recovery after each fault', html`${rows}`)}
${more > 0 ? html`<p class="note">${plural(more, 'further fault')} not drawn; the table below has all.</p>` : undefined}
${recovery === undefined ? undefined : html`<p class="sentence">${recoverySentence(recovery)}</p>`}
</section>`
}

/** How the system came back after the last heal. */
export function recoverySentence({ servedMs, caughtUpMs, behind, boundMs }: Recovery): string {
  const bound = duration(boundMs * 1000)
  if (servedMs === undefined) return `After the last heal nobody was served within ${bound}.`
  const served = `After the last heal a write and a read were served within ${duration(servedMs * 1000)}`
  if (caughtUpMs !== undefined) return `${served}, and every node had caught up after ${duration(caughtUpMs * 1000)}.`
  if (behind.length === 0) return `${served}; whether the nodes caught up is not known.`
  return `${served}, but not every node caught up within ${bound}: ${behind.join('; ')}.`
}
