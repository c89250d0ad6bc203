/** What all our pages share: head, header, looks of an outcome. */
import { type OutcomeName, outcomes } from '../outcome.ts'
import { type Html, html } from '../report/html.ts'
import { signs } from '../summaries/of-run.ts'

export interface Frame {
  readonly title: string
  readonly body: Html
  /** Without scripts, the page is asked for again after so many seconds. */
  readonly refreshS?: number
  /** For tables with many columns. */
  readonly isWide?: boolean
}

export function framed({ title, body, refreshS, isWide = false }: Frame): string {
  const refresh =
    refreshS === undefined ? undefined : html`<noscript><meta http-equiv="refresh" content="${refreshS}"></noscript>`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/style.css">
<script type="module" src="/assets/script.js"></script>
${refresh}
</head>
<body>
<main${isWide ? html` class="wide-page"` : undefined}>
${body}
</main>
</body>
</html>
`.markup
}

export function header(where: Html | string | undefined): Html {
  return html`<header class="top"><span><a class="home" href="/"><b>faultline</b> runs</a> · <a class="home" href="/campaigns/">campaigns</a></span><span class="mono">${where}</span></header>`
}

/** What an outcome is called, with the sign that stands beside its colour. */
export function badge(name: OutcomeName | 'open' | 'running' | 'damaged'): Html {
  return html`<span class="badge tone-${toneOf(name)}"><span aria-hidden="true">${signOf(name)}</span>${wordOf(name)}</span>`
}

export function toneOf(name: OutcomeName | 'open' | 'running' | 'damaged'): 'good' | 'bad' | 'warn' {
  if (name === 'running') return 'good'
  if (name === 'open' || name === 'damaged') return 'warn'
  const { exitCode } = outcomes[name]
  return exitCode === 0 ? 'good' : exitCode === 1 ? 'bad' : 'warn'
}

export function signOf(name: OutcomeName | 'open' | 'running' | 'damaged'): string {
  if (name === 'running') return '▶'
  if (name === 'damaged') return '⚠'
  return signs[name === 'open' ? 'none' : name]
}

export function wordOf(name: OutcomeName | 'open' | 'running' | 'damaged'): string {
  return name === 'open' ? 'no outcome' : name
}

/** A page for what went wrong. */
export function problemPage(title: string, text: string): string {
  return framed({
    title,
    body: html`${header(undefined)}<section class="panel"><h1>${title}</h1><p class="meaning">${text}</p><p><a href="/">All runs</a></p></section>`,
  })
}
