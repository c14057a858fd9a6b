import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from './tests/open-house.ts'
import type { Pusher } from './tests/pusher.ts'

/** An app that somebody has locked: nothing that is pushed is deployed. */
let house: House
let ada: Pusher
beforeAll(async () => {
  house = await openHouse()
  ada = await house.pusher('ada')
  await ada.push('shop')
})
afterAll(async () => {
  await house.close()
  expect(house.log).toEqual([])
})

const shop = async () => (await house.stores.apps.all()).find(({ name }) => name === 'shop')

test('a push to it is refused with who locked it and why, and builds nothing', async () => {
  const app = await shop()
  const lock = { at: new Date(), byId: app?.id ?? null, reason: 'the audit' }
  await house.stores.apps.setLock(app?.id ?? '', lock)
  const builds = await house.stores.builds.list(app?.id ?? '', 10)
  await ada.commit('changed')
  const pushed = await ada.push('shop')
  expect(pushed.status).toBe(1)
  expect(pushed.stderr).toMatch(/! {5}shop is locked since .* UTC: "the audit"/)
  expect(pushed.stderr).toContain('berth apps unlock shop')
  expect(await house.stores.builds.list(app?.id ?? '', 10)).toEqual(builds)
})

test('another branch of it is stored all the same', async () => {
  expect((await ada.push('shop', 'main:refs/heads/later')).status).toBe(0)
})

test('unlocked, it takes the same push', async () => {
  await house.stores.apps.setLock((await shop())?.id ?? '', null)
  expect((await ada.push('shop')).status).toBe(0)
})
