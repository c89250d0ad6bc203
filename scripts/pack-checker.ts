/**
 * Packs porcupine-ts for a registry: `npm run pack:checker -- [--out DIRECTORY]`. The workspace runs from its TypeScript
 * sources; what is packed is built JavaScript with types, and a package.json that points there.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { execa } from 'execa'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'checker')
const notPacked = ['**/*.test.ts', '**/*.suite.ts', '**/*.fixture.ts', '**/fixtures/**', '**/node_modules', '**/dist']

/** The path of the tarball. */
export async function packChecker(directory: string): Promise<string> {
  const stage = mkdtempSync(join(tmpdir(), 'porcupine-ts-'))
  try {
    await build(stage)
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

async function build(stage: string): Promise<void> {
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
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
  for (const file of builtFiles(join(stage, 'dist'))) mendUrls(file)
}

function builtFiles(dist: string): readonly string[] {
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .map((file) => join(dist, file))
}

/** The compiler rewrites what is imported, but not what a worker is started from. */
function mendUrls(file: string): void {
  const text = readFileSync(file, 'utf8')
  const mended = text.replace(/(new URL\('\.[^']*)\.ts'/g, "$1.js'")
  if (mended !== text) writeFileSync(file, mended)
}

interface Manifest {
  readonly exports: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

function packedManifest(): Manifest & object {
  const manifest: Manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  const built = (path: string, ending: string) => `./dist/${path.replace(/^\.\//, '').replace(/\.ts$/, ending)}`
  const targets = Object.entries(manifest.exports).map(([name, path]): [string, object] => [
    name,
    { types: built(path, '.d.ts'), default: built(path, '.js') },
  ])
  const commands = Object.entries(manifest.bin).map(([name, path]): [string, string] => [name, built(path, '.js')])
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
