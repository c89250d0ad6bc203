/**
 * Builds the report's program into one file: `npm run build:page`. It runs after `npm ci` (prepare), and when a report
 * is written and there is none yet. Without Vite, as in an installation for production, it says so and leaves it.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { builtPage } from '../results/page/built.ts'

try {
  const { build } = await import('vite')
  const { viteSingleFile } = await import('vite-plugin-singlefile')
  const startMs = performance.now()
  const result = await build({
    root: join(import.meta.dirname, '..', 'results', 'page'),
    configFile: false,
    logLevel: 'warn',
    plugins: [viteSingleFile({ removeViteModuleLoader: true })],
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { write: false, target: 'es2023', modulePreload: false },
  })
  if (!('output' in result)) throw new Error('one page was to be built, but Vite made something else')
  const page = result.output.find(({ fileName }) => fileName === 'index.html')
  if (page?.type !== 'asset') throw new Error('Vite made no page')
  mkdirSync(dirname(builtPage), { recursive: true })
  // Somebody may read the old one at this moment.
  const fresh = `${builtPage}.${process.pid}`
  writeFileSync(fresh, page.source)
  renameSync(fresh, builtPage)
  const kilobytes = (Buffer.byteLength(page.source) / 1024).toFixed(0)
  console.log(`${builtPage}: ${kilobytes} KB, built in ${(performance.now() - startMs).toFixed(0)} ms`)
} catch (error) {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
  console.log(`the report page was not built (${error.message.split('\n')[0]}): reports will do without their program`)
}
