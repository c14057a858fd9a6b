import type { AppName } from '@berth/domain'
import { expect, test } from 'vitest'
import { assertUnlocked } from './assert-unlocked.ts'

const name = 'shop' as AppName
const lock = { at: new Date(0), byId: 'ada', reason: 'until Monday' }
const people = async (id: string) => (id === 'ada' ? { id, name: 'Ada', email: 'ada@example.com' } : null)

test('an app that nobody locked may be changed', async () => {
  await expect(assertUnlocked({ name, lock: null }, people)).resolves.toBeUndefined()
})

test('a locked app is refused with who locked it and why', async () => {
  const refused = assertUnlocked({ name, lock }, people)
  await expect(refused).rejects.toMatchObject({
    code: 'RELEASE.APP_LOCKED',
    message: expect.stringMatching(/shop.*Ada.*until Monday/s),
  })
})

test('a lock outlasts the account of who set it', async () => {
  const refused = assertUnlocked({ name, lock: { ...lock, byId: null } }, people)
  await expect(refused).rejects.toMatchObject({ code: 'RELEASE.APP_LOCKED' })
})
