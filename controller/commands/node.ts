/** `faultline node`: one node started by hand, to drive with curl. */
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { TraceEvent } from '../../cluster/env.ts'
import type { NodeProgram } from '../../cluster/node/program.ts'
import { EXIT } from '../../cluster/real/child-protocol.ts'
import { lockDirectory } from '../../cluster/real/directory-lock.ts'
import { hostNode } from '../../cluster/real/host.ts'
import type { Address } from '../../cluster/real/peer-link.ts'
import { programs } from '../../cluster/systems/programs.ts'
import { named } from '../../workloads/named.ts'
import { drawPlan } from '../draw-plan.ts'
import { setupOptions } from './options.ts'

interface Peer extends Address {
  readonly id: string
  /** Where clients reach it, for redirects. */
  readonly client: string | undefined
}

interface NodeCommandOptions {
  readonly id: string
  readonly program: string
  readonly client: Address
  readonly peer: Address
  readonly peers: readonly Peer[]
  readonly data?: string
  readonly bug?: string
  readonly set: Readonly<Record<string, unknown>>
}

export function nodeCommand(): Command {
  const set = setupOptions().find((option) => option.attributeName() === 'set')
  const command = new Command('node')
    .description('start one node by hand, until Ctrl-C')
    .addOption(new Option('--id <name>', 'name of this node').argParser(nodeName).default('n1'))
    .addOption(new Option('--program <name>', 'what it runs').choices(Object.keys(programs)).default('raft-kv'))
    .addOption(
      new Option('--client <host:port>', 'where it serves clients')
        .argParser(address)
        .default({ host: '127.0.0.1', port: 8001 }, '127.0.0.1:8001'),
    )
    .addOption(
      new Option('--peer <host:port>', 'where it listens to its peers')
        .argParser(address)
        .default({ host: '127.0.0.1', port: 9001 }, '127.0.0.1:9001'),
    )
    .addOption(
      new Option('--peers <list>', 'the other nodes: n2=HOST:PORT,… or n2=HOST:PORT@CLIENTHOST:PORT,…')
        .argParser(peerList)
        .default([], 'none'),
    )
    .option('--data <dir>', `its data directory (default: ${join(defaultData, 'NAME')})`)
    .option('--bug <name>', 'a bug to carry, with the settings under which it shows (default: none)')
  if (set) command.addOption(set)
  return command.action((options: NodeCommandOptions) => startNode(options))
}

function startNode(options: NodeCommandOptions): void {
  const { id, program, client, peer, peers, bug, set, data = join(defaultData, id) } = options
  const chosen: NodeProgram = named('program', programs, program)
  // A run of such nodes takes the same options and bugs, and says what is wrong with them.
  const { system } = drawPlan({
    seed: id,
    system: program,
    faults: [],
    systemOptions: set,
    ...(bug === undefined ? {} : { bug }),
  })
  let isReady = false
  process.on('uncaughtException', (error) => {
    console.error(isReady ? `${id}: invariant broken: ${error.stack}` : `${id} can not run: ${error.message}`)
    process.exit(isReady ? EXIT.invariant : EXIT.refused)
  })
  const refuse = (error: Error): never => {
    console.error(`${id} can not run: ${error.message}`)
    process.exit(EXIT.refused)
  }
  const addresses = peers.flatMap((other) => (other.client ? [[other.id, `http://${other.client}`] as const] : []))
  const nodes = [id, ...peers.map((other) => other.id)].sort()
  const host = {
    program: chosen,
    setup: {
      id,
      nodes,
      addresses: Object.fromEntries(addresses),
      options: { ...system.options, ...(bug === undefined ? {} : { bug }) },
    },
    directory: data,
    peerListen: peer,
    clientListen: client,
    peers: Object.fromEntries(peers.map(({ id: other, host, port }) => [other, { host, port }])),
    seed: `${id} ${process.pid}`,
    incarnation: 1,
    onTrace(event: TraceEvent) {
      if (event.type !== 'progress') console.log(JSON.stringify(event)) // Of that a person asks by GET /status.
    },
    log: (line: string) => console.error(line),
  }
  lockDirectory(data, (locked) => {
    if (locked) return refuse(locked)
    const hosted = hostNode(host, (error, ports) => {
      if (error) return refuse(error)
      isReady = true
      console.log(
        `${id} serves clients at http://${client.host}:${ports.clientPort} and peers at ${peer.host}:${ports.peerPort}; data in ${data}`,
      )
    })
    const end = (): void => {
      process.off('SIGINT', end)
      process.off('SIGTERM', end)
      hosted.close(() => process.exit(EXIT.ended))
    }
    process.on('SIGINT', end)
    process.on('SIGTERM', end)
  })
}

/** Nodes of one folder have their data side by side. */
const defaultData = 'faultline-node'

/** It also names a directory. */
function nodeName(text: string): string {
  if (!/^\w[\w.-]*$/.test(text)) throw new InvalidArgumentError('expected letters, digits, dots and dashes.')
  return text
}

function address(text: string): Address {
  const match = /^([^:@\s]+):(\d{1,5})$/.exec(text)
  if (!match?.[1] || Number(match[2]) > 65_535) throw new InvalidArgumentError('expected HOST:PORT.')
  return { host: match[1], port: Number(match[2]) }
}

function peerList(text: string): Peer[] {
  return text.split(',').map((part) => {
    const [id, rest] = part.trim().split('=')
    const [peer, client] = (rest ?? '').split('@')
    if (!id || !peer) throw new InvalidArgumentError('expected n2=HOST:PORT,n3=HOST:PORT.')
    return { id, client, ...address(peer) }
  })
}
