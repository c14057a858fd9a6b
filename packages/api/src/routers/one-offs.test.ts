import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type App, type AppName, type Person, readSettings } from '@berth/domain'
import { fakeLiveClient } from '@berth/observe/drivers/fake-live-client.ts'
import { beforeEach, expect, test } from 'vitest'
import { type ApiParts, type Asking, createContext } from '../context.ts'
import { createCaller } from '../router.ts'

let stores: ReturnType<typeof fakeStores>
let app: App
let ada: Person

beforeEach(async () => {
  stores = fakeStores()
  const account = { name: 'Ada', email: 'ada@example.com', passwordHash: null, role: 'developer' as const }
  ada = await stores.people.createPerson({ ...account, team: { name: 'Harbour' } })
  const [member] = await stores.people.memberships(ada.id)
  app = await stores.apps.create({ name: 'shop' as AppName, teamId: member?.teamId ?? '' })
})

function caller(asking: Partial<Asking>) {
  const settings = readSettings({ BERTH_HOME: '/tmp/nowhere' })
  const parts = { stores, live: fakeLiveClient(), settings, version: '1' } as unknown as ApiParts
  return createCaller(createContext(parts, ada, asking))
}

test('a ticket is for the session that asks, and for the app that it names', async () => {
  const session = { id: 'session', method: 'password' }
  const { ticket } = await caller({ session }).oneOffs.ticket({ app: 'shop' })
  expect(ticket).toMatch(/^[\w-]{43}$/)
  expect(await caller({ session }).oneOffs.ticket({ app: 'shop' })).not.toEqual({ ticket })
  const audit = await stores.audit.list({ teamId: app.teamId, limit: 5 })
  expect(audit).toMatchObject([{ action: 'oneOffs.ticket' }, { action: 'oneOffs.ticket', personId: ada.id }])
  expect(JSON.stringify(audit)).not.toContain(ticket)
})

test('whoever shows a token needs no ticket, and is told so', async () => {
  await expect(caller({}).oneOffs.ticket({ app: 'shop' })).rejects.toMatchObject({
    cause: { code: 'ATTACH.TOKEN_SUFFICES' },
  })
})
