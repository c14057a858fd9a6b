import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { fakeChangeFeed } from '@berth/observe/drivers/fake-change-feed.ts'
import { expect, test } from 'vitest'
import { type ApiParts, createContext } from './context.ts'
import { createCaller } from './router.ts'
import type { ChangesView } from './routers/changes.ts'

test('each hears of what they may see, and of nothing else', async () => {
  const { feed, harbour, elsewhere, watch } = await twoTeams()
  const ada = await watch('ada')
  const eve = await watch('eve')
  expect(await ada.next()).toBe('everything')
  expect(await eve.next()).toBe('everything')
  feed.tell({ teamId: harbour, app: { id: 'one', name: 'shop' } })
  feed.tell({ teamId: harbour, app: { id: 'one', name: 'shop' } })
  feed.tell({ teamId: elsewhere, app: null })
  expect(await ada.next()).toEqual({ apps: ['shop'], teams: [harbour] })
  expect(await eve.next()).toEqual({ apps: [], teams: [elsewhere] })
  await Promise.all([ada.end(), eve.end()])
})

test('who left a team hears no more of it', async () => {
  const { feed, stores, harbour, elsewhere, watch } = await twoTeams()
  const ada = await watch('ada')
  expect(await ada.next()).toBe('everything')
  await stores.people.setMember(elsewhere, ada.id, 'viewer')
  await stores.people.setMember(harbour, (await watch('eve')).id, 'owner')
  await stores.people.changeMember(harbour, ada.id, null)
  feed.tell({ teamId: harbour, app: { id: 'one', name: 'shop' } })
  feed.tell({ teamId: elsewhere, app: null })
  expect(await ada.next()).toEqual({ apps: [], teams: [elsewhere] })
  await ada.end()
})

async function twoTeams() {
  const stores = fakeStores()
  const feed = fakeChangeFeed()
  const [ada, harbour] = await owner('Ada', 'Harbour')
  const [eve, elsewhere] = await owner('Eve', 'Elsewhere')
  const parts = { stores, changes: feed } as unknown as ApiParts

  async function owner(name: string, teamName: string): Promise<[string, string]> {
    const account = { name, email: `${name.toLowerCase()}@example.com`, passwordHash: null }
    const person = await stores.people.createPerson({ ...account, team: { name: teamName }, role: 'owner' })
    const [membership] = await stores.people.memberships(person.id)
    return [person.id, membership?.teamId ?? '']
  }

  async function watch(name: 'ada' | 'eve') {
    const id = name === 'ada' ? ada : eve
    const ending = new AbortController()
    const context = createContext(parts, { id, name, email: `${name}@example.com` })
    const caller = createCaller(context, { signal: ending.signal })
    const views = (await caller.changes.watch())[Symbol.asyncIterator]()
    return {
      id,
      next: async () => (await views.next()).value as ChangesView,
      async end() {
        ending.abort()
        await views.return?.()
      },
    }
  }
  return { stores, feed, harbour, elsewhere, watch }
}
