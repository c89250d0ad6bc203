/** The package as others get it: packed, installed into an empty project, and used as its README says. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, delimiter, join, normalize } from 'node:path'
import { gzipSync } from 'node:zlib'
import { execa } from 'execa'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { olderNode } from '../scripts/older-node.ts'
import { packChecker } from '../scripts/pack-checker.ts'
import { encodeEvent, encodeHeader } from './formats/index.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
const examples = Array.from(readme.matchAll(/```ts\n(.*?)```/gs), ([, code = '']) => code)
/** What the comments behind the examples' output say that is printed. */
const promises = (example: string) => Array.from(example.matchAll(/\) \/\/ (\S.*)$/gm), ([, promised = '']) => promised)

let project: string

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'porcupine-ts-user-'))
  const tarball = await packChecker(project)
  writeFileSync(join(project, 'package.json'), '{ "name": "user", "private": true, "type": "module" }\n')
  const install = ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball]
  await execa('npm', install, { cwd: project })
}, 120_000)
afterAll(() => rmSync(project, { recursive: true, force: true }))

const installed = () => join(project, 'node_modules/porcupine-ts')

test('it brings nothing along, has types and a licence, and no test', async () => {
  const manifest = JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8'))
  expect(manifest.dependencies).toBeUndefined()
  expect(existsSync(join(installed(), 'LICENSE'))).toBe(true)
  for (const target of Object.values<{ types?: string; default?: string }>(manifest.exports)) {
    for (const path of typeof target === 'string' ? [target] : [target.types, target.default]) {
      expect(existsSync(join(installed(), path ?? ''))).toBe(true)
    }
  }
  const { stdout } = await execa('find', [
    installed(),
    '-name',
    '*test*',
    '-o',
    '-name',
    '*fixture*',
    '-o',
    '-name',
    '*.ts',
    '!',
    '-name',
    '*.d.ts',
  ])
  expect(stdout).toBe('')
})

test('what runs in a browser loads no module of Node.js, whatever pieces it was packed in', () => {
  const { exports }: { exports: Record<string, { default: string }> } = JSON.parse(
    readFileSync(join(installed(), 'package.json'), 'utf8'),
  )
  for (const [name, { default: target }] of Object.entries(exports)) {
    if (['./cli', './worker', './package.json'].includes(name)) continue
    const files = new Set([join(installed(), target)])
    for (const file of files) {
      for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) .*?"([^"]+)";$/gm)) {
        expect(path, `imported by ${file}`).toMatch(/^\.\.?\//)
        files.add(join(file, '..', path))
      }
    }
    expect(files.size).toBeGreaterThan(1)
  }
})

test('its command loads what decides and what reads, and nothing else before it is needed', () => {
  const files = new Set([join(installed(), 'dist/cli/porcupine-ts.js'), join(installed(), 'dist/chunks/main.js')])
  for (const file of files) {
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) .*?"(\.[^"]+)";$/gm)) {
      files.add(join(file, '..', path))
    }
  }
  const names = Array.from(files, (file) => basename(file, '.js')).toSorted()
  expect(names).toEqual(['command', 'core', 'main', 'porcupine-ts', 'read'])
})

/** Tells each file that is loaded on the standard error. */
const tellsLoads = `data:text/javascript,${encodeURIComponent(
  "import { registerHooks } from 'node:module'; registerHooks({ load: (url, context, next) => (process._rawDebug(url), next(url, context)) })",
)}`

/** Whether its compiled code can be cached decides how the command is loaded. */
const ways: readonly [string, Record<string, string>][] = [
  ['a script', { NODE_COMPILE_CACHE: join(tmpdir(), `porcupine-ts-code-${process.pid}`) }],
  ['modules', { NODE_DISABLE_COMPILE_CACHE: '1' }],
]
afterAll(() => rmSync(ways[0]?.[1].NODE_COMPILE_CACHE ?? '', { recursive: true, force: true }))

test.each(
  ways.flatMap(([way, env]) => [
    { way, env, size: 'a small history as it stands', operations: 10, hasColumns: false },
    { way, env, size: 'a large one as columns', operations: 8000, hasColumns: true },
  ]),
)('its command reads $size, loaded as $way', async ({ way, env, operations, hasColumns }) => {
  const events = Array.from({ length: 2 * operations }, (_none, index) => {
    const type = index % 2 === 0 ? 'invoke' : 'ok'
    return encodeEvent({ index, timeUs: index, process: 0, type, f: 'write', key: 'k', value: index >> 1 })
  })
  const file = join(project, `${operations}.jsonl`)
  writeFileSync(
    file,
    [encodeHeader({ 'faultline-history': 1, workload: 'made', model: 'register' }), ...events].join(''),
  )
  const command = join(installed(), 'dist/cli/porcupine-ts.js')
  const { stdout, stderr } = await execa(process.execPath, ['--import', tellsLoads, command, '--json', file], { env })
  expect(JSON.parse(stdout)).toMatchObject({ files: [{ verdict: 'valid', operations }] })
  expect(stderr.includes('/chunks/core.js')).toBe(way === 'modules')
  expect(stderr.includes('/as-columns')).toBe(hasColumns)
})

test('the script of its command is ASCII, strict, and marked with what it says', () => {
  const text = readFileSync(join(installed(), 'dist/cached/command.cjs'), 'latin1')
  const [, mark, rest = ''] = /^\/\/ ([0-9a-f]{16})\n("use strict";\n[\0-\x7f]*)$/.exec(text) ?? []
  expect(mark).toBe(createHash('sha256').update(rest).digest('hex').slice(0, 16))
})

test('its command says the same of each history of ours however it is loaded, and caches its code for the next time', async () => {
  const fixtures = join(import.meta.dirname, 'fixtures')
  const odd: Record<string, Uint8Array> = {
    'none.log': Uint8Array.from({ length: 3000 }, (_none, place) => place),
    'illegal.edn.gz': gzipSync('[0 :invoke :read nil]\n[0 :ok :read "→ 3"]\n'),
  }
  for (const [name, bytes] of Object.entries(odd)) writeFileSync(join(project, name), bytes)
  const files = [
    ...readdirSync(fixtures).map((name) => join(fixtures, name)),
    ...Object.keys(odd).map((name) => join(project, name)),
  ]
  const command = join(installed(), 'dist/cli/porcupine-ts.js')
  const say = async (env: Record<string, string>) => {
    const { stdout, stderr, exitCode } = await execa(process.execPath, [command, '--json', ...files], {
      env,
      reject: false,
    })
    return { said: stdout.replace(/"(check|explain)Ms": [\d.]+/g, ''), stderr, exitCode }
  }
  const [[, cached] = ['', {}], [, modules] = ['', {}]] = ways
  const expected = await say(modules)
  expect(expected).toMatchObject({ said: expect.stringContaining('"verdict": "illegal"'), stderr: '', exitCode: 1 })
  expect(await say(cached)).toEqual(expected)
  const isCode = (path: string) => basename(path).startsWith('porcupine-ts-')
  const folder = cached.NODE_COMPILE_CACHE ?? ''
  const codes = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isCode)
  expect(codes).toHaveLength(1)
  const code = () => readFileSync(join(folder, codes[0] ?? ''))
  const first = code()
  expect(await say(cached)).toEqual(expected)
  expect(code()).toEqual(first)
})

/** Where the PATH has an older Node.js too, what is packed has to run there. */
const nodes: [string, string | undefined][] = [
  ["the tests' own", process.execPath],
  ['an older', olderNode()],
]

test.for<[string, string | undefined]>(nodes)(
  'each example of the README runs as plain JavaScript, on %s Node.js',
  { timeout: 60_000 },
  async ([, node], { skip }) => {
    if (node === undefined) return skip('the PATH has no Node.js older than 24')
    for (const [i, example] of examples.entries()) {
      const file = join(project, `example-${i}.js`)
      writeFileSync(file, stripTypeScriptTypes(example))
      const { stdout } = await execa(node, [file], { cwd: project })
      expect(stdout.split('\n').filter((line) => promises(example).includes(line))).toEqual(promises(example))
    }
  },
)

test.for<[string, string | undefined]>(nodes)(
  'its command tells the cause of each illegal history of ours, on %s Node.js',
  { timeout: 60_000 },
  async ([, node], { skip }) => {
    if (node === undefined) return skip('the PATH has no Node.js older than 24')
    const fixtures = join(import.meta.dirname, 'fixtures')
    const illegal = readdirSync(fixtures).filter((name) => /^illegal-.*\.jsonl$/.test(name))
    expect(illegal.length).toBeGreaterThan(10)
    const command = join(installed(), 'dist/cli/porcupine-ts.js')
    const files = illegal.map((name) => join(fixtures, name))
    const { exitCode, stdout, stderr } = await execa(node, [command, ...files], { reject: false })
    expect([exitCode, stderr]).toEqual([1, ''])
    expect(stdout.match(/: illegal as /g)).toHaveLength(illegal.length)
  },
)

test('each example of the README is sound TypeScript, with the libraries checked too', async () => {
  const files = examples.map((example, i) => {
    const file = `typed-${i}.ts`
    writeFileSync(join(project, file), example)
    return file
  })
  const options = { strict: true, exactOptionalPropertyTypes: true, module: 'nodenext', target: 'es2024' }
  const compilerOptions = { ...options, noEmit: true, types: [], lib: ['es2024', 'dom'], skipLibCheck: false }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  const { stdout, exitCode } = await execa('tsc', ['-p', project], { preferLocal: true, localDir: root, reject: false })
  expect(stdout).toBe('')
  expect(exitCode).toBe(0)
}, 60_000)

test('its command decides a file', async () => {
  writeFileSync(join(project, 'history.edn'), '[0 :invoke :read nil]\n[0 :ok :read 3]\n')
  const command = join(project, 'node_modules/.bin/porcupine-ts')
  const options = {
    cwd: project,
    reject: false,
    env: { PATH: `${join(process.execPath, '..')}${delimiter}${process.env.PATH}` },
  }
  const checked = await execa(command, ['history.edn', '--html', 'page.html'], options)
  expect(checked.stdout).toMatch(/^history\.edn: illegal as cas-register/)
  expect(checked.exitCode).toBe(1)
  expect(readFileSync(join(project, 'page.html'), 'utf8')).toContain('✗ illegal: history.edn')
  const spread = await execa(command, ['history.edn', '--workers', '2', '--brief'], options)
  expect(spread.stdout).toMatch(/^history\.edn: illegal as cas-register .*$/)
  const told = await execa(command, ['--version'], options)
  expect(told.stdout).toBe(JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8')).version)
}, 60_000)

test('what its command prints reaches whoever reads slowly, and no reader changes an exit code by going away', async () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `[0 :invoke :write ${i}]\n[0 :ok :write ${i}]\n`)
  writeFileSync(join(project, 'long.edn'), lines.join(''))
  const command = `${process.execPath} ${join(installed(), 'dist/cli/porcupine-ts.js')} --convert faultline long.edn`
  const shell = (script: string) => execa('bash', ['-c', script], { cwd: project })
  const { stdout: whole } = await shell(`${command} | wc -c`)
  expect(Number(whole)).toBeGreaterThan(500_000)
  // Another Node.js makes the pipe that both write to one that does not wait.
  const other = `${process.execPath} -e 'process.stdout.write(""); setTimeout(() => {}, 1500)'`
  const { stdout: slow } = await shell(`{ ${other} & sleep 0.4; ${command}; } | { sleep 1; wc -c; }`)
  expect(slow).toBe(whole)
  const { stdout: code } = await shell(`${command} | head -c 10 >/dev/null; echo \${PIPESTATUS[0]}`)
  expect(code).toBe('0')
  // A model of the user's own may print, too.
  writeFileSync(join(project, 'talks.mjs'), talkative)
  const own = `${process.execPath} ${join(installed(), 'dist/cli/porcupine-ts.js')} --model ./talks.mjs long.edn`
  const { stdout: deaf } = await shell(`${own} | true; echo \${PIPESTATUS[0]}`)
  expect(deaf).toBe('0')
  const { stdout: last } = await shell(`${own} | { sleep 0.5; tail -n 1; }`)
  expect(last).toMatch(/^\.+long\.edn: valid as/)
}, 60_000)

const talkative = `export const model = {
  init: () => 0,
  step(state) {
    process.stdout.write('.'.repeat(40))
    return [state]
  },
}
`

test.skipIf(!existsSync('/dev/full'))(
  'output that can not be written is told, and outweighs all but illegal',
  async () => {
    writeFileSync(join(project, 'valid.edn'), '[0 :invoke :write 3]\n[0 :ok :write 3]\n')
    writeFileSync(join(project, 'illegal.edn'), '[0 :invoke :read nil]\n[0 :ok :read 3]\n')
    const command = `${process.execPath} ${join(installed(), 'dist/cli/porcupine-ts.js')}`
    for (const [given, expected] of [
      ['valid.edn', 254],
      ['illegal.edn', 1],
      ['--convert faultline valid.edn', 254],
      ['--model ./quiet.mjs valid.edn', 254],
    ] as const) {
      writeFileSync(join(project, 'quiet.mjs'), 'export const model = { init: () => 0, step: (state) => [state] }')
      const full = await execa('bash', ['-c', `${command} ${given} > /dev/full`], { cwd: project, reject: false })
      expect([full.exitCode, full.stderr]).toEqual([
        expected,
        expect.stringMatching(/^porcupine-ts: the output could not be written: .*ENOSPC/),
      ])
    }
  },
  60_000,
)

const browser = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
  .find((path) => existsSync(path))

describe.skipIf(browser === undefined)('in a browser (skipped where there is no Chromium on the PATH)', () => {
  test('the examples that need no thread run too', async () => {
    const server = createServer((request, response) => serve(request.url ?? '/', response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const chrome = await chromium.launch({ executablePath: browser ?? '', args: ['--no-sandbox', '--disable-gpu'] })
    try {
      const page = await chrome.newPage()
      const printed: string[] = []
      page.on('console', (message) => printed.push(message.text()))
      page.on('pageerror', (error) => printed.push(String(error)))
      await page.goto(`http://127.0.0.1:${portOf(server)}/`)
      await page.waitForFunction('globalThis.isDone === true')
      expect(printed.filter((line) => /[Ee]rror|Failed/.test(line))).toEqual([])
      const promised = examples.filter(needsNoThread).flatMap(promises)
      expect(promised.length).toBeGreaterThan(3)
      expect(printed.filter((line) => promised.includes(line))).toEqual(promised)
    } finally {
      await chrome.close()
      await new Promise((resolve) => server.close(resolve))
    }
  }, 60_000)
})

function needsNoThread(example: string): boolean {
  return !example.includes("'porcupine-ts/worker'")
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

/** The installed package as it is, and a page that has the examples in it. */
function serve(url: string, response: ServerResponse): void {
  const path = normalize(decodeURI(url))
  if (path === '/') {
    response.setHeader('content-type', 'text/html')
    response.end(pageOfExamples())
    return
  }
  const file = join(installed(), path)
  response.statusCode = existsSync(file) ? 200 : 404
  response.setHeader('content-type', 'text/javascript')
  response.end(existsSync(file) ? readFileSync(file) : '')
}

function pageOfExamples(): string {
  const { exports }: { exports: Record<string, { default: string }> } = JSON.parse(
    readFileSync(join(installed(), 'package.json'), 'utf8'),
  )
  const names = Object.entries(exports).map(([name, { default: target }]) => [
    `porcupine-ts${name.slice(1)}`,
    `/${target}`,
  ])
  const modules = examples
    .filter(needsNoThread)
    .map((example) => `<script type="module">${stripTypeScriptTypes(example)}</script>`)
  const map = JSON.stringify({ imports: Object.fromEntries(names) })
  const done = '<script type="module">globalThis.isDone = true</script>'
  return `<!doctype html><link rel="icon" href="data:,"><script type="importmap">${map}</script>${modules.join('\n')}${done}`
}
