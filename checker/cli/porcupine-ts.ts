#!/usr/bin/env node
/** Starts the command. */
import { main } from './main.ts'

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  hasColour: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
})
