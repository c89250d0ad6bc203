import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as columns from './columns/index.ts'
import * as formats from './formats/index.ts'
import * as root from './index.ts'
import * as models from './models/index.ts'
import * as worker from './threads/worker.ts'
import * as visualize from './visualize/index.ts'

/** The examples import the package by its name; here each name stands for the folder's own file. */
const modules: Readonly<Record<string, object>> = {
  'porcupine-ts': root,
  'porcupine-ts/formats': formats,
  'porcupine-ts/columns': columns,
  'porcupine-ts/models': models,
  'porcupine-ts/visualize': visualize,
  'porcupine-ts/worker': worker,
}

/** Examples may await. */
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor

test('the examples of the README run and print what their comments say', async () => {
  const { stripTypeScriptTypes } = await import('node:module')
  const text = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
  const printed: unknown[] = []
  for (const [, example = ''] of text.matchAll(/```ts\n(.*?)```/gs)) {
    const body = stripTypeScriptTypes(example).replace(/^import \{([^}]*)\} from '([^']*)'/gm, (_, names, from) => {
      return `const {${String(names).replace(/type \w+/g, '')}} = modules['${from}']`
    })
    const log = (...line: readonly unknown[]) => printed.push(line.join(' '))
    await new AsyncFunction('modules', 'console', body)(modules, { log })
  }
  expect(printed).toEqual([
    'illegal',
    'c3 read the register=2 at event 5, but the register=3 was acknowledged to c1 at event 3, before that read began, and nothing wrote 2 again: a stale read.',
    'valid',
    'valid',
    'illegal',
    'valid blocks',
    'illegal true',
    'cas-register',
  ])
})
