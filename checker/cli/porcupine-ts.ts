#!/usr/bin/env node
/** Starts the command. Compiled code is cached between starts, where this Node.js can: that saves half of each. */
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { CachedScript } from './cached-script.ts'
import { isTerminal, write } from './write.ts'

module.enableCompileCache?.()

/** That of a crash of ours, which must not look like a verdict: Node.js itself would end with 1. */
const crashed = 255
const illegal = 1
/** Of usage and damage: it outweighs all verdicts but one. */
const damaged = 254

/** What kept our output from being written. */
let lost: Error | undefined
const streamed = (text: string) => process.stdout.write(text)
const atOnce = (text: string) => {
  lost ??= write(1, text)
}
// A model of the user's own may print too. What both say comes in its order through the stream.
const isShared = process.argv.some((argument) => argument.startsWith('--model'))
if (isShared) process.stdout.on('error', onStreamError)
// Such a model may import this package, and threads are started by modules, so the rest has to be modules as well.
const needsModules = isShared || process.argv.some((argument) => argument.startsWith('--workers'))

try {
  // Only the package has it.
  const path = fileURLToPath(new URL('../cached/command.cjs', import.meta.url))
  const script = needsModules
    ? undefined
    : CachedScript.open<typeof import('./main.ts')>(path, module.getCompileCacheDir?.())
  const { main } = script?.run() ?? (await import('./main.ts'))
  const done = new Set<string>()
  process.exitCode = await main(process.argv.slice(2), {
    out: isShared ? streamed : atOnce,
    err: (text) => write(2, text),
    hasColour: process.env.NO_COLOR === undefined && isTerminal(),
    done,
  })
  script?.save(done)
  if (lost !== undefined) tellLost(lost)
} catch (error) {
  console.error('porcupine-ts itself failed; this is a defect of ours:', error)
  process.exitCode = crashed
}

function onStreamError(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') tellLost(error)
}

function tellLost({ message }: Error): void {
  write(2, `porcupine-ts: the output could not be written: ${message}\n`)
  if (process.exitCode !== illegal) process.exitCode = damaged
}
