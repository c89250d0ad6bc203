import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Peer, parseAnswer, writePeerHistory } from './peer.ts'

const folder = mkdtempSync(join(tmpdir(), 'peer-test-'))
const history = join(folder, 'it.ops.jsonl')
afterAll(() => rmSync(folder, { recursive: true }))

let scripts = 0

/** A peer that runs this for each line that it is sent; `files` are its histories. */
function peer(body: string): Peer {
  const script = join(folder, `${scripts++}.mjs`)
  writeFileSync(
    script,
    `import { createInterface } from 'node:readline'
const files = process.argv.slice(2)
createInterface(process.stdin).on('line', (line) => { ${body} })`,
  )
  return new Peer(`"${process.execPath}" "${script}"`, [history, history])
}

test('a peer finds its histories in files, one operation a line', () => {
  writePeerHistory(history, { model: 'cas-register', initial: null }, [
    { id: 0, process: 3, input: { f: 'cas', key: 'k', value: [1, 2] }, output: { swapped: false }, call: 1, return: 2 },
    { id: 1, process: 4, input: { f: 'write', value: 1 }, output: undefined, call: 2, return: Infinity },
  ])
  expect(readFileSync(history, 'utf8')).toBe(`{"model":"cas-register","initial":null}
{"process":3,"f":"cas","key":"k","value":[1,2],"output":{"swapped":false},"call":1,"return":2}
{"process":4,"f":"write","value":1,"output":null,"call":2,"return":null}
`)
})

test('a peer decides each of its histories once for each line, and may say that it ran out of time', async () => {
  const running = peer(`console.log('valid 1.5'); console.log(line === '70' ? 'unknown 70' : 'illegal 80')`)
  const late = { verdict: 'unknown', ms: Infinity, reason: 'time' }
  expect(await running.decide(100)).toEqual([
    { verdict: 'valid', ms: 1.5 },
    { verdict: 'illegal', ms: 80 },
  ])
  expect(await running.decide(70)).toEqual([{ verdict: 'valid', ms: 1.5 }, late])
  running.stop()
})

test('a peer that dies leaves the rest undecided', async () => {
  const none = { verdict: 'unknown', ms: Infinity, reason: 'memory or crash' }
  const running = peer(`console.log('valid 1'); process.exit(2)`)
  expect(await running.decide(100)).toEqual([{ verdict: 'valid', ms: 1 }, none])
  expect(await running.decide(100)).toEqual([none, none])
})

test.each(['valid', 'maybe 3', 'valid soon', 'valid 3 ms'])('%j is no answer', (line) => {
  expect(() => parseAnswer(line)).toThrow(SyntaxError)
})
