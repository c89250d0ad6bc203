/** One op: what was asked and answered and when, and its place in the best order of its key. */
import type { ComponentChildren } from 'preact'
import { duration } from '../report/figures.ts'
import { actorAt, fail, ok, outcomeNames, placeOf, textOf } from '../report/ops.ts'
import { stateText } from '../report/proof.ts'
import type { KeyOrder } from './order.ts'
import { linkOf } from './permalink.ts'
import type { Run } from './run.ts'
import { select, stepInKey } from './select.ts'
import { useStore } from './store.ts'

const signs = ['✓ answered', '× failed: surely not done', '? no answer: perhaps done']
const orderShown = 6
const candidatesShown = 12

export function Details({ run }: { run: Run }) {
  const selected = useStore(run.store, (state) => state.selected)
  const orders = useStore(run.store, (state) => state.orders)
  if (selected === undefined)
    return (
      <p class="hint empty">
        Select an op by a click, or press <kbd>j</kbd>: its times, the states around it and what keeps others from being
        next stand here.
      </p>
    )
  const { ops } = run
  const order = orders.get(ops.key[selected] ?? -1)
  return (
    <div class="details">
      <div aria-live="polite">
        <h3>
          {run.core.has(selected) && <span class="core-number">{run.core.get(selected)}</span>}
          {actorAt(ops, selected)} {textOf(ops, selected)}
        </h3>
        <Facts run={run} at={selected} />
        <p class="links">
          <button type="button" onClick={() => stepInKey(run, -1)}>
            ‹ before
          </button>
          <button type="button" onClick={() => stepInKey(run, 1)}>
            after ›
          </button>
          <a href={linkOf(run, selected)}>link to this op</a>
        </p>
      </div>
      <div>
        <h3>In the best order of {ops.names.key[ops.key[selected] ?? -1] ?? 'the register'}</h3>
        {order === undefined ? (
          <p class="hint">The checker is at work …</p>
        ) : typeof order === 'string' ? (
          <p class="hint">{order}</p>
        ) : (
          <Place run={run} at={selected} order={order} />
        )}
      </div>
    </div>
  )
}

function Facts({ run, at }: { run: Run; at: number }) {
  const { ops } = run
  const [call, end] = [ops.callUs[at] ?? 0, ops.endUs[at] ?? 0]
  const outcome = ops.outcome[at] ?? 2
  const rows: [string, ComponentChildren][] = [
    ['outcome', signs[outcome] ?? outcomeNames[outcome]],
    ['called', exact(call)],
    [
      outcome === ok ? 'answered' : outcome === fail ? 'refused' : 'given up',
      end === Number.POSITIVE_INFINITY ? 'never: the run ended first' : `${exact(end)}, after ${duration(end - call)}`,
    ],
    ['by', `${actorAt(ops, at)}, process ${ops.process[at]}`],
    ['at node', ops.names.node[ops.node[at] ?? -1] ?? 'not told'],
    [
      'events',
      ops.endId[at] === -1 ? `#${ops.id[at]} of the history` : `#${ops.id[at]} and #${ops.endId[at]} of the history`,
    ],
  ]
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Place({ run, at, order }: { run: Run; at: number; order: KeyOrder }) {
  const id = run.ops.id[at] ?? -1
  const place = order.order.indexOf(id)
  return (
    <>
      {place < 0 ? (
        <p>{whyNot(run, at, order)}</p>
      ) : (
        <ol class="states">
          <li>
            <span>before</span> {stateText(order.states[place])}
          </li>
          <li class="self">
            <span>
              {place + 1} of {order.order.length}
            </span>{' '}
            {textOf(run.ops, at)}
          </li>
          <li>
            <span>after</span> {stateText(order.states[place + 1])}
          </li>
        </ol>
      )}
      {order.verdict !== 'valid' && <End run={run} order={order} />}
    </>
  )
}

function whyNot(run: Run, at: number, { verdict, candidates, stuck }: KeyOrder): string {
  const id = run.ops.id[at] ?? -1
  const outcome = run.ops.outcome[at]
  if (outcome === fail) return 'It surely did not happen, so it has no place in any order.'
  const candidate = candidates.find((each) => each.id === id)
  if (candidate !== undefined) return `✕ It has no place: ${candidate.why}.`
  if (outcome !== ok) return 'Nobody saw its answer, so it may not have happened; the best order does without it.'
  if (verdict === 'valid' || stuck === undefined) return 'It has no place in the best order found so far.'
  return `The best order ends before it: #${stuck} was to be answered first, and could not be.`
}

/** Where the order ends, and why it can not go on. */
function End({ run, order }: { run: Run; order: KeyOrder }) {
  const last = order.order.slice(-orderShown)
  const first = order.order.length - last.length
  return (
    <details open class="end">
      <summary>
        {order.isLongest ? 'Where every order ends' : 'How far the search came'}: after {order.order.length} ops
      </summary>
      <ol class="tail" start={first + 1}>
        {last.map((id, i) => (
          <li key={id} value={first + i + 1}>
            <OpLink run={run} id={id} /> <span class="quiet">→ {stateText(order.states[first + i + 1])}</span>
          </li>
        ))}
      </ol>
      <p class="quiet">
        What was under way then, and why none of it can be next
        {order.candidates.length > candidatesShown
          ? ` (the last ${candidatesShown} of ${order.candidates.length})`
          : ''}
        :
      </p>
      <ul class="candidates">
        {order.candidates.slice(-candidatesShown).map(({ id, why }) => (
          <li key={id}>
            <span class="bad">✕</span> <OpLink run={run} id={id} /> {why}
          </li>
        ))}
      </ul>
    </details>
  )
}

export function OpLink({ run, id }: { run: Run; id: number }) {
  const at = placeOf(run.ops, id)
  if (at < 0) return <code>#{id}</code>
  const number = run.core.get(at)
  const go = (event: Event) => {
    event.preventDefault()
    select(run, at)
  }
  return (
    <a href={linkOf(run, at)} onClick={go} title={`#${id}`}>
      {number === undefined ? '' : `${number} · `}
      {actorAt(run.ops, at)} {textOf(run.ops, at)}
    </a>
  )
}

export function exact(us: number): string {
  return `${(us / 1e6).toFixed(6)} s`
}
