import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { UsageError } from '../../workloads/usage-error.ts'
import { checkCommand } from './check.ts'

const dir = mkdtempSync(join(tmpdir(), 'faultline-check-command-'))
afterAll(() => rmSync(dir, { recursive: true }))

const history = '[0 :invoke :write 1]\n[0 :ok :write 1]\n'
const file = join(dir, 'in.edn')
writeFileSync(file, history)

function typed(...args: readonly string[]): Promise<unknown> {
  const command = checkCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  return command.parseAsync([...args], { from: 'user' })
}

test('a page never takes the place of the history that it shows', async () => {
  await expect(typed(file, '--html', join(dir, 'x', '..', 'in.edn'))).rejects.toThrow(UsageError)
  await expect(typed(file, '--html', file)).rejects.toThrow('the history itself; expected another file for the page')
  expect(readFileSync(file, 'utf8')).toBe(history)
})

test.each([
  ['--initial', '1e999', '1e999 is too large to be kept exactly'],
  ['--initial', '9007199254740993', '9007199254740993 is too large to be kept exactly'],
  ['--initial', '[1]', 'null, a number, a text in quotes, true or false was expected'],
  ['--initial', 'a', 'a JSON value should be here'],
  ['--time-limit', '1e308', 'expected a number of seconds that can pass'],
])('%s %s is a usage error', async (option, value, message) => {
  await expect(typed(file, option, value)).rejects.toThrow(message)
})
