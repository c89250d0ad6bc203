/**
 * Packs porcupine-ts for a registry: `npm run pack:checker -- [--out DIRECTORY]`. The workspace runs from its TypeScript
 * sources; what is packed is JavaScript with types, and a package.json that points there. The JavaScript is bundled,
 * readable as it is: 170 small files take four times as long to load as the few that they become.
 */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import { build, type Plugin } from 'vite'
import { marked } from '../checker/cli/cached-script.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'checker')
const notPacked = ['**/*.test.ts', '**/*.suite.ts', '**/*.fixture.ts', '**/fixtures/**', '**/node_modules', '**/dist']

/** What only some histories need, which the command loads for those. */
const rare = [
  { name: 'told', test: ofChecker(/^explain/) },
  {
    name: 'objects',
    // All but what the key-value models are made of, and what the general search asks of others.
    test: ofChecker(/^(collections|models\/(?!kv|append-kv|cas-register|register|chain|index|item-hash|object\.))/),
  },
  { name: 'written', test: ofChecker(/^formats\/(?!json-).*write/) },
]
/** A few chunks, since each file more costs a fresh process half a millisecond. */
const groups = [
  ...rare,
  { name: 'read', test: ofChecker(/^formats/), minShareCount: 2 },
  {
    name: 'command',
    test: ofChecker(/^cli\/(arguments|check-history|load|main|misfit|report|same-file|subject)/),
  },
  { name: 'core', test: ofChecker(/^(?!\.\.|formats|columns|visualize|cli|monitor|threads)/), minShareCount: 2 },
]

/** Whether a file's place in the checker fits. */
function ofChecker(place: RegExp): (id: string) => boolean {
  return (id) => place.test(relative(source, id))
}

/** The path of the tarball. */
export async function packChecker(directory: string): Promise<string> {
  const stage = mkdtempSync(join(tmpdir(), 'porcupine-ts-'))
  try {
    await bundle(join(stage, 'dist'))
    await bundleCommand(join(stage, 'dist/cached'))
    await declare(stage)
    for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) cpSync(join(source, file), join(stage, file))
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(packedManifest(), undefined, 2)}\n`)
    mkdirSync(directory, { recursive: true })
    const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', resolve(directory)]
    const { stdout } = await execa('npm', pack, { cwd: stage })
    return join(resolve(directory), stdout.trim())
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

/** An entry for each name of the package; what several of them share lies in chunks, so an entry loads what it needs. */
async function bundle(dist: string): Promise<void> {
  const { exports, bin } = sourceManifest()
  const entries = [...Object.values(exports), ...Object.values(bin)].map((path) => built(path, ''))
  await build({
    root: source,
    configFile: false,
    logLevel: 'warn',
    plugins: [threadsAsEntries, plainRequires],
    build: {
      // For no browser's sake are imports rewritten; that browsers can load the result is a test.
      ssr: true,
      outDir: dist,
      emptyOutDir: false,
      target: 'es2024',
      minify: false,
      rolldownOptions: {
        cwd: source,
        input: Object.fromEntries(entries.map((entry) => [entry, join(source, `${entry}.ts`)])),
        // A folder deep, where `version` in cli/main.ts looks for package.json from.
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name].js',
          minifyInternalExports: false,
          codeSplitting: { groups, includeDependenciesRecursively: false },
        },
      },
    },
  })
}

/** The command once more, as a script for `CachedScript`, and what it requires when it is needed. */
async function bundleCommand(directory: string): Promise<void> {
  const entry = join(source, 'cli/main.ts')
  const atOnce = new Set([entry])
  await build({
    root: source,
    configFile: false,
    logLevel: 'warn',
    plugins: [withoutThreads, withStaticImports(atOnce), asCached],
    build: {
      ssr: true,
      outDir: directory,
      emptyOutDir: false,
      target: 'es2024',
      minify: false,
      rolldownOptions: {
        cwd: source,
        input: { command: entry },
        output: {
          format: 'cjs',
          entryFileNames: '[name].cjs',
          chunkFileNames: '[name].cjs',
          comments: false,
          strict: true,
          dynamicImportInCjs: false,
          minifyInternalExports: false,
          codeSplitting: {
            groups: [...rare, { name: 'command', test: (id) => atOnce.has(id) }],
            includeDependenciesRecursively: false,
          },
        },
      },
    },
  })
}

/** Adds to some modules all that they import at once: the set grows while it is walked. */
function withStaticImports(modules: Set<string>): Plugin {
  return {
    name: 'with-static-imports',
    buildEnd() {
      for (const id of modules) for (const imported of this.getModuleInfo(id)?.importedIds ?? []) modules.add(imported)
    },
  }
}

/** Threads are started by modules. */
const withoutThreads: Plugin = {
  name: 'without-threads',
  enforce: 'pre',
  load: (id) =>
    id === join(source, 'cli/check-in-workers.ts')
      ? `export function checkedInWorkers() { throw new Error('this script starts no threads') }`
      : undefined,
}

/** Last of all, as others print the code anew. */
const asCached: Plugin = {
  name: 'as-cached',
  enforce: 'post',
  generateBundle(_options, bundle) {
    const command = bundle['command.cjs']
    if (command?.type !== 'chunk') throw new Error('there is no script of the command')
    command.code = marked(command.code, (text) => createHash('sha256').update(text).digest('hex'))
  },
}

/** What a worker is started from becomes an entry of its own, and is found from whatever chunk starts it. */
const threadsAsEntries: Plugin = {
  name: 'threads-as-entries',
  enforce: 'pre',
  transform(code, id) {
    let text = code
    for (const [, path = ''] of code.matchAll(/new URL\('(\.\/[\w-]+\.ts)', import\.meta\.url\)/g)) {
      const file = join(dirname(id), path)
      this.emitFile({ type: 'chunk', id: file, fileName: built(relative(source, file)) })
      // For `renderChunk`, where it is known what the starting code has become a part of.
      text = text.replace(`'${path}', import.meta.url`, `'thread:${relative(source, file)}', import.meta.url`)
    }
    return text
  },
  renderChunk: (code, { fileName }) =>
    code.replace(/"thread:([^"]+)"/g, (_, file: string) => `"./${relative(dirname(fileName), built(file))}"`),
}

/**
 * Node.js makes a module of `node:fs` with all that is in it, also what it would only load on demand: 4 ms of a start.
 * What is required comes as it is.
 */
const plainRequires: Plugin = {
  name: 'plain-requires',
  renderChunk(code) {
    const plain = code.replace(
      /^import \{([^}]*)\} from "(node:[\w/]+)";$/gm,
      (_, names: string, from: string) => `const {${names.replaceAll(' as ', ': ')}} = require("${from}");`,
    )
    if (plain === code) return code
    const required = 'import module from "node:module";\nconst require = module.createRequire(import.meta.url);\n'
    // A module that is imported twice under one name is an error.
    const once = plain.replace(/^import module from "node:module";\n/m, '')
    return once.replace(/^(?:#!.*\n)?/, (first) => first + required)
  },
}

async function declare(stage: string): Promise<void> {
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rewriteRelativeImportExtensions: true,
      rootDir: source,
      outDir: join(stage, 'dist'),
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [join(source, '**/*.ts')],
    exclude: notPacked.map((pattern) => join(source, pattern)),
  }
  const configFile = join(stage, 'tsconfig.json')
  writeFileSync(configFile, JSON.stringify(config))
  await execa('tsc', ['-p', configFile], { preferLocal: true, localDir: root, stdio: 'inherit' })
  rmSync(configFile)
}

interface Manifest {
  readonly exports: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

function sourceManifest(): Manifest {
  return JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
}

/** What a source becomes. */
function built(path: string, ending = '.js'): string {
  return path.replace(/^\.\//, '').replace(/\.ts$/, ending)
}

function packedManifest(): Manifest & object {
  const manifest = sourceManifest()
  const targets = Object.entries(manifest.exports).map(([name, path]): [string, object] => [
    name,
    { types: `./dist/${built(path, '.d.ts')}`, default: `./dist/${built(path)}` },
  ])
  const commands = Object.entries(manifest.bin).map(([name, path]): [string, string] => [name, `./dist/${built(path)}`])
  return {
    ...manifest,
    bin: Object.fromEntries(commands),
    exports: { ...Object.fromEntries(targets), './package.json': './package.json' } as Manifest['exports'],
    files: ['dist', 'CHANGELOG.md'],
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: '.' } } })
  console.log(await packChecker(values.out))
}
