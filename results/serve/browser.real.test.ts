/** The web interface in Chromium, as a person uses it. */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { illegalRun } from '../examples.ts'
import { freshRoot, makeRun } from '../index/runs.fixture.ts'
import { browserPath, launchBrowser } from '../page/browser.fixture.ts'
import { reportHtml } from '../report/page.ts'
import { junitXml } from '../summaries/junit.ts'
import { writeCampaignSummaries } from '../summaries/of-campaign.ts'
import { type Site, serving } from './serving.fixture.ts'

const missing = browserPath === undefined ? ' (skipped: no chromium on the PATH)' : ''
const script = '<script>document.title="taken"</script>'

describe.skipIf(browserPath === undefined)(`in a browser${missing}`, () => {
  let root = ''
  let campaigns = ''
  let site: Site
  let browser: Browser
  let context: BrowserContext | undefined
  let complaints: string[] = []
  beforeAll(async () => {
    root = freshRoot()
    campaigns = freshRoot()
    makeRun(root, { name: 'calm', outcome: 'valid', startedAt: '2026-02-01T10:00:00.000Z' })
    makeRun(root, { name: 'broken', outcome: 'illegal', cause: script, seed: script, bug: script }).writeReport(
      reportHtml(illegalRun({ ops: 400 })),
      '',
    )
    const campaign = join(campaigns, 'night')
    mkdirSync(campaign)
    const run = {
      id: 'register none 1',
      group: 'register none',
      outcome: 'illegal',
      cause: script,
      seconds: 3,
    } as const
    const runs = [{ ...run, dir: join(root, 'broken') }]
    writeCampaignSummaries(campaign, { name: 'night', mode: 'real', exitCode: 1, runs, notRun: [] })
    site = await serving(root, campaigns)
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await site.close()
    rmSync(root, { recursive: true })
    rmSync(campaigns, { recursive: true })
  })
  afterEach(async () => {
    await context?.close()
    expect(complaints).toEqual([])
    expect(site.problems).toEqual([])
  })

  async function open(path: string, options: { hasScript?: boolean; isDark?: boolean } = {}): Promise<Page> {
    const { hasScript = true, isDark = false } = options
    context = await browser.newContext({ javaScriptEnabled: hasScript, colorScheme: isDark ? 'dark' : 'light' })
    const page = await context.newPage()
    complaints = []
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(site.serving.url + path)
    return page
  }

  const names = (page: Page): Promise<string[]> => page.locator('td.name').allInnerTexts()

  test('a menu sends the form by itself, and a head sorts', async () => {
    const page = await open('')
    expect(await names(page)).toEqual(['calm', 'broken'])
    await page.getByLabel('bug').selectOption('none')
    await page.waitForURL(/bug=none/)
    expect(await names(page)).toEqual(['calm'])
    await page.getByText('all runs').click()
    await page.locator('th').getByText('run').click()
    expect(await names(page)).toEqual(['calm', 'broken'])
    await page.locator('th').getByText('run').click()
    expect(await names(page)).toEqual(['broken', 'calm'])
    expect(await page.title()).toBe('2 runs · faultline')
  })

  test('all of it works without a script', async () => {
    const page = await open('', { hasScript: false })
    await page.getByLabel('search').fill('illegal')
    await page.getByText('Show', { exact: true }).click()
    expect(await names(page)).toEqual(['broken'])
    await page.getByText('all runs').click()
    for (const box of await page.locator('input[name=run]').all()) await box.check()
    await page.getByText('Compare the two').click()
    expect(await page.locator('h1').innerText()).toBe('Two runs compared')
    expect(await page.locator('#plan').innerText()).toContain(JSON.stringify(script))
  })

  test('a report opens with its own program and address, though it has an origin of its own', async () => {
    const page = await open('runs/broken/')
    expect(await page.locator('h1').innerText()).toBe(script)
    await page.getByText('Open the report').click()
    await page.waitForSelector('html[data-checked=yes]', { timeout: 30_000 })
    expect(await page.evaluate('origin')).toBe('null')
    await page.keyboard.press('j')
    await page.waitForURL(/#op=\d+/)
  })

  const closed = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
  const broken = 'document.execCommand = () => false'
  test.each([
    ['', 'Copied'],
    [closed, 'Copied'],
    [`${closed}; ${broken}`, 'Selected: press Ctrl+C'],
  ])('the button of a report copies where the browser lets it, and else selects (%j)', async (before, says) => {
    const page = await open('')
    await page.addInitScript(before)
    await page.goto(`${site.serving.url}runs/broken/report.html`)
    await page.waitForSelector('html[data-checked=yes]', { timeout: 30_000 })
    const command = await page.locator('#repeat').innerText()
    await page.locator('[data-copies]').click()
    await expect.poll(() => page.locator('[data-copies]').innerText()).toBe(says)
    if (says !== 'Copied') await page.keyboard.press('Control+C')
    const other = await page.context().newPage()
    await other.goto(site.serving.url)
    await other.getByLabel('search').focus()
    await other.keyboard.press('Control+V')
    expect(await other.getByLabel('search').inputValue()).toBe(command)
    // So that the next case can not live on this one's clipboard.
    await other.getByLabel('search').fill('another text')
    await other.keyboard.press('Control+A')
    await other.keyboard.press('Control+C')
  })

  test('campaigns are reached from the list, and lead to their runs and files, without a script too', async () => {
    const page = await open('', { hasScript: false })
    await page.getByText('campaigns', { exact: true }).click()
    expect(await page.locator('h1').innerText()).toBe('1 campaign')
    await page.getByText('night', { exact: true }).click()
    expect(await page.locator('td.came').allInnerTexts()).toEqual(['✕\nILLEGAL'])
    expect(await page.locator('td', { hasText: script }).count()).toBe(1)
    await page.getByText('register none 1').click()
    expect(await page.locator('h1').innerText()).toBe(script)
  })

  test('dark and light differ, and each outcome has its word and sign in both', async () => {
    const grounds: string[] = []
    for (const isDark of [false, true]) {
      const page = await open('', { isDark })
      grounds.push(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor'))
      const outcomes = await page.locator('td.came').allInnerTexts()
      expect(outcomes.map((text) => text.replace(/\s+/g, ' '))).toEqual(['✓ VALID', '✕ ILLEGAL'])
      await context?.close()
    }
    expect(grounds[0]).not.toBe(grounds[1])
  })

  test('a run that goes on is drawn anew each second, and reloads when it is over', async () => {
    const { dir } = makeRun(root, { name: 'going' })
    const page = await open('runs/going/')
    const line = (value: object): string => `${JSON.stringify(value)}\n`
    appendFileSync(
      join(dir, 'history.jsonl'),
      line({ type: 'ok', timeUs: 5 }) + line({ type: 'info', timeUs: 2_000_000 }),
    )
    appendFileSync(join(dir, 'events.jsonl'), line({ type: 'node-paused', node: script, timeUs: 1 }))
    await page.locator('[data-field=info]', { hasText: '1' }).waitFor()
    expect(await page.locator('[data-field=broken]').innerText()).toBe(`${script} frozen`)
    expect(await page.locator('[data-field=recent]').innerText()).toContain(script)
    expect(await page.locator('[data-field=pulse] rect').count()).toBe(3)
    writeFileSync(join(dir, 'outcome.json'), '{"outcome":')
    await page.getByText('damaged: outcome.json').waitFor()
    expect(await page.title()).toBe('going · faultline')
    rmSync(dir, { recursive: true })
  })

  test('a JUnit file with the worst of names is well-formed XML', async () => {
    const page = await open('')
    const nasty = `${script}]]>&"'\0\u001b\ud800\ufffe é`
    const cases = [{ name: nasty, group: nasty, outcome: 'illegal', cause: nasty, details: [nasty] }] as const
    const xml = junitXml(nasty, [{ name: nasty, timestamp: nasty, properties: [[nasty, nasty]], cases }])
    const found = await page.evaluate(`(() => {
      const parsed = new DOMParser().parseFromString(${JSON.stringify(xml)}, 'text/xml')
      const failure = parsed.querySelector('failure')
      return [parsed.querySelectorAll('parsererror, script').length, failure?.getAttribute('message'), failure?.textContent]
    })()`)
    const shown = `${script}]]>&"'␀␛�� é`
    expect(found).toEqual([0, shown, `illegal: ${shown}\n${shown}`])
  })
})
