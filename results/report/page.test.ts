import { describe, expect, test } from 'vitest'
import { illegalRun, stuckRun, validRun, withMessages } from '../examples.ts'
import { outcomes } from '../outcome.ts'
import type { LoadedRun } from '../run.ts'
import { reportHtml } from './page.ts'
import { reportText } from './text.ts'

/** The page's text, without markup, style and script. */
function textOf(page: string): string {
  return page
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
}

const empty: LoadedRun = (({ outcome: _, ...run }) => ({ ...run, history: [], events: [], evidence: [], files: [] }))(
  validRun({ ops: 10 }),
)

const runs: [title: string, run: LoadedRun][] = [
  ['valid', validRun()],
  ['illegal', illegalRun()],
  ['illegal, with its messages', withMessages(illegalRun())],
  ['stuck', stuckRun()],
  ['of a controller that died', empty],
]

describe.each(runs)('the page of a run that is %s', (_title, run) => {
  const page = reportHtml(run)

  test('is the same byte by byte each time', () => {
    expect(reportHtml(structuredClone(run))).toBe(page)
  })

  test('needs nothing from anywhere: no address, no picture, no other script', () => {
    expect(withoutProgram(page)).not.toMatch(/https?:|src=|@import|<link/)
    expect(page).toContain('default-src &#39;none&#39;')
  })

  test('is well-formed: tags close in order, coordinates are numbers', () => {
    expect(withoutProgram(page)).not.toMatch(/NaN|Infinity|undefined|\[object/)
    expect(unclosed(page)).toEqual([])
  })

  test('gives what is needed to repeat it', () => {
    const text = textOf(page)
    for (const part of [
      run.environment.repeat,
      run.plan.seed,
      run.environment.faultline,
      'd1cb5b80c0ff',
      'electionMs=150',
    ]) {
      expect(text).toContain(part)
    }
  })
})

/** What is written for this run: no program, and no packed data. */
function withoutProgram(page: string): string {
  return page.replace(/<script[\s\S]*?<\/script>/g, '')
}

/** Tags that are not closed, or close another. */
function unclosed(page: string): string[] {
  const open: string[] = []
  const body = page.replace(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, '').replace(/<!doctype html>/, '')
  for (const [tag, slash, name = ''] of body.matchAll(/<(\/?)([a-zA-Z1-6]+)(?:\s[^<>]*)?>/g)) {
    if (tag.endsWith('/>') || ['meta', 'br'].includes(name)) continue
    if (slash === '') open.push(name)
    else if (open.at(-1) === name) open.pop()
    else return [`</${name}> in ${open.join(' ')}`]
  }
  return open
}

test('a valid run says what was proved and shows no anomaly', () => {
  const text = textOf(reportHtml(validRun()))
  expect(text).toContain('✓ valid')
  expect(text).toContain(`That means: ${outcomes.valid.meaning}.`)
  expect(text).toContain('4 of 6')
  expect(text).not.toContain('What can not be put in order')
})

test('an illegal run shows its core, its explanation, and the op that could not follow', () => {
  const run = illegalRun()
  const text = textOf(reportHtml(run))
  const { anomaly } = run.outcome!
  expect(text).toContain(anomaly!.sentence)
  for (const [at, { text: says }] of anomaly!.core.entries()) expect(text).toContain(`${at + 1} ${says}`)
  expect(text).toContain('9.246 s')
  expect(text).toMatch(/✕ could not follow c3 read: 9001/)
  expect(text).toContain('Around the anomaly')
})

test('an op of the core that never returned fades out with a question mark', () => {
  const run = illegalRun()
  const anomaly = run.outcome!.anomaly!
  const core = anomaly.core.map(({ returnUs, ...op }, at) =>
    at === 0 || returnUs === undefined ? op : { ...op, returnUs },
  )
  const page = reportHtml({ ...run, outcome: { ...run.outcome!, anomaly: { ...anomaly, core } } })
  expect(page.match(/class="bar fading"/g)).toHaveLength(1)
  expect(page).toMatch(/class="perhaps"[^>]*>\?</)
  expect(textOf(page)).toContain('9.231 s – never answered · at n3')
})

test('an anomaly without a core is still explained', () => {
  const run = illegalRun({ ops: 100 })
  const anomaly = { ...run.outcome!.anomaly!, core: [], prefix: [] }
  const page = reportHtml({ ...run, outcome: { ...run.outcome!, anomaly } })
  expect(withoutProgram(page)).not.toMatch(/NaN|Infinity/)
  expect(textOf(page)).toContain('that read began, and nothing wrote 9001 again: a stale read.')
})

test('a stuck run says what did not come back', () => {
  const text = textOf(reportHtml(stuckRun()))
  expect(text).toContain('■ stuck')
  expect(text).toContain('After the last heal nobody was served within 10 s.')
  expect(text).toContain('✕ no op was answered after it ended at 24.000 s')
})

test('a fault that was skipped or did not bite is told from one that did', () => {
  const text = textOf(reportHtml(validRun()))
  expect(text).toContain('✓ yes: 212 frames held back')
  expect(text).toContain('✕ no: nothing shows that it bit')
  expect(text).toContain('– skipped: raft-kv has no control over the delay of links')
})

test('faults of which nothing was recorded are not passed off as none', () => {
  expect(textOf(reportHtml(empty))).toContain('1 fault stood in the plan, but what became of it was not recorded.')
  const calm = { ...empty, plan: { ...empty.plan, faults: [] } }
  expect(textOf(reportHtml(calm))).toContain('No fault was planned')
})

test('50,000 ops make a page of less than 3 MB', () => {
  const page = reportHtml(validRun({ ops: 50_000, clients: 20, meanGapUs: 4_000 }))
  expect(Buffer.byteLength(page)).toBeLessThan(3_000_000)
})

test('nothing from outside becomes markup, wherever it stands', () => {
  const attack = `"><script>alert('pwned')</script><img src=x onerror=alert(1)>\u202e\u0000`
  const page = reportHtml(poisoned(withMessages(illegalRun({ ops: 400 })), attack))
  expect(page.split('</script>')).toHaveLength(3)
  expect(withoutProgram(page)).not.toContain('alert(1)>')
  expect(page).not.toContain('<img')
  expect(page).not.toContain('\u202e')
  expect(page).not.toContain('\u0000')
  expect(page.split('&lt;script&gt;').length).toBeGreaterThan(100)
  expect(unclosed(page)).toEqual([])
})

test('nothing from outside steers a terminal', () => {
  const text = reportText(poisoned(illegalRun({ ops: 400 }), '\u001b[2J\rok\u009b31m'))
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  expect(text).toContain('␛[2J␍ok')
})

/** Adds the text to every text of a run but to the words that the program itself chooses among. */
function poisoned(run: LoadedRun, attack: string): LoadedRun {
  const own = new Set(['type', 'outcome', 'verdict', 'role', 'mode', 'dir'])
  const poison = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') return own.has(name) ? value : value + attack
    if (Array.isArray(value)) return value.map((one) => poison(one, name))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [
        name === 'counters' || name === 'options' ? key + attack : key,
        poison(one, key),
      ]),
    )
  }
  return poison(run, '') as LoadedRun
}
