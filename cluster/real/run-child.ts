/** The life of a node's child, from its configuration on stdin to its end. */
import { flushCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import { inspect } from 'node:util'
import type { TraceEvent } from '../env.ts'
import type { NodeProgram } from '../node/program.ts'
import { EXIT, type NodeConfig, type NodeLine } from './child-protocol.ts'
import { isOfDisk } from './disk-error.ts'
import { hostNode } from './host.ts'

/**
 * Runs the program that the first line of stdin names, as a `NodeConfig`, until stdin ends. Events go to stdout, the
 * log to stderr. An exception that nobody caught is a bug of the node, unless the disk caused it: it says so and exits.
 */
export function runChild(programs: Readonly<Record<string, NodeProgram>>): void {
  process.on('uncaughtException', (error) => {
    const code = isOfDisk(error) ? EXIT.disk : EXIT.invariant
    try {
      log(`${code === EXIT.disk ? 'the disk failed' : 'invariant broken'}: ${inspect(error)}`)
    } finally {
      process.exit(code) // Whether or not there was room for the log.
    }
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
  if (program === undefined) return refuse(new Error(`there is no program '${config.program}'`))
  const anyPort = { host: '127.0.0.1', port: 0 }
  hostNode(
    {
      ...config,
      program,
      peerListen: anyPort,
      clientListen: anyPort,
      onTrace: (trace) => {
        tell({ event: 'trace', trace })
        if (trace.type !== 'progress') log(traceText(trace))
      },
      log,
    },
    (error, ports) => {
      if (error) return refuse(error)
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

function refuse(error: Error): void {
  log(`the node refuses to run: ${error.message}`)
  process.exit(isOfDisk(error) ? EXIT.disk : EXIT.refused)
}
