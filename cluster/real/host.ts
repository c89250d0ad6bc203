/** Hosts a node's program in this process: an Env below it, HTTP for its clients above it. */
import type { TraceEvent } from '../env.ts'
import type { NodeProgram, NodeSetup } from '../node/program.ts'
import type { NodeId } from '../raft/message.ts'
import { seededRandom } from '../random.ts'
import { apiServer } from './api-server.ts'
import { realEnv } from './env.ts'
import { listenOn } from './network.ts'
import type { Address } from './peer-link.ts'

export interface HostOptions {
  readonly program: NodeProgram
  readonly setup: NodeSetup
  /** Where the node's files live. */
  readonly directory: string
  readonly peerListen: Address
  readonly clientListen: Address
  /** Where this node reaches its peers. */
  readonly peers: Readonly<Record<NodeId, Address>>
  readonly seed: string
  /** How often the node was started, from 1; each start draws other numbers. */
  readonly incarnation: number
  onTrace(event: TraceEvent): void
  log(line: string): void
}

export interface HostedPorts {
  readonly clientPort: number
  readonly peerPort: number
}

export interface HostedNode {
  /** Frees sockets and files; for hosts that live on. A node that is killed needs none of it. */
  close(done: () => void): void
}

/** Starts the program; `ready` is called once, with an error where the node can not run. Clients get in after that only. */
export function hostNode(
  options: HostOptions,
  ready: (error: Error | undefined, ports: HostedPorts) => void,
): HostedNode {
  const { id } = options.setup
  const env = realEnv({
    id,
    listen: options.peerListen,
    peers: options.peers,
    directory: options.directory,
    random: seededRandom(options.seed).fork(`node ${id}`).fork(`start ${options.incarnation}`),
    trace: (event) => options.onTrace(event),
    log: (line) => options.log(line),
  })
  const server = apiServer((request, reply) => running.handle(request, reply))
  let peerPort: number | undefined
  let isStarted = false
  const openToClients = () => {
    if (peerPort === undefined || !isStarted) return
    const ports = { peerPort }
    listenOn(server, options.clientListen, (error, clientPort) => ready(error, { ...ports, clientPort }))
  }
  env.network.open((error, port) => {
    if (error) return ready(error, NO_PORTS)
    peerPort = port
    openToClients()
  })
  const running = options.program.start(env, options.setup, (error) => {
    if (error) return ready(error, NO_PORTS)
    isStarted = true
    openToClients()
  })

  return {
    close(done) {
      server.close()
      server.closeAllConnections()
      env.network.close()
      env.disk.close(done)
    },
  }
}

const NO_PORTS: HostedPorts = { clientPort: 0, peerPort: 0 }
