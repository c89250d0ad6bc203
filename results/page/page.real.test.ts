/** Reports in Chromium: simulated runs as the command line writes them, and one with 100,000 ops. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bigRun } from '../big-run.fixture.ts'
import { reportHtml } from '../report/page.ts'
import { browserPath, launchBrowser, type Opened, openReport } from './browser.fixture.ts'

const root = join(import.meta.dirname, '..', '..')
const missing = browserPath === undefined ? ' (skipped: no chromium on the PATH)' : ''

describe.skipIf(browserPath === undefined)(`a report in a browser${missing}`, () => {
  let dir: string
  let browser: Browser
  let opened: Opened | undefined

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'faultline-page-'))
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await opened?.close()
    await browser.close()
    rmSync(dir, { recursive: true, force: true })
  })

  async function open(file: string, options: Parameters<typeof openReport>[2] = {}): Promise<Page> {
    await opened?.close()
    opened = await openReport(browser, file, options)
    return opened.page
  }

  /** Runs a plan as a person would, and gives the report that it wrote. */
  async function simulated(name: string, args: readonly string[]): Promise<string> {
    const runs = join(dir, name)
    const command = ['controller/launch.js', 'simulate', ...args, '--root', runs]
    await execa(process.execPath, command, { cwd: root, reject: false })
    const [run = ''] = existsSync(runs) ? readdirSync(runs) : []
    return join(runs, run, 'report.html')
  }

  function written(name: string, html: string): string {
    const file = join(dir, name)
    writeFileSync(file, html)
    return file
  }

  const detail = (page: Page): Promise<string> => page.locator('.details').innerText()
  /** Moves over the lanes until there is something to click at. */
  async function clickSomeOp(page: Page): Promise<void> {
    const box = await page.locator('.lanes').boundingBox()
    await page.locator('.lanes').scrollIntoViewIfNeeded()
    for (let x = 130; x < (box?.width ?? 0); x += 3) {
      await page.locator('.lanes').hover({ position: { x, y: 110 } })
      if ((await page.locator('.tip').count()) > 0) return page.locator('.lanes').click({ position: { x, y: 110 } })
    }
    throw new Error('there was no op to click at')
  }

  const shown = (page: Page): Promise<string> => page.locator('.filters output').innerText()

  describe('of an illegal run', () => {
    let file: string
    beforeAll(async () => {
      file = await simulated('illegal', ['--plan', 'regressions/bug-leader-local-read.json'])
    })

    test('tells verdict, core and proof, and j goes to the op that fits into no order', async () => {
      const page = await open(file)
      expect(await page.locator('#outcome').innerText()).toContain('ILLEGAL')
      expect(await page.locator('.proof').innerText()).toMatch(/Step by step[\s\S]*had been reached/)
      const core = await page.locator('#anomaly .core-op').count()
      const [, stops = '0'] = /op – of (\d+)/.exec(await page.locator('.tools').innerText()) ?? []
      const seen: string[] = []
      const details: string[] = []
      for (let at = 0; at < Number(stops); at++) {
        await page.keyboard.press('j')
        seen.push(...(await page.locator('.core-number').allInnerTexts()))
        details.push(await detail(page))
      }
      expect(seen).toEqual(Array.from({ length: core }, (_, at) => String(at + 1)))
      expect(details.join()).toMatch(/✕ It has no place: it saw version \d+, but version \d+ had been reached/)
      expect(await page.locator('#nodes-side').innerText()).toMatch(
        /when op #\d+ ended[\s\S]*Messages around this moment/,
      )
      // Node, what it was, role, term, commit, applied.
      const [row = ''] = await page.locator('#nodes-side tbody tr', { hasText: 'leader' }).allInnerTexts()
      expect(row).toMatch(/^n\d\tup\tleader\t\d+\t\d+\t\d+\s+told [\d.]+ \S+ before/)
      expect(opened?.complaints).toEqual([])
    })

    test('has an address for each op, which leads back to it and to nothing where there is no such op', async () => {
      const page = await open(file)
      await page.keyboard.press('j')
      const hash = await page.evaluate(() => location.hash)
      expect(hash).toMatch(/^#op=\d+&from=\d+&to=\d+$/)
      const before = await detail(page)
      const again = await open(file, { hash })
      expect(await detail(again)).toBe(before)
      const alone = await open(file, { hash: hash.replace(/&.*/, '') })
      expect(await detail(alone)).toBe(before)
      const nowhere = await open(file, { hash: '#op=999999999' })
      expect(await nowhere.locator('.details').count()).toBe(0)
      expect(opened?.complaints).toEqual([])
    })

    test('has an address for what is seen: filters, lanes and piece of time come back with it, and nonsense does not', async () => {
      const page = await open(file)
      await page.keyboard.press('j')
      const key = await page.locator('select[aria-label=key] option').nth(1).innerText()
      await page.selectOption('select[aria-label=key]', { label: key })
      await page.selectOption('.filters label select', 'node')
      await page.locator('.explorer').focus()
      for (let times = 0; times < 3; times++) await page.keyboard.press('-')
      await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/&key=.*&lanes=node$/)
      await page.waitForTimeout(300)
      const hash = await page.evaluate(() => location.hash)
      const seen = async (there: Page) => [
        await shown(there),
        await detail(there),
        await there.locator('.lanes').screenshot(),
      ]
      await page.mouse.move(0, 0)
      const before = await seen(page)
      const again = await open(file, { hash })
      expect(await again.evaluate(() => location.hash)).toBe(hash)
      expect(await seen(again)).toEqual(before)
      const odd = await open(file, {
        hash: '#op=<img src=x>&key=__proto__&from=-1&to=1e9&text=%22%3E%3Cimg%20src%3Dx%3E',
      })
      expect(await shown(odd)).toMatch(/^0 of/)
      expect(await odd.locator('img').count()).toBe(0)
      expect(opened?.complaints).toEqual([])
    })

    test('is read without JavaScript as well: verdict, core, proof, faults', async () => {
      const page = await open(file, { hasScript: false })
      for (const part of ['#outcome h1', '#anomaly svg', '.proof li', '#focus svg', '#faults tbody tr'])
        expect(await page.locator(part).first().isVisible()).toBe(true)
      expect(await page.locator('#explorer').innerText()).toContain('needs JavaScript')
    })

    test('has other colours in the dark, and prints on white all the same', async () => {
      const page = await open(file, { isDark: true })
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      expect(ground).toBe('rgb(18, 20, 23)')
      await page.emulateMedia({ media: 'print' })
      expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(29, 32, 36)')
      expect((await page.pdf({ format: 'A4' })).byteLength).toBeGreaterThan(50_000)
      expect(opened?.complaints).toEqual([])
    })
  })

  test('of a valid run: every key is in order, and there is no anomaly to go to', async () => {
    const page = await open(written('valid.html', reportHtml(bigRun(1_200, { keys: 5 }))))
    expect(await page.locator('#outcome').innerText()).toContain('VALID')
    expect(await page.locator('.tools').innerText()).toContain('no anomaly to go to')
    expect(await page.locator('.chart canvas').count()).toBe(4)
    await page.locator('[data-copies]').click()
    await expect.poll(() => page.locator('[data-copies]').innerText()).toBe('Copied')
    await clickSomeOp(page)
    expect(await detail(page)).toMatch(/In the best order of k\d[\s\S]*before[\s\S]*after/)
    expect(opened?.complaints).toEqual([])
  })

  test('of 100,000 ops is searched, zoomed and panned by keyboard', async () => {
    const page = await open(written('big.html', reportHtml(bigRun(100_000, { stale: true }))))
    expect(await shown(page)).toBe('100,000 ops')
    await page.keyboard.press('j')
    expect(await detail(page)).toMatch(/✕ It has no place: it saw version/)
    const stale = await page.evaluate(() => location.hash)
    await page.keyboard.press('/')
    await page.keyboard.type('write 99999')
    await expect.poll(() => shown(page)).toBe('1 of 100,000 ops')
    await page.keyboard.press('Escape')
    await expect.poll(() => shown(page)).toBe('100,000 ops')
    await expect.poll(() => page.evaluate(() => location.hash)).toBe(stale)
    await page.selectOption('select[aria-label=key]', { label: 'k7' })
    await expect.poll(() => shown(page)).toMatch(/^[34],\d{3} of 100,000 ops$/)
    const picture = () => page.locator('.lanes').screenshot()
    await page.locator('.explorer').focus()
    let before = await picture()
    for (const key of ['0', '+', 'ArrowRight', '-']) {
      await page.keyboard.press(key)
      const after = await picture()
      expect(after.equals(before)).toBe(false)
      before = after
    }
    expect(opened?.complaints).toEqual([])
  })

  test('nothing that a run holds becomes markup or code', async () => {
    const attack = '</script><img src=x onerror="document.title=1"><!-- \u2028 $1 $& {{x}}'
    const run = bigRun(300, { keys: 3 })
    const history = run.history.map((event) => ({ ...event, key: event.key + attack, error: attack, node: attack }))
    const page = await open(written('attack.html', reportHtml({ ...run, name: attack, history })))
    await clickSomeOp(page)
    expect(await page.locator('#explorer option', { hasText: '<img' }).count()).toBeGreaterThan(0)
    expect(await page.locator('img').count()).toBe(0)
    expect(opened?.complaints).toEqual([])
  })
})
