import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execaSync } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** The rules that hold our house up, shown to hold: each fixture must fail, and its mended twin must pass. */
const root = new URL('..', import.meta.url).pathname
let dir: string

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'faultline-lint-'))
  cpSync(join(root, 'biome.json'), join(dir, 'biome.json'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const imports = (path: string): string => `import { thing } from '${path}'\n\nexport const other = thing\n`

test.each([
  ['checker/a.ts', '../cluster/random.ts'],
  ['checker/models/a.ts', '../../workloads/op.ts'],
  ['cluster/a.ts', 'porcupine-ts'],
  ['cluster/raft/a.ts', '../../checker/index.ts'],
  ['cluster/raft/a.ts', '../../workloads/op.ts'],
  ['cluster/a.ts', '../controller/run.ts'],
  ['workloads/a.ts', '../nemesis/plan.ts'],
  ['workloads/a.ts', '../checker/index.ts'],
  ['nemesis/a.ts', '../results/store.ts'],
  ['nemesis/a.ts', '../controller/run.ts'],
  ['results/report/a.ts', '../../controller/run.ts'],
])('%s may not import %s', (file, path) => {
  expect(lint(file, imports(path))).toContain('lint/style/noRestrictedImports')
})

test.each([
  ['checker/models/a.ts', '../operation.ts'],
  ['cluster/raft/a.ts', '../random.ts'],
  ['workloads/a.ts', '../cluster/random.ts'],
  ['workloads/a.ts', 'porcupine-ts/formats'],
  ['nemesis/a.ts', '../workloads/op.ts'],
  ['results/report/a.ts', '../../nemesis/plan.ts'],
  ['controller/commands/a.ts', '../../results/store.ts'],
])('%s may import %s', (file, path) => {
  expect(lint(file, imports(path))).toBe('')
})

const floating = `export async function later(): Promise<number> {
  return await Promise.resolve(1)
}

export function now(): void {
  later()
}
`

test('a promise that nobody awaits is an error', () => {
  expect(lint('controller/a.ts', floating)).toContain('lint/nursery/noFloatingPromises')
  expect(
    lint('controller/a.ts', floating.replace('now(): void {\n  later()', 'now(): Promise<number> {\n  return later()')),
  ).toBe('')
})

test.each(['raft', 'kv', 'node', 'sim'])(
  'code in cluster/%s takes neither time nor chance from outside Env',
  (folder) => {
    expect(leaks(`cluster/${folder}`)).toEqual([])
  },
)

test.each(['workloads', 'nemesis'])('code in %s takes neither time nor chance from outside Env', (folder) => {
  expect(leaks(folder)).toEqual([])
})

/** What the linter finds in one file of a house of its own; '' if nothing. */
function lint(file: string, code: string): string {
  const path = join(dir, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, code)
  const { stdout, exitCode } = execaSync('biome', ['lint', '--vcs-enabled=false', '--reporter=json', path], {
    cwd: dir,
    reject: false,
    preferLocal: true,
    localDir: root,
  })
  rmSync(path)
  if (exitCode === 0) return ''
  const report = JSON.parse(stdout) as { diagnostics: { category: string }[] }
  return report.diagnostics.map(({ category }) => category).join(' ')
}

function leaks(folder: string): string[] {
  const outside =
    /\b(Date\.now|Math\.random|setTimeout|setInterval|setImmediate|performance\.now|randomUUID|process\.hrtime)\b/
  const files = execaSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', folder], {
    cwd: root,
  }).stdout.split('\n')
  return files
    .filter((file) => file.endsWith('.ts') && !/\.(test|suite)\.ts$/.test(file))
    .filter((file) => outside.test(readFileSync(join(root, file), 'utf8')))
}
