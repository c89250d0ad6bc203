import { expect, test } from 'vitest'
import { addressOfList, filterOf, questionOf } from './question.ts'

const asked = (query: string) => questionOf(new URLSearchParams(query))

test('an empty question shows the newest runs', () => {
  expect(filterOf(asked(''))).toEqual({ sort: 'started', isAscending: false, limit: 100, offset: 0 })
})

test('what a form sends becomes a filter', () => {
  const query = 'q=+stale+k1+&outcome=illegal&outcome=stuck,open&bug=none&since=2026-01-31&sort=ops&way=up&page=3'
  expect(filterOf(asked(query))).toEqual({
    text: 'stale k1',
    outcomes: ['illegal', 'stuck', 'open'],
    bug: 'none',
    since: '2026-01-31T00:00:00.000Z',
    sort: 'ops',
    isAscending: true,
    limit: 100,
    offset: 200,
  })
})

test.each([
  'sort=constructor',
  'sort=__proto__',
  'page=-1',
  'page=1e99',
  'page=x',
  'since=yesterday',
  'way=sideways',
  'else=1',
])('%s is as if it were not there', (query) => {
  expect(filterOf(asked(query))).toEqual(filterOf(asked('')))
})

test('a link leads to what was asked, changed in one point, on its first page', () => {
  const question = asked('q=a%26b&outcome=valid&outcome=illegal&sort=seed&page=4')
  expect(addressOfList(question, { isAscending: true })).toBe(
    '/?q=a%26b&outcome=valid&outcome=illegal&sort=seed&way=up',
  )
  expect(addressOfList(question, { page: 5 })).toBe('/?q=a%26b&outcome=valid&outcome=illegal&sort=seed&page=5')
  expect(addressOfList(asked(''))).toBe('/')
  expect(asked(addressOfList(question, { page: 4 }).slice(2))).toEqual(question)
})
