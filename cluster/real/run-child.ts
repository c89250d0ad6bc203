/** The life of a node's child, from its configuration on stdin to its end. */
import { flushCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import type { TraceEvent } from '../env.ts'
import type { NodeProgram } from '../node/program.ts'
import type { NodeConfig, NodeLine } from './child-protocol.ts'
import { hostNode } from './host.ts'

/** Exit codes of a child. */
export const EXIT = { ended: 0, refused: 1, invariant: 70 } as const

/**
 * Runs the program that the first line of stdin names, as a `NodeConfig`, until stdin ends. Events go to stdout, the
 * log to stderr. An exception that nobody caught is a bug of the node: it says so and exits with code 70.
 */
export function runChild(programs: Readonly<Record<string, NodeProgram>>): void {
  process.on('uncaughtException', (error) => {
    log(`invariant broken: ${error instanceof Error ? error.stack : error}`)
    process.exit(EXIT.invariant)
  })
  process.stdout.on('error', () => process.exit(EXIT.ended)) // Nobody listens any more.
  const lines = createInterface({ input: process.stdin })
  lines.once('line', (line) => {
    const config: NodeConfig = JSON.parse(line) // Written by our own controller.
    start(config, programs[config.program])
  })
  lines.on('close', () => process.exit(EXIT.ended))
}

function start(config: NodeConfig, program: NodeProgram | undefined): void {
  if (program === undefined) return refuse(`there is no program '${config.program}'`)
  const anyPort = { host: '127.0.0.1', port: 0 }
  hostNode(
    {
      ...config,
      program,
      peerListen: anyPort,
      clientListen: anyPort,
      onTrace: (trace) => {
        tell({ event: 'trace', trace })
        log(traceText(trace))
      },
      log,
    },
    (error, ports) => {
      if (error) return refuse(error.message)
      log(
        `${config.setup.id} serves clients on port ${ports.clientPort} and peers on port ${ports.peerPort}; start ${config.incarnation}`,
      )
      tell({ event: 'ready', ...ports })
      // Node writes this cache at its exit only, and most nodes end by SIGKILL.
      flushCompileCache()
    },
  )
}

function tell(line: NodeLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** `role leader, term 3`; `snapshot-taken, index 500`. */
function traceText({ type, ...facts }: TraceEvent): string {
  const told = Object.entries(facts).map(([name, fact]) => `${name} ${fact}`)
  return type === 'role' ? told.join(', ') : [type, ...told].join(', ')
}

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`)
}

function refuse(why: string): void {
  log(`the node refuses to run: ${why}`)
  process.exit(EXIT.refused)
}
