/**
 * The page's program, as Vite built it into one file (`npm run build:page`), with slots for what a run puts into it.
 * Where it was not built yet, or its sources are newer, it is built on first use; where that is not possible, the page
 * does without: verdict, core, proof and tables need no program.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { builtPage } from '../page/built.ts'

export interface Shell {
  /** A whole page around `head`, `body` and the text of its data element. */
  fill(slots: { readonly head: string; readonly body: string; readonly data: string }): string
  /** What a Content-Security-Policy must name so that the program may run, and nothing else. */
  readonly scriptHashes: readonly string[]
  readonly hasProgram: boolean
}

const bare = `<!doctype html>
<html lang="en">
<head>
<!--slot:head-->
</head>
<body>
<!--slot:body-->
<!--slot:data-->
</body>
</html>
`

let loaded: Shell | undefined

/** Read, and if need be built, once per process. */
export function pageShell(): Shell {
  loaded ??= shellOf(isCurrent() || built() ? readFileSync(builtPage, 'utf8') : bare)
  return loaded
}

/** Slots are filled by functions: in a replacement text, `$&` of a run would stand for something else. */
export function shellOf(markup: string): Shell {
  const scripts = [...markup.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, text = '']) => text)
  return {
    hasProgram: scripts.length > 0,
    scriptHashes: scripts.map((text) => createHash('sha256').update(text).digest('base64')),
    fill: ({ head, body, data }) => {
      const element = scripts.length > 0 ? `<script type="application/octet-stream" id="run">${data}</script>` : ''
      const slots: Readonly<Record<string, string>> = { head, body, data: element }
      return markup.replace(/<!--slot:(head|body|data)-->/g, (_, name: string) => slots[name] ?? '')
    },
  }
}

function isCurrent(): boolean {
  if (!existsSync(builtPage)) return false
  const builtMs = statSync(builtPage).mtimeMs
  const folders = [join(import.meta.dirname, '..', 'page'), import.meta.dirname]
  return folders.every((folder) =>
    readdirSync(folder)
      .filter((file) => /\.(tsx?|css|html)$/.test(file) && !file.includes('.test.'))
      .every((file) => statSync(join(folder, file)).mtimeMs <= builtMs),
  )
}

/** Whether there is a page to be used now, be it an older one. */
function built(): boolean {
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'build-page.ts')
  spawnSync(process.execPath, [script], { stdio: 'ignore', timeout: 60_000 })
  return existsSync(builtPage)
}
