import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { check } from '../check.ts'
import { minimize } from '../explain/minimize.ts'
import { type KvInput, type KvOutput, models } from '../models/index.ts'
import type { Operation } from '../operation.ts'
import { escaped } from './escape.ts'
import { visualize } from './index.ts'
import { scaleOf } from './scale.ts'
import { windowOf } from './window.ts'

type Op = Operation<KvInput, KvOutput>

const write = (id: number, value: string | number, call: number, end: number): Op => ({
  id,
  process: id % 3,
  input: { f: 'write', value },
  output: {},
  call,
  return: end,
})
const read = (id: number, value: string | number, call: number, end: number): Op => ({
  ...write(id, 0, call, end),
  input: { f: 'read' },
  output: { value },
})

function pageOf(operations: readonly Op[], options = {}): string {
  const model = models.register
  const result = check(model, operations)
  const illegal = result.partitions.find(({ verdict }) => verdict === 'illegal')
  const core = illegal && minimize(model, illegal.operations, illegal.stuck).core
  return visualize(model, result, { ...(core === undefined ? {} : { core }), ...options })
}

const stale = [write(0, 1, 0, 10), write(1, 2, 20, 30), read(2, 1, 40, 50), write(4, 7, 60, Number.POSITIVE_INFINITY)]

describe('the page', () => {
  test('of an illegal history shows its core, how far an order goes, and where it ends', () => {
    const page = pageOf(stale, { cause: 'read 1 too late', title: 'it', unit: { name: 's', size: 10 } })
    expect(page).toContain('<h1>✗ illegal: it</h1>')
    expect(page).toContain('<p class="cause">read 1 too late</p>')
    expect(page).toContain('<h2>The core: 3 operations that no order fits</h2>')
    // Once alone with the core, once among all.
    expect(page.match(/class="op core stuck left"/g)).toHaveLength(2)
    expect(page).toContain('◆ core, no order passes its return')
    expect(page).toContain('<td class="n">4 s</td><td class="n">5 s</td>')
    expect(page).toContain('never seen')
  })

  test('of a valid history numbers its operations and says what each leaves', () => {
    const page = pageOf(stale.slice(0, 2))
    expect(page).toContain('✓ valid')
    expect(page).not.toContain('core that')
    expect(page).toMatch(/write 1\s+event 0, process 0, 0 to 10\s+number 1 in the order, leaves 1/)
    expect(page.match(/<circle/g)).toHaveLength(2)
  })

  test('of one operation, or with one in the core, says so in the singular', () => {
    expect(pageOf([write(0, 1, 0, 10)])).toContain(': one operation</h2>')
    const page = pageOf([write(0, 1, 0, 10), read(1, 9, 20, 30)])
    expect(page).toContain('<h2>The core: 1 operation that no order fits</h2>')
    expect(page).toContain(': all 2 operations</h2>')
  })

  test('of nothing says so', () => {
    expect(pageOf([])).toContain('There are no operations.')
  })

  test('is the same for the same check', () => {
    expect(pageOf(stale)).toBe(pageOf(stale.toReversed().toReversed()))
  })

  test('shows annotations where they happened, and in rows of their own', () => {
    const annotations = [
      { tag: 'nemesis', start: 5, end: 15, text: 'kill <n1>', backgroundColour: '#f00' },
      { process: 1, start: 6, text: 'new leader' },
      { tag: 'later', start: 500, text: 'too late' },
    ]
    const page = pageOf(stale.slice(0, 2), { annotations })
    expect(page).toContain('kill &lt;n1&gt;\n5 to 15')
    expect(page).toContain('style="fill:#f00"')
    expect(page).toContain('new leader')
    expect(page).not.toContain('too late')
  })

  test('of a large history shows what is near its core, and is no larger for the rest', () => {
    const many = Array.from({ length: 5000 }, (_, i) => write(i, i, i * 10, i * 10 + 5))
    const operations = [...many, read(5001, 2000, 30_002, 30_004)]
    const page = pageOf(operations)
    expect(page).toContain('300 of 5001 operations')
    expect(page).toContain('◆ core')
    expect(page.length).toBeLessThan(300_000)
  })

  test('lets nothing of a history break out of its place', () => {
    const nasty = fc.constantFrom(
      '</script><script>alert(1)</script>',
      '"onload="x',
      "'",
      '<svg onload=x>',
      '\u2028',
      '\u0000',
      '\ud800',
      '&amp;',
      ']]>',
    )
    fc.assert(
      fc.property(nasty, nasty, nasty, (value, title, cause) => {
        const page = pageOf([write(0, value, 0, 1), read(1, 'other', 2, 3)], { title, cause })
        expect(page).not.toMatch(/<script|<svg onload|"onload|alert\(1\)<\//)
        expect(
          page.match(
            /<(?!\/?(?:html|head|meta|title|style|body|h1|h2|p|figure|figcaption|svg|g|line|text|rect|circle|table|caption|thead|tbody|tr|th|td|!doctype)\b)/g,
          ),
        ).toBeNull()
        expect(page.includes('\u0000')).toBe(false)
        expect(page.isWellFormed()).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

test('escaped text has none of the characters that mean something', () => {
  expect(escaped(`<a href="x" b='y'>&</a>\u0007\n`)).toBe(
    '&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;&lt;/a&gt;\ufffd\n',
  )
})

test('a time axis is true: equal times are equally far apart, and ticks are round', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.double({ min: 10, max: 1e9, noNaN: true }),
      (start, span) => {
        const { x, ticks } = scaleOf([start, start + span], [10, 1010], { name: 's', size: 1000 })
        expect(x(start)).toBe(10)
        expect(x(start + span / 2)).toBeCloseTo(510, 0)
        expect(ticks.length).toBeLessThanOrEqual(20)
        const gaps = ticks.slice(1).map((tick, i) => tick.x - (ticks[i]?.x ?? 0))
        for (const gap of gaps) expect(gap).toBeCloseTo(gaps[0] ?? 0, 2)
      },
    ),
  )
})

test('a window holds its centre, whatever is near it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(100), fc.nat(20)), { minLength: 1, maxLength: 60 }),
      fc.nat(),
      (spans, pick) => {
        const operations = spans.map(([call, length], id) =>
          write(id, id, call, length === 0 ? Number.POSITIVE_INFINITY : call + length),
        )
        const centre = pick % operations.length
        const { operations: shown, isWhole, start, end } = windowOf(operations, new Set([centre]), 5)
        expect(shown.length).toBe(Math.min(5, operations.length))
        expect(isWhole).toBe(operations.length <= 5)
        expect(shown.map(({ id }) => id)).toContain(centre)
        for (const { call } of shown) expect(call >= start && call <= end).toBe(true)
      },
    ),
  )
})
