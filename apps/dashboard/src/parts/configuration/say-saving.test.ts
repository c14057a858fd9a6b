import { expect, test } from 'vitest'
import { listed, saySaving } from './say-saving.ts'

test('saving says which release it makes and what it restarts', () => {
  expect(saySaving({ version: 14, restarts: ['web', 'worker'] })).toBe(
    'Creates v14 and restarts web and worker, without a failed request.',
  )
  expect(saySaving({ version: 2, restarts: [] })).toBe('Creates v2. Nothing runs, so nothing restarts.')
  expect(saySaving(null)).toBe('Nothing is deployed yet: it counts from the first push on.')
  expect(listed(['web', 'worker', 'clock'])).toBe('web, worker and clock')
})
