/** The nodes' side of a moment: what each was and did, its log, and what they said to each other. */
import type { StoredMessage } from '../messages.ts'
import { isLate } from '../report/arrows.ts'
import { duration } from '../report/figures.ts'
import { exact } from './details.tsx'
import { around, type NodeMoment, nodeAt } from './node-at.ts'
import type { Run } from './run.ts'
import { useStore } from './store.ts'

export function Moment({ run }: { run: Run }) {
  const selected = useStore(run.store, (state) => state.selected)
  const { timeUs, what } = momentOf(run, selected)
  const nodes = run.data.nodes.map((node) => nodeAt(run.data, node, timeUs))
  return (
    <>
      <p class="moment-at">
        At <b>{exact(timeUs)}</b>, {what}:
      </p>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">node</th>
              <th scope="col">was</th>
              <th scope="col">role</th>
              <th scope="col" class="number">
                term
              </th>
              <th scope="col" class="number">
                commit
              </th>
              <th scope="col" class="number">
                applied
              </th>
              <th scope="col">the last it told</th>
              <th scope="col" class="number">
                commit, applied at the end
              </th>
            </tr>
          </thead>
          <tbody>
            {nodes.map((node) => (
              <NodeRow key={node.node} node={node} timeUs={timeUs} />
            ))}
          </tbody>
        </table>
      </div>
      <Logs nodes={nodes} />
      <Messages messages={run.data.messages} timeUs={timeUs} />
    </>
  )
}

function momentOf(run: Run, selected: number | undefined): { timeUs: number; what: string } {
  if (selected === undefined) return run.data.failure
  const { ops } = run
  const end = ops.endUs[selected] ?? Number.POSITIVE_INFINITY
  const name = `op #${ops.id[selected]}`
  return end === Number.POSITIVE_INFINITY
    ? { timeUs: ops.callUs[selected] ?? 0, what: `when ${name} was called` }
    : { timeUs: end, what: `when ${name} ended` }
}

function NodeRow({ node, timeUs }: { node: NodeMoment; timeUs: number }) {
  const { state, role, reached, status, events } = node
  return (
    <tr>
      <th scope="row">{node.node}</th>
      <td>{state === undefined ? 'up' : <b class="bad">{state.text}</b>}</td>
      <td>{role === undefined ? 'not told' : role.role === 'leader' ? <b>leader</b> : role.role}</td>
      <td class="number">{role?.term ?? '–'}</td>
      <td class="number">{reached?.commit ?? '–'}</td>
      <td class="number">
        {reached?.applied ?? '–'}
        {reached !== undefined && <div class="quiet">told {duration(timeUs - reached.timeUs)} before</div>}
      </td>
      <td>
        {events.map((event) => (
          <div key={`${event.timeUs} ${event.text}`}>
            {event.text} <span class="quiet">{duration(timeUs - event.timeUs)} before</span>
          </div>
        ))}
      </td>
      <td class="number">{status === undefined ? '–' : `${status.commit}, ${status.applied}`}</td>
    </tr>
  )
}

function Logs({ nodes }: { nodes: readonly NodeMoment[] }) {
  const told = nodes.filter(({ log }) => log.length > 0)
  if (told.length === 0) return <p class="note">No log of a node lies beside this run.</p>
  return (
    <div class="logs">
      {told.map(({ node, log, isLogTimed }) => (
        <div key={node}>
          <h3>
            {node}’s log {isLogTimed ? 'around this moment' : 'at its end'}
          </h3>
          <pre>
            {log.map(({ text, timeUs, isAfter }, at) => (
              <span key={at} class={isAfter ? 'later' : ''}>
                {timeUs === undefined ? '' : `${(timeUs / 1e6).toFixed(3)}  `}
                {text}
                {'\n'}
              </span>
            ))}
          </pre>
        </div>
      ))}
    </div>
  )
}

function Messages({ messages, timeUs }: { messages: readonly StoredMessage[]; timeUs: number }) {
  if (messages.length === 0)
    return <p class="note">Messages between nodes are kept of simulated runs that fail; this run has none.</p>
  const near = around(messages, timeUs)
  return (
    <div class="wide">
      <h3>Messages around this moment</h3>
      {near.length === 0 ? (
        <p class="note">Those that were kept are further away: they are around the failure.</p>
      ) : (
        <table class="messages">
          <tbody>
            {near.map((message, at) => (
              <tr key={at} class={message.sentUs > timeUs ? 'later' : ''}>
                <td class="number">{exact(message.sentUs)}</td>
                <td>
                  {message.from} → {message.to}
                </td>
                <td>{message.text}</td>
                <td class="number">term {message.term}</td>
                <td>{fateOf(message)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}

function fateOf(message: StoredMessage): string {
  const { sentUs, receivedUs, lost } = message
  if (receivedUs === undefined) return `✕ lost: ${lost ?? 'nobody knows how'}`
  return `${isLate(message) ? 'late: ' : ''}after ${duration(receivedUs - sentUs)}`
}
