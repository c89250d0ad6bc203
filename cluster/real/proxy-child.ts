/**
 * Entry of the child that owns all link proxies of a system. They have a process of their own, so that a busy
 * controller does not become a network fault.
 */
import { createInterface } from 'node:readline'
import { Proxies } from './proxy.ts'

const proxies = new Proxies((line) => process.stdout.write(`${JSON.stringify(line)}\n`))
process.stdout.on('error', () => process.exit(0)) // Nobody listens any more.
const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => proxies.run(JSON.parse(line))) // Written by our own controller.
lines.on('close', () => process.exit(0))
