import { expect, test } from 'vitest'
import { addRecent, type Recent } from './recents.ts'

test('pages looked at are kept once, the newest first, with words for where they are', () => {
  const visited = [
    '/teams/Harbour',
    '/apps/shop/logs',
    '/machine',
    '/apps/shop/logs',
    '/apps/shop/logs/drains',
    '/apps/new',
    '/',
  ]
  const recents = visited.reduce<Recent[]>(addRecent, [])
  expect(recents).toEqual([
    { path: '/apps/shop/logs', title: 'shop · Logs' },
    { path: '/machine', title: 'Machine' },
    { path: '/teams/Harbour', title: 'Harbour' },
  ])
})

test('no more than eight are kept', () => {
  const visited = Array.from({ length: 12 }, (_, number) => `/apps/app-${number}`)
  expect(visited.reduce<Recent[]>(addRecent, [])).toHaveLength(8)
})
