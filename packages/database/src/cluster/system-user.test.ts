import { expect, test } from 'vitest'
import { systemUser } from './system-user.ts'

test('a user of the system is known by name', () => {
  expect(systemUser('root')).toEqual({ uid: 0, gid: 0 })
})

test('one that set-up did not make is said', () => {
  for (const name of ['berth-nobody', 'roo', '0'])
    expect(() => systemUser(name)).toThrow(expect.objectContaining({ code: 'DATABASE.NO_SYSTEM_USER' }))
})
