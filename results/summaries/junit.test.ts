import fc from 'fast-check'
import { expect, test } from 'vitest'
import { outcomes } from '../outcome.ts'
import { junitXml, resultOf } from './junit.ts'

test('only valid passes; unknown and vacuous are failures, the tester is an error', () => {
  const names = [...(Object.keys(outcomes) as (keyof typeof outcomes)[]), 'none', 'not-run'] as const
  expect(Object.fromEntries(names.map((name) => [name, resultOf(name)]))).toEqual({
    valid: 'passed',
    illegal: 'failure',
    stuck: 'failure',
    invariant: 'failure',
    'node-crash': 'failure',
    unknown: 'failure',
    vacuous: 'failure',
    harness: 'error',
    none: 'failure',
    'not-run': 'skipped',
  })
})

test('suites, cases, totals and details stand where build servers look for them', () => {
  const cases = [
    { name: 'a', group: 'faultline.register', outcome: 'valid', cause: 'fine', seconds: 1.5 },
    { name: 'b', group: 'faultline.register', outcome: 'illegal', cause: 'stale', seconds: 2, details: ['repeat: x'] },
    { name: 'c', group: 'faultline.register', outcome: 'harness', cause: 'disk full' },
    { name: 'd', group: 'faultline.register', outcome: 'not-run', cause: 'no time' },
  ] as const
  expect(junitXml('campaign', [{ name: 'register kill', properties: [['seed', '1']], cases }])).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="campaign" tests="4" failures="1" errors="1" time="3.500">
  <testsuite name="register kill" tests="4" failures="1" errors="1" time="3.500" skipped="1">
    <properties>
      <property name="seed" value="1"/>
    </properties>
    <testcase name="a" classname="faultline.register" time="1.500"/>
    <testcase name="b" classname="faultline.register" time="2.000">
      <failure type="illegal" message="stale">illegal: stale
repeat: x</failure>
    </testcase>
    <testcase name="c" classname="faultline.register" time="0.000">
      <error type="harness" message="disk full">harness: disk full</error>
    </testcase>
    <testcase name="d" classname="faultline.register" time="0.000">
      <skipped message="no time"/>
    </testcase>
  </testsuite>
</testsuites>
`,
  )
})

test('whatever a key or a message holds, the file holds only what XML 1.0 allows, and no markup of theirs', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('<', '>', '&', '"', "'", ']]>', '\0', '\u001b', '\ud800', '\ufffe', '\n', '\u0085'),
      fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
    ),
  })
  const empty = junitXml('', [
    { name: '', cases: [{ name: '', group: '', outcome: 'illegal', cause: '', details: [''] }] },
  ])
  const tags = (xml: string): string[] => xml.match(/<[^"<>]*(?:"[^"<]*"[^"<>]*)*>/g) ?? []
  fc.assert(
    fc.property(text, text, (one, two) => {
      const xml = junitXml(one, [
        { name: two, cases: [{ name: one, group: two, outcome: 'illegal', cause: one, details: [two] }] },
      ])
      expect(xml).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u)
      expect(xml.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&')
      expect(tags(xml).length).toBe(tags(empty).length)
      expect(xml.split('<').length).toBe(empty.split('<').length)
    }),
    { numRuns: 500 },
  )
})
