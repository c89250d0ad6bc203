import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, test } from 'vitest'

test.each([
  ['determinism', '--seeds 0'],
  ['determinism', '--seeds abc'],
  ['determinism', '4'],
  ['differential', '--histories 0'],
  ['differential', '--histories abc'],
  ['differential', '--history 5'],
  ['prove', '--runs 0'],
  ['prove', '--at-least x'],
  ['bench-sim', 'abc'],
  ['bench-checker', '--suite fourty'],
  ['bench-checker', '--random x'],
  ['bench-formats', '--sizes 5,x'],
  ['bench-formats', '--only vector'],
])('the script %s with %s proves nothing, and says so', async (script, typed) => {
  const file = fileURLToPath(new URL(`${script}.ts`, import.meta.url))
  const options = { reject: false, env: { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') } }
  const { exitCode, stdout, stderr } = await execa(process.execPath, [file, ...typed.split(' ')], options)
  expect({ exitCode, stdout }).toEqual({ exitCode: 254, stdout: '' })
  expect(stderr).toMatch(/^error: /)
})
