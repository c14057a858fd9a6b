import { expect, test } from 'vitest'
import { historyQuery } from './history-query.ts'

test('what stands in the address is asked for', () => {
  expect(historyQuery({ q: 'fix', state: 'failed', show: '60' })).toEqual({
    text: 'fix',
    state: 'failed',
    limit: 60,
  })
})

test.each([[{}], [{ q: '', state: 'constructor', show: '-1' }], [{ state: 'all', show: '1e99' }]])(
  'of the address %j the usual is left',
  ({ ...said }) => {
    expect(historyQuery(said)).toMatchObject({ text: '', state: null })
    expect(historyQuery(said).limit).toBeLessThanOrEqual(1_000)
  },
)
