/**
 * Transcripts: scripts of commands that drive a few cores by hand. A file is blocks of command lines, `----` and the
 * printed result, with an empty line between. `UPDATE_TRANSCRIPTS=1` rewrites the results; the diff is the review.
 *
 *   cluster 3 [option=value ...]     nodes n1 … n3; options as in RaftOptions, default: electionTicks 10 and no extras
 *   log n1@3 1 1 2                   restarts a node with a log of these terms, in term 3 (without: the last one's)
 *   tick n1 5 | campaign n1          passes time; `campaign` as much as the node needs to start an election
 *   propose n1 x | read n1 7         asks a node; `forget n1 7` takes a read back
 *   work n1                          does one Ready and prints it; `begin n1` stops before the sync
 *   deliver n1->n2 [count|all]       hands over the oldest messages of a link; `drop` loses them
 *   settle [n1 n2 ...]               works and delivers among these until all is quiet; their other messages get lost
 *   crash n1 | restart n1 | unreachable n1 n2 | compact n1 keep | status [n1 ...] | state n1
 */
import assert from 'node:assert/strict'
import { seededRandom } from '../../random.ts'
import type { Message, NodeId } from '../message.ts'
import type { RaftOptions } from '../ready.ts'
import type { Rules } from '../rules.ts'
import { TestNode } from './node.ts'
import { printMessage, printNode, printReady } from './print.ts'

export interface Block {
  readonly comment: string
  readonly commands: readonly string[]
  readonly result: string
}

export function parseTranscript(text: string): readonly Block[] {
  return text
    .trim()
    .split(/\n\n+/)
    .map((block) => {
      const [head = '', result = ''] = block.split(/^----\n?/m)
      const lines = head.trim().split('\n')
      const isComment = (line: string) => line.startsWith('#')
      return {
        comment: lines.filter(isComment).join('\n'),
        commands: lines.filter((line) => !isComment(line)),
        result: result.trim(),
      }
    })
}

export function printTranscript(blocks: readonly Block[]): string {
  return `${blocks
    .map(({ comment, commands, result }) => {
      return [comment, ...commands, '----', result].filter((line) => line !== '').join('\n')
    })
    .join('\n\n')}\n`
}

export class Script {
  readonly #rules: Rules
  #nodes = new Map<NodeId, TestNode>()
  #links = new Map<string, Message[]>()

  constructor(rules: Rules) {
    this.#rules = rules
  }

  /** The printed result of a block; a broken assertion of the core kills the node that holds it, and is printed. */
  run(commands: readonly string[]): string {
    return commands.flatMap((line) => this.#run(line.trim().split(/\s+/))).join('\n')
  }

  #run([name = '', ...args]: string[]): readonly string[] {
    const [id = '', value = '1'] = args
    switch (name) {
      case 'cluster':
        return this.#cluster(Number(id), args.slice(1))
      case 'log':
        return this.#log(id, args.slice(1).map(Number))
      case 'tick':
        for (let i = 0; i < Number(value); i++) this.#raft(id).tick()
        return []
      case 'campaign':
        return this.#campaign(id)
      case 'propose': {
        const proposed = this.#raft(id).propose(value)
        return [
          proposed.ok ? `${proposed.index}@${proposed.term}` : `${proposed.error} leader=${proposed.leader ?? '-'}`,
        ]
      }
      case 'read': {
        const accepted = this.#raft(id).readIndex(Number(value))
        return accepted.ok ? [] : [`${accepted.error} leader=${accepted.leader ?? '-'}`]
      }
      case 'forget':
        this.#raft(id).forgetReads([Number(value)])
        return []
      case 'begin':
        return printReady(this.#node(id).begin() ?? assert.fail('nothing to do'))
      case 'work':
        return this.#work(id)
      case 'deliver':
      case 'drop':
        return this.#take(id, value === 'all' ? Number.POSITIVE_INFINITY : Number(value)).map((message) => {
          if (name === 'deliver') this.#step(message)
          return printMessage(message)
        })
      case 'settle':
        return this.#settle(args.length > 0 ? args : [...this.#nodes.keys()])
      case 'crash':
        this.#node(id).crash()
        return []
      case 'restart':
        this.#node(id).start()
        return []
      case 'unreachable':
        this.#raft(id).unreachable(value)
        return []
      case 'compact':
        this.#node(id).compact(Number(value))
        return []
      case 'status':
        return (args.length > 0 ? args : [...this.#nodes.keys()]).map((node) => printNode(node, this.#node(node)))
      case 'state':
        return [`${id} ${this.#node(id).state.join(' ') || '-'}`]
      default:
        return assert.fail(`no such command: ${name}`)
    }
  }

  #cluster(size: number, pairs: readonly string[]): readonly string[] {
    const voters = Array.from({ length: size }, (_, i) => `n${i + 1}`)
    const options = { ...defaults, ...Object.fromEntries(pairs.map(parsePair)), voters }
    this.#links = new Map()
    this.#nodes = new Map(
      voters.map((id) => [
        id,
        new TestNode({
          options: { ...options, id },
          random: seededRandom(id),
          rules: this.#rules,
          send: (message) => this.#queue(message.from, message.to).push(message),
        }),
      ]),
    )
    return []
  }

  #log(place: string, terms: readonly number[]): readonly string[] {
    const [id = '', term] = place.split('@')
    const node = this.#node(id)
    node.entries = terms.map((term, i) => ({ index: i + 1, term, kind: 'command', payload: `${i + 1}of${term}` }))
    node.hardState = { term: Number(term ?? terms.at(-1) ?? 0), vote: undefined }
    node.crash()
    node.start()
    return []
  }

  #campaign(id: NodeId): readonly string[] {
    const raft = this.#raft(id)
    const before = `${raft.role} ${raft.term}`
    for (let i = 0; i < 2 * defaults.electionTicks && `${raft.role} ${raft.term}` === before; i++) raft.tick()
    return [`${id} ${raft.role} term=${raft.term}`]
  }

  #work(id: NodeId): readonly string[] {
    const ready = this.#node(id).begin()
    this.#node(id).finish()
    return ready === undefined ? [] : printReady(ready)
  }

  #settle(ids: readonly NodeId[]): readonly string[] {
    for (let round = 0; round < 1000; round++) {
      const isUp = (id: NodeId) => this.#node(id).isUp
      for (const id of ids.filter(isUp)) while (this.#work(id).length > 0);
      const messages = ids.flatMap((from) => [...this.#nodes.keys()].flatMap((to) => this.#take(`${from}->${to}`, 1e9)))
      if (messages.length === 0) return []
      for (const message of messages) if (ids.includes(message.to)) this.#step(message)
    }
    return ['does not come to rest']
  }

  #step(message: Message): void {
    const node = this.#node(message.to)
    if (node.isUp) node.raft.step(message)
  }

  #take(link: string, count: number): readonly Message[] {
    const [from = '', to = ''] = link.split('->')
    return this.#queue(from, to).splice(0, count)
  }

  #queue(from: NodeId, to: NodeId): Message[] {
    const link = `${from}->${to}`
    const queue = this.#links.get(link) ?? []
    this.#links.set(link, queue)
    return queue
  }

  #node(id: NodeId): TestNode {
    return this.#nodes.get(id) ?? assert.fail(`no such node: ${id}`)
  }

  #raft(id: NodeId) {
    return this.#node(id).raft
  }
}

const defaults: Omit<RaftOptions, 'id' | 'voters'> = {
  electionTicks: 10,
  heartbeatTicks: 1,
  voteTimeoutTicks: 3,
  preVote: false,
  checkQuorum: false,
  noopOnElection: true,
  maxEntriesPerAppend: 100,
  maxUncommittedEntries: 100,
}

function parsePair(pair: string): readonly [string, unknown] {
  const [name = '', value = ''] = pair.split('=')
  assert(name in defaults, `no such option: ${name}`)
  return [name, JSON.parse(value)]
}
