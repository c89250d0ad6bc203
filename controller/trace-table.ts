/**
 * What every node got and did, as a table: for a person who debugs one simulated run. Ticks of a node's timer after
 * which nothing happened are left out, as there are more of them than of all else.
 */
import { describeMessage } from '../cluster/sim/describe-message.ts'
import type { Delivery } from '../cluster/sim/peer-parcel.ts'
import type { SystemEvent } from '../cluster/system.ts'
import type { Plan } from '../nemesis/plan.ts'
import { describeEvent, nodeOf } from '../results/describe-event.ts'
import { duration } from '../results/report/figures.ts'
import { visible } from '../results/report/html.ts'
import { type RunUnderWay, startSimulated } from './simulate.ts'

/** Seconds on the history's clock, as in the report; the start-up has negative times. */
export interface TraceWindow {
  readonly fromS: number
  readonly untilS: number
}

interface Row {
  readonly timeUs: number
  readonly node: string
  /** `← n1`: came from there; `✕ n3`: never came there. */
  readonly peer: string
  readonly what: string
}

/** A line beyond this is not printed. */
const maxLines = 200_000

/** A head and one line an event; the simulation goes no further than it must. */
export function traceTable(plan: Plan, { fromS, untilS }: TraceWindow): string {
  let run: RunUnderWay | undefined
  const nowUs = (): number => run?.scheduler.monotonicUs() ?? 0
  const rows: Row[] = []
  let left = 0
  /** Events before the main phase wait until its begin, time 0, is known. */
  const early: Row[] = []
  const keep = (row: Row, startUs: number): void => {
    const timeUs = row.timeUs - startUs
    if (timeUs < fromS * 1e6 || timeUs > untilS * 1e6) return
    if (rows.length < maxLines) rows.push({ ...row, timeUs })
    else left++
  }
  const put = (row: Row): void => {
    const startUs = run?.startUs()
    if (startUs === undefined) early.push(row)
    else keep(row, startUs)
  }
  let tick: Row | undefined
  const addRow = (row: Row): void => {
    const isTick = row.what === 'timer'
    if (!isTick && tick?.node === row.node && tick.timeUs === row.timeUs) put(tick)
    tick = isTick ? row : undefined
    if (!isTick) put(row)
  }
  const add = (node: string, peer: string, what: string): void => addRow({ timeUs: nowUs(), node, peer, what })
  /** A message's row says more than the trace's event that follows it. */
  let isTold = false
  run = startSimulated(plan, {
    onTrace(_timeUs, node, what) {
      if (!isTold) add(node, /^[A-Z]+ \//.test(what) ? '← client' : '', what)
      isTold = false
    },
    onMessage(delivery) {
      const isLost = delivery.lost !== undefined
      add(
        isLost ? delivery.from : delivery.to,
        isLost ? `✕ ${delivery.to}` : `← ${delivery.from}`,
        messageText(delivery, nowUs()),
      )
      isTold = delivery.lost !== 'dropped'
    },
    onSystem(event) {
      // Told late if it came before time 0, so its own time counts.
      if (isTraced(event)) return
      const timeUs = (run?.startUs() ?? 0) + event.timeUs
      addRow({ timeUs, node: nodeOf(event) ?? '', peer: '', what: describeEvent(event) })
    },
  })
  while (!run.result()) {
    const startUs = run.startUs()
    if (startUs !== undefined) {
      for (const row of early.splice(0)) keep(row, startUs)
      if (nowUs() - startUs > untilS * 1e6) break
    }
    run.step()
  }
  for (const row of early) keep(row, 0)
  rows.sort((a, b) => a.timeUs - b.timeUs)
  if (rows.length === 0) return `nothing happened from ${fromS} s to ${untilS} s of the history`
  const lines = [line('time (s)', 'node', 'peer', 'what'), ...rows.map(rowText)]
  if (left > 0) lines.push(`… and ${left} more; narrow it by --from and --until`)
  return lines.join('\n')
}

function messageText({ message, sentUs, lost }: Delivery, nowUs: number): string {
  const text = `${describeMessage(message)} · term ${message.term}`
  const ago = duration(nowUs - sentUs)
  return lost === undefined ? `${text} · took ${ago}` : `${text} · lost (${lost}), sent ${ago} before`
}

/** Whether the trace of the simulation, or the messages in it, tell of it too. */
function isTraced(event: SystemEvent): boolean {
  if (event.type === 'trace') return event.event.type === 'progress'
  const { type } = event
  return type === 'node-started' || type === 'node-paused' || type === 'node-resumed'
}

function rowText({ timeUs, node, peer, what }: Row): string {
  return line((timeUs / 1e6).toFixed(6), node, peer, visible(what))
}

function line(time: string, node: string, peer: string, what: string): string {
  return `${time.padStart(11)}  ${node.padEnd(4)}  ${peer.padEnd(8)}  ${what}`
}
