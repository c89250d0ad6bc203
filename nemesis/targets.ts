/** What symbolic targets of faults mean in a run: pure functions of the target and of what is known of the cluster. */
import { seededRandom } from '../cluster/random.ts'
import type { Link, NodeId } from '../cluster/system.ts'
import type { ClusterView, Resolved, Target } from './fault.ts'

/** Targets of faults that hit nodes. */
export const nodePicks = ['one', 'minority', 'majority', 'all', 'leader'] as const

/** Targets of faults that cut links. */
export const cutPicks = ['isolate-one', 'isolate-leader', 'halves', 'majorities-ring', 'bridge', 'one-way'] as const

/** Targets of faults that may spare the leader: `follower` is a drawn node that does not lead. */
export const anyNodePicks = [...nodePicks, 'follower'] as const

type NodePick = (typeof anyNodePicks)[number]
type CutPick = (typeof cutPicks)[number]

/** The nodes that a target means, in the order of the cluster. A minority is at least one node. */
export function resolveNodes(target: Target, view: ClusterView): Resolved {
  const these = theseOf(target, view)
  if (these) return { nodes: these, links: [], text: these.join(', ') }
  const pick = known(anyNodePicks, target.pick)
  const { nodes } = view
  if (pick === 'leader') {
    const { node, text } = leaderOf(target, view)
    return { nodes: [node], links: [], text }
  }
  if (pick === 'follower') {
    const node = shuffled(target, nodes).find((each) => each !== view.leader) ?? drawnNode(target, view)
    return { nodes: [node], links: [], text: node }
  }
  const size = sizeOf(pick, nodes.length)
  const chosen = new Set(shuffled(target, nodes).slice(0, size))
  const inOrder = nodes.filter((node) => chosen.has(node))
  return { nodes: inOrder, links: [], text: inOrder.join(', ') }
}

/**
 * For faults whose pick says what happens, so that the draw must say to whom: even, to the leader; odd, to the node that
 * `one` means. Of the odd ones every other one means a minority, where the fault may hit several nodes.
 */
export function resolveByDraw({ draw }: Target, view: ClusterView, widest: 'one' | 'minority' = 'one'): Resolved {
  const odd = draw % 4 === 3 ? widest : 'one'
  return resolveNodes({ pick: isAtLeader({ draw }) ? 'leader' : odd, draw }, view)
}

/** Whether a draw means the leader, where it decides. */
export function isAtLeader({ draw }: Pick<Target, 'draw'>): boolean {
  return draw % 2 === 0
}

/** The nodes that a plan names, in the order of the cluster, where it names some. */
function theseOf({ pick, nodes = [] }: Target, view: ClusterView): readonly NodeId[] | undefined {
  return pick === 'these' ? view.nodes.filter((node) => nodes.includes(node)) : undefined
}

/** All links between nodes, or those of the leader; where nodes do not talk to each other, those of the clients. */
export function resolveLinks(target: Target, view: ClusterView, whose: 'all' | 'leader'): Resolved {
  const peers = view.links.filter(({ from, to }) => view.nodes.includes(from) && view.nodes.includes(to))
  const links = peers.length > 0 ? peers : view.links
  const kind = peers.length > 0 ? 'links between nodes' : 'links of the clients'
  if (links.length === 0) return { nodes: [], links: [], text: 'no link to disturb' }
  if (whose === 'all') return { nodes: view.nodes, links, text: `all ${kind}` }
  const { node, text } = leaderOf(target, view)
  const own = links.filter(({ from, to }) => from === node || to === node)
  return { nodes: [node], links: own, text: `${kind} of ${text}` }
}

/**
 * The links that a target means, and the nodes it is about. Where nodes do not talk to each other, every pick cuts
 * nodes from the clients instead, as nothing else can be cut.
 */
export function resolveCut(target: Target, view: ClusterView): Resolved {
  const these = theseOf(target, view)
  const isPeer = ({ from, to }: Link): boolean => view.nodes.includes(from) && view.nodes.includes(to)
  const peers = view.links.filter(isPeer)
  const drawn = (): Cut => {
    const pick = known(cutPicks, target.pick)
    return peers.length > 0 ? cutBetweenNodes(pick, target, view) : cutFromClients(pick, target, view)
  }
  const cut = these ? apart(these, `${these.join(', ')} from all others`) : drawn()
  const links = (peers.length > 0 ? peers : view.links).filter(cut.isCut)
  if (links.length === 0) return { nodes: [], links: [], text: 'no link to cut' }
  return { nodes: view.nodes.filter((node) => cut.nodes.includes(node)), links, text: cut.text }
}

interface Cut {
  readonly nodes: readonly NodeId[]
  readonly text: string
  isCut(link: Link): boolean
}

function cutBetweenNodes(pick: CutPick, target: Target, view: ClusterView): Cut {
  const order = shuffled(target, view.nodes)
  switch (pick) {
    case 'isolate-one': {
      const node = drawnNode(target, view)
      return apart([node], `${node} from everybody else`)
    }
    case 'isolate-leader': {
      const { node, text } = leaderOf(target, view)
      return apart([node], `${text} from everybody else`)
    }
    case 'halves': {
      const smaller = order.slice(0, Math.floor(order.length / 2))
      const side = view.nodes.filter((node) => smaller.includes(node))
      const rest = view.nodes.filter((node) => !smaller.includes(node))
      return apart(side, `${side.join(', ')} | ${rest.join(', ')}`)
    }
    case 'majorities-ring':
      return ring(order)
    case 'bridge':
      return bridge(order, view.nodes)
    case 'one-way': {
      const { node, text } = leaderOf(target, view)
      return target.draw % 2 === 0
        ? { nodes: [node], text: `${text} hears everybody and reaches nobody`, isCut: ({ from }) => from === node }
        : { nodes: [node], text: `${text} reaches everybody and hears nobody`, isCut: ({ to }) => to === node }
    }
    default:
      return pick satisfies never
  }
}

/** The same picks where clients are all that a node talks to. */
function cutFromClients(pick: CutPick, target: Target, view: ClusterView): Cut {
  switch (pick) {
    case 'isolate-one':
    case 'majorities-ring':
    case 'bridge': {
      const node = drawnNode(target, view)
      return apart([node], `${node} from the clients`)
    }
    case 'halves': {
      const half = shuffled(target, view.nodes).slice(0, Math.max(1, Math.floor(view.nodes.length / 2)))
      const side = view.nodes.filter((node) => half.includes(node))
      return apart(side, `${side.join(', ')} from the clients`)
    }
    case 'isolate-leader': {
      const { node, text } = leaderOf(target, view)
      return apart([node], `${text} from the clients`)
    }
    case 'one-way': {
      const { node, text } = leaderOf(target, view)
      return target.draw % 2 === 0
        ? { nodes: [node], text: `${text} hears the clients and can not answer`, isCut: ({ from }) => from === node }
        : { nodes: [node], text: `${text} does not hear the clients`, isCut: ({ to }) => to === node }
    }
    default:
      return pick satisfies never
  }
}

/** Both directions between these nodes and all that is not among them. */
function apart(side: readonly NodeId[], text: string): Cut {
  return { nodes: side, text, isCut: ({ from, to }) => side.includes(from) !== side.includes(to) }
}

/**
 * Nodes on a circle that hear only so many neighbours that each still sees a majority, and each another one (Jepsen's
 * `majorities-ring`). With three nodes or less that cuts nothing, so the circle is opened at one place.
 */
function ring(order: readonly NodeId[]): Cut {
  const { length } = order
  const majority = Math.floor(length / 2) + 1
  const reach = Math.ceil((majority - 1) / 2)
  const isOpened = 2 * reach + 1 >= length
  const distance = (a: string, b: string): number => {
    const steps = Math.abs(order.indexOf(a) - order.indexOf(b))
    return isOpened ? steps : Math.min(steps, length - steps)
  }
  const farthest = isOpened ? Math.max(1, length - 1) : reach + 1
  return {
    nodes: order,
    text: `${order.join(' - ')}${isOpened ? '' : ` - ${order[0]}`}: each sees only its neighbours`,
    isCut: ({ from, to }) => distance(from, to) >= farthest,
  }
}

/** Two sides that see each other only through one node. */
function bridge(order: readonly NodeId[], nodes: readonly NodeId[]): Cut {
  const [between, ...rest] = order
  const side = rest.slice(0, Math.floor(rest.length / 2))
  const other = rest.slice(side.length)
  const names = (group: readonly NodeId[]): string => nodes.filter((node) => group.includes(node)).join(', ')
  if (between === undefined || side.length === 0) return apart(order.slice(0, 1), `${order.join(' | ')}`)
  return {
    nodes: [between],
    text: `${names(side)} | ${names(other)}, with ${between} as the bridge`,
    isCut: ({ from, to }) => (side.includes(from) && other.includes(to)) || (other.includes(from) && side.includes(to)),
  }
}

function sizeOf(pick: Exclude<NodePick, 'leader' | 'follower'>, nodes: number): number {
  switch (pick) {
    case 'one':
      return 1
    case 'minority':
      return Math.max(1, Math.floor((nodes - 1) / 2))
    case 'majority':
      return Math.floor(nodes / 2) + 1
    case 'all':
      return nodes
    default:
      return pick satisfies never
  }
}

function leaderOf(target: Target, view: ClusterView): { readonly node: NodeId; readonly text: string } {
  if (view.leader !== undefined) return { node: view.leader, text: `${view.leader} (the leader)` }
  const node = drawnNode(target, view)
  return { node, text: `${node} (drawn, as no leader was known)` }
}

function drawnNode(target: Target, view: ClusterView): NodeId {
  const [node] = shuffled(target, view.nodes)
  if (node === undefined) throw new RangeError('a system without nodes has no target')
  return node
}

function shuffled(target: Target, nodes: readonly NodeId[]): NodeId[] {
  return seededRandom(target.draw).shuffle(nodes)
}

function known<T extends string>(picks: readonly T[], given: string): T {
  const found = picks.find((pick) => pick === given)
  if (found === undefined) throw new RangeError(`target '${given}' is none of ${picks.join(', ')}`)
  return found
}
