import { expect, test } from 'vitest'
import { filterIn, isFiltered, queryOf, searchOf } from './activity-filter.ts'

const cursor = '2026-11-22T12:00:00.000Z_00000000-0000-4000-8000-000000000000'

test('a filter survives the address', () => {
  const filter = {
    person: 'a+b@example.com',
    app: 'shop',
    action: 'git push',
    since: '7d' as const,
    after: cursor,
  }
  const search = Object.fromEntries(new URLSearchParams(searchOf(filter)))
  expect(filterIn(search)).toEqual(filter)
  expect(searchOf(filterIn({}))).toBe('')
})

test('what is no filter is left out', () => {
  const given = { since: 'constructor', after: '2026', app: ['a', 'b'], person: '', action: 'x'.repeat(201) }
  expect(isFiltered(filterIn(given))).toBe(false)
  expect(filterIn(given).after).toBeUndefined()
})

test('how long ago becomes a time', () => {
  const nowMs = Date.parse('2026-11-22T12:00:00Z')
  expect(queryOf({ since: '24h', app: 'shop' }, nowMs)).toEqual({
    app: 'shop',
    since: new Date('2026-11-21T12:00:00Z'),
  })
})

test('a later page alone is no filter', () => {
  expect(isFiltered({ after: cursor })).toBe(false)
  expect(isFiltered({ app: 'shop', after: cursor })).toBe(true)
})
