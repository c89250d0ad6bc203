/** A page of ours in a real browser, with everything it complained of. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Chromium as the system has it. */
export const browserPath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
  .find((path) => existsSync(path))

export function launchBrowser(): Promise<Browser> {
  if (browserPath === undefined) throw new Error('there is no chromium on the PATH')
  return chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-extensions', '--no-first-run'],
  })
}

export interface Opened {
  readonly page: Page
  /** Errors and warnings of the console, uncaught errors, and every request but for the page itself. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

export interface OpenOptions {
  readonly hash?: string
  readonly isDark?: boolean
  readonly hasScript?: boolean
}

/** Opens a file and waits until its program has drawn and the checker has seen every key. */
export async function openReport(browser: Browser, file: string, options: OpenOptions = {}): Promise<Opened> {
  const { hash = '', isDark = false, hasScript = true } = options
  const context = await browser.newContext({
    viewport: { width: 1280, height: 1000 },
    colorScheme: isDark ? 'dark' : 'light',
    javaScriptEnabled: hasScript,
    offline: true,
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() !== 'log') complaints.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`error: ${error.stack ?? error.message}`))
  page.on('request', (request) => {
    if (!request.url().startsWith(pathToFileURL(file).href)) complaints.push(`request: ${request.url()}`)
  })
  await page.goto(pathToFileURL(file).href + hash)
  if (hasScript) await page.waitForSelector('html[data-checked=yes]', { timeout: 30_000 })
  return { page, complaints, close: () => context.close() }
}
