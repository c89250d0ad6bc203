#!/usr/bin/env node
/** Starts the command. Compiled code is kept between starts, where this Node.js can: that saves a third of each. */
import module from 'node:module'

module.enableCompileCache?.()

/** That of a crash of ours, which must not look like a verdict: Node.js itself would end with 1. */
const crashed = 255

// Whoever reads our output may have seen enough of it; that changes no verdict.
process.stdout.on('error', () => {})
try {
  const { main } = await import('./main.ts')
  process.exitCode = await main(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    hasColour: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
  })
} catch (error) {
  console.error('porcupine-ts itself failed; this is a defect of ours:', error)
  process.exitCode = crashed
}
