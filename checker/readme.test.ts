import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as formats from './formats/index.ts'
import * as root from './index.ts'
import * as models from './models/index.ts'

/** The examples import the package by its name; here each name stands for the folder's own file. */
const modules: Readonly<Record<string, object>> = {
  'porcupine-ts': root,
  'porcupine-ts/formats': formats,
  'porcupine-ts/models': models,
}

test('the examples of the README run and print what their comments say', async () => {
  const { stripTypeScriptTypes } = await import('node:module')
  const text = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
  const printed: unknown[] = []
  for (const [, example = ''] of text.matchAll(/```ts\n(.*?)```/gs)) {
    const body = stripTypeScriptTypes(example).replace(/^import \{([^}]*)\} from '([^']*)'/gm, (_, names, from) => {
      return `const {${String(names).replace(/type \w+/g, '')}} = modules['${from}']`
    })
    new Function('modules', 'console', body)(modules, { log: (line: unknown) => printed.push(line) })
  }
  expect(printed).toEqual([
    'illegal',
    'c3 read the register=2 at 0.000 s, but the register=3 was acknowledged to c1 at 0.000 s, before that read began, and nothing wrote 2 again: a stale read.',
    'valid',
  ])
})
