#!/usr/bin/env node
/** Starts the command. Compiled code is kept between starts, where this Node.js can: that saves a third of each. */
import module from 'node:module'
import { isTerminal, write } from './write.ts'

module.enableCompileCache?.()

/** That of a crash of ours, which must not look like a verdict: Node.js itself would end with 1. */
const crashed = 255

try {
  const { main } = await import('./main.ts')
  process.exitCode = await main(process.argv.slice(2), {
    out: (text) => write(1, text),
    err: (text) => write(2, text),
    hasColour: process.env.NO_COLOR === undefined && isTerminal(),
  })
} catch (error) {
  console.error('porcupine-ts itself failed; this is a defect of ours:', error)
  process.exitCode = crashed
}
