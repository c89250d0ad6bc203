import { expect, test } from 'vitest'
import { check } from '../check.ts'
import { models } from '../models/index.ts'
import { readHistory } from './guess.ts'
import { pairs } from './pairs.ts'

const infinity = '9223372036854775807'
let clock = 0

/** One after another; without an answer it fails after it was sent. */
function operation(input: object, output: object | undefined): string {
  const call = clock++
  const end = output === undefined ? infinity : clock++
  const answer = JSON.stringify(output ?? { Error: 'timeout' })
  return `{"ClientId":1,"Input":${JSON.stringify(input)},"Call":${call},"Output":${answer},"Return":${end}}\n`
}

const range = (Start: string, more: object = {}) => ({
  Type: 'range',
  Range: { Start, End: '', Limit: 0, Revision: 0, ...more },
})
const put = (Key: string, text: string) => ({ Type: 'put-operation', Put: { Key, Value: { Value: text } } })
const remove = (Key: string) => ({ Type: 'delete-operation', Delete: { Key } })
const get = (Start: string) => ({ Type: 'range-operation', Range: { Start } })
const txn = (success: object[], conditions: object[] = [], failure: object[] = []) => ({
  Type: 'txn',
  Txn: { Conditions: conditions, OperationsOnSuccess: success, OperationsOnFailure: failure },
})
const at = (Key: string, ExpectedRevision: number) => ({ Key, ExpectedRevision })
const done = (Revision: number) => ({ Txn: { Failure: false, Results: [{ KVs: null }] }, Revision })
const refused = (Revision: number, results: object[] = []) => ({ Txn: { Failure: true, Results: results }, Revision })
const held = (Key: string, text: string, ModRevision: number) => ({
  KVs: [{ Key, Value: { Value: text }, ModRevision }],
  Count: 1,
})
const found = (Key: string, text: string, Revision: number) => ({ Range: held(Key, text, Revision), Revision })
const nothing = (Revision: number) => ({ Range: { KVs: [], Count: 0 }, Revision })

function read(...lines: readonly string[]) {
  const history = readHistory(lines.join(''))
  const { operations } = pairs(history.events)
  const { verdict } = check(models[history.model], operations)
  const told = operations.map(({ input, output }) => models[history.model].describeOperation?.(input, output))
  return { verdict, told, notes: history.notes }
}

test('reads, puts and deletes of one key are those of a register', () => {
  expect(
    read(
      operation(range('a'), nothing(1)),
      operation(txn([put('a', '1')]), done(2)),
      operation(range('a'), found('a', '1', 2)),
      operation(txn([remove('a')]), done(3)),
      operation(txn([put('a', '2')]), undefined),
      operation(range('a'), nothing(3)),
    ),
  ).toEqual({
    verdict: 'valid',
    told: ['read a -> null', 'write a "1"', 'read a -> "1"', 'delete a', 'write a "2" -> ?', 'read a -> null'],
    notes: [],
  })
})

test('a condition on a revision is one on the value that had it', () => {
  const lines = [
    operation(txn([put('a', '1')], [at('a', 0)]), done(2)),
    operation(txn([put('a', '2')], [at('a', 2)]), done(3)),
    operation(txn([put('a', '3')], [at('a', 2)]), refused(3)),
    operation(txn([put('a', '4')], [at('a', 2)], [get('a')]), refused(3, [held('a', '2', 3)])),
    operation(txn([put('a', '5')], [at('a', 3)]), undefined),
  ]
  expect(read(...lines)).toEqual({
    verdict: 'valid',
    told: [
      'cas a null to "1" -> done',
      'cas a "1" to "2" -> done',
      'cas a "1" to "3" -> refused',
      'read a -> "2"',
      'cas a "2" to "5" -> ?',
    ],
    notes: ['1 conditions on revisions could only be checked in part'],
  })
  expect(read(...lines.slice(0, 2), operation(txn([put('a', '6')], [at('a', 2)]), done(4))).verdict).toBe('illegal')
})

test('a condition on a value that was put twice demands less, and says so', () => {
  const twice = [operation(txn([put('a', '1')]), done(2)), operation(txn([put('a', '1')]), done(3))]
  expect(read(...twice, operation(txn([put('a', '2')], [at('a', 2)]), refused(3)))).toMatchObject({
    verdict: 'valid',
    told: ['write a "1"', 'write a "1"'],
    notes: ["1 requests that say nothing about one key's present value are left out"],
  })
  expect(read(...twice, operation(txn([put('a', '2')], [at('a', 3)]), done(4)))).toMatchObject({
    verdict: 'valid',
    notes: ['1 conditions on revisions could only be checked in part'],
  })
})

test('what no register shows is left out with a note', () => {
  const { told, notes } = read(
    operation(range('a', { End: 'b' }), nothing(1)),
    operation(range('a', { Revision: 1 }), nothing(1)),
    operation(range('a'), nothing(-1)),
    operation({ Type: 'defragment' }, {}),
    operation({ Type: 'compact', Compact: { Revision: 1 } }, { ClientError: 'compacted' }),
    operation(range('a'), nothing(1)),
  )
  expect(told).toEqual(['read a -> null'])
  expect(notes).toEqual(["5 requests that say nothing about one key's present value are left out"])
})

test.each([
  ['a transaction on several keys', txn([put('a', '1'), put('b', '1')])],
  ['one that changes the key in either case', txn([put('a', '1')], [at('a', 1)], [put('a', '2')])],
  ['a lease that ends', { Type: 'leaseRevoke', LeaseRevoke: { LeaseID: 1 } }],
])('%s is an error with its place', (_, input) => {
  expect(() => read(operation(range('a'), nothing(1)), operation(input, done(2)))).toThrow(
    /^line 2, column 1: .*not supported/,
  )
})

test('an answer counts also where its return is at infinity', () => {
  const endless = (line: string) => line.replace(/"Return":\d+/, `"Return":${infinity}`)
  expect(read(endless(operation(range('k'), found('k', 'a', 2)))).verdict).toBe('illegal')
  expect(read(endless(operation(range('k'), nothing(1)))).verdict).toBe('valid')
})
