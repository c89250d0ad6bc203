/**
 * How long a report takes to write and to open, and how large it is: `npm run bench:report`. Goals at 100,000 ops: written
 * within 2 s, at most 3 MB, painted within 1 s. Medians; painted is what Chromium calls the first contentful paint, drawn
 * is two frames after explorer and lanes are there.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bigRun } from '../results/big-run.fixture.ts'
import { browserPath, launchBrowser } from '../results/page/browser.fixture.ts'
import { reportHtml } from '../results/report/page.ts'
import { pageShell } from '../results/report/shell.ts'

const sizes = [1_000, 10_000, 100_000]
const times = 5

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

pageShell() // Building the program is not part of a report.
const dir = mkdtempSync(join(tmpdir(), 'faultline-bench-'))
const browser = browserPath === undefined ? undefined : await launchBrowser()
try {
  console.log('     ops   written      size   painted     drawn   a frame of panning')
  for (const size of sizes) {
    const run = bigRun(size, { stale: true })
    const writtenMs: number[] = []
    let html = ''
    for (let i = 0; i < times; i++) {
      const startMs = performance.now()
      html = reportHtml(run)
      writtenMs.push(performance.now() - startMs)
    }
    const file = join(dir, `${size}.html`)
    writeFileSync(file, html)
    const opened = browser === undefined ? [] : await opens(file)
    const ms = (values: readonly number[]) =>
      (values.length === 0 ? '–' : `${median(values).toFixed(0)} ms`).padStart(10)
    const megabytes = `${(Buffer.byteLength(html) / 1e6).toFixed(2)} MB`.padStart(10)
    const frames = opened.map(({ frameMs }) => frameMs)
    console.log(
      `${String(size).padStart(8)}${ms(writtenMs)}${megabytes}${ms(opened.map(({ paintedMs }) => paintedMs))}${ms(opened.map(({ drawnMs }) => drawnMs))}${ms(frames)}`,
    )
  }
} finally {
  await browser?.close()
  rmSync(dir, { recursive: true, force: true })
}

async function opens(file: string): Promise<{ paintedMs: number; drawnMs: number; frameMs: number }[]> {
  const found = []
  for (let i = 0; i < times; i++) {
    const page = await browser?.newPage({ viewport: { width: 1280, height: 1000 } })
    if (page === undefined) return []
    await page.goto(`file://${file}`)
    await page.waitForSelector('html[data-checked=yes]', { timeout: 60_000 })
    const [paintedMs = 0, drawnMs = 0] = await page.evaluate<number[]>(
      `['first-contentful-paint', 'faultline:drawn'].map((name) => performance.getEntriesByName(name)[0].startTime)`,
    )
    await page.focus('.explorer')
    await page.keyboard.press('+')
    const frameMs = await page.evaluate<number>(`new Promise((done) => {
      const panel = document.querySelector('.explorer')
      const startMs = performance.now()
      let left = 40
      const next = () => {
        if (left-- === 0) return done((performance.now() - startMs) / 40)
        panel.dispatchEvent(new KeyboardEvent('keydown', { key: left % 2 ? 'ArrowLeft' : 'ArrowRight', bubbles: true }))
        requestAnimationFrame(next)
      }
      next()
    })`)
    found.push({ paintedMs, drawnMs, frameMs })
    await page.close()
  }
  return found
}
