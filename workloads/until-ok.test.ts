import type { HistoryEvent } from 'porcupine-ts/formats'
import { expect, test } from 'vitest'
import type { Generator } from './generator.ts'
import { untilOk } from './until-ok.ts'

const reads = (...keys: string[]) => keys.map((key) => ({ f: 'read', key }) as const)
const make = (keys: string[], oks = 2, attempts = 5) =>
  untilOk({ requests: reads(...keys), aim: (_, attempt) => ({ at: 'any', draw: attempt }), oks, attempts })

function ended(type: 'ok' | 'fail' | 'info', key: string): HistoryEvent {
  return { index: 0, timeUs: 0, process: 0, type, f: 'read', key }
}

/** Asks for one op; the answer comes later. */
function next(generator: Generator, client: number): { said: string; after: Generator } {
  const answer = generator.next({ timeUs: 0, client, count: 0 })
  if (answer.type === 'done') return { said: 'done', after: generator }
  if (answer.type === 'pending') return { said: 'pending', after: answer.next }
  const { request, aim } = answer.op
  return { said: `${request.f} ${request.key} ${aim.at === 'any' ? aim.draw : aim.at}`, after: answer.next }
}

test('each request is asked until it was answered often enough', () => {
  const said: string[] = []
  let generator = make(['a', 'b'])
  for (const [client, answer] of [
    [0, 'ok'],
    [1, 'info'],
    [0, 'fail'],
    [0, 'ok'],
    [1, 'ok'],
    [1, 'ok'],
    [0, 'none'],
  ] as const) {
    const step = next(generator, client)
    said.push(step.said)
    const key = step.said.split(' ')[1]
    generator = answer === 'none' || key === undefined ? step.after : step.after.update(ended(answer, key))
  }
  expect(said).toEqual(['read a 0', 'read b 0', 'read a 1', 'read a 2', 'read b 1', 'read b 2', 'done'])
})

test('a client waits while others still ask, and helps when they failed', () => {
  const first = next(make(['a'], 1), 0)
  const second = next(first.after, 1)
  expect(second.said).toBe('pending')
  expect(next(second.after.update(ended('info', 'a')), 1).said).toBe('read a 1')
  expect(next(second.after.update(ended('ok', 'a')), 1).said).toBe('done')
})

test('a request that is never answered is given up', () => {
  let generator = make(['a'], 1, 3)
  for (let attempt = 0; attempt < 3; attempt++) {
    const step = next(generator, 0)
    expect(step.said).toBe(`read a ${attempt}`)
    generator = step.after.update(ended('info', 'a'))
  }
  expect(next(generator, 0).said).toBe('done')
})

test('events of other ops change nothing', () => {
  const generator = make(['a'])
  expect(generator.update({ ...ended('ok', 'a'), f: 'write' })).toBe(generator)
  expect(generator.update(ended('ok', 'z'))).toBe(generator)
  expect(generator.update(ended('ok', 'a'))).toBe(generator) // Nothing was asked yet.
})
