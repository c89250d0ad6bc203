#!/usr/bin/env node
/**
 * Starts the command line on a Node.js that runs TypeScript as it is. Plain JavaScript, so that an older Node.js can
 * read it: where the machine's own is too old, the one that came along as an optional dependency takes over. Compiled
 * code is kept between starts: that saves two thirds of each.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const needed = 24

if (Number(process.versions.node.split('.')[0]) >= needed) {
  module.enableCompileCache?.()
  await import('./cli.ts')
} else {
  const bundled = fileURLToPath(
    new URL(`../node_modules/node-${process.platform}-${process.arch}/bin/node`, import.meta.url),
  )
  if (existsSync(bundled)) startWith(bundled)
  else {
    console.error(
      `faultline needs Node.js ${needed} or later; this is ${process.version}, and none came along for ${process.platform}-${process.arch}. ` +
        'Install one from https://nodejs.org, or run `npm ci` without --omit=optional.',
    )
    process.exitCode = 254
  }
}

/** @param {string} node The path of a newer Node.js. */
function startWith(node) {
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  // If this launcher is killed outright, the controller is told, so that it stops what it started.
  const guard = ['setpriv', '--pdeathsig', 'TERM']
  const isGuarded = spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true']).status === 0
  const [command = node, ...before] = isGuarded ? [...guard, node] : [node]
  const child = spawn(command, [...before, ...args], { stdio: 'inherit' })
  // Ctrl-C in a terminal reaches the child by itself too, which takes the two for one; `kill -INT` reaches only us.
  process.on('SIGINT', () => child.kill('SIGINT'))
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('error', (error) => {
    console.error(`could not start ${node}: ${error.message}`)
    process.exitCode = 255
  })
  child.on('exit', (code, signal) => {
    if (signal !== null) console.error(`faultline was ended by ${signal}`)
    process.exitCode = code ?? 255
  })
}
