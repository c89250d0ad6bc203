import { inflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { illegalRun, validRun } from '../examples.ts'
import { spansOf } from '../spans.ts'
import { packed, pageData } from './data.ts'
import { eventsOf, placeOf, unpackOps } from './ops.ts'

test.each(['</script><script>alert(1)</script>', '<!--', ']]>', '\u2028\u2029', '\u0000\ud800', '&lt;', '\'"`'])(
  'a key %j can not end the element that holds the data, and comes out as it went in',
  (key) => {
    const history = validRun({ ops: 20 }).history.map((event) => ({ ...event, key }))
    const run = { ...validRun({ ops: 20 }), history }
    const text = packed(pageData({ run, spans: spansOf(history), endUs: 1e6 }))
    expect(text).toMatch(/^[A-Za-z0-9+/]+={0,2}$/)
    const data = JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString())
    // JSON escapes half of a surrogate pair, so that it survives UTF-8.
    expect(data.ops.names.key).toEqual([key])
  },
)

test('the ops of an anomaly are named by the index of their invocation', () => {
  const run = illegalRun({ ops: 400 })
  const { anomaly, ops } = pageData({ run, spans: spansOf(run.history), endUs: 2e7 })
  const all = unpackOps(ops)
  const core = anomaly!.core.map((id) => eventsOf(all, placeOf(all, id))[0])
  expect(core.map(({ f, key, value }) => [f, key, value])).toEqual([
    ['write', 'k2', 9001],
    ['write', 'k2', 9002],
    ['read', 'k2', undefined],
  ])
  expect(anomaly!.blocked).toBe(anomaly!.core[2])
})
