import { setTimeout as sleep } from 'node:timers/promises'
import type { ChangeFeed, Changes } from '@berth/observe'
import { fakeChangeFeed } from '@berth/observe/drivers/fake-change-feed.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../connection/open-database.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../temporary-database.ts'
import { openChangeFeed } from './open-change-feed.ts'

let server: TemporaryDatabase
let database: Database
const names = (function* () {
  for (let number = 1; ; number += 1) yield `app-${number}`
})()

beforeAll(async () => {
  server = await temporaryDatabase()
  database = openDatabase(server.settings)
})
afterAll(async () => {
  await database.close()
  await server.remove()
})

/** A feed, something that changes an app of a team, and what makes the source go away and come back. */
type Case = {
  feed: ChangeFeed
  newApp: () => Promise<{ id: string; name: string; teamId: string }>
  change: (app: { id: string; name: string; teamId: string }) => Promise<void>
  lose: () => Promise<void>
}

const cases: Record<string, () => Promise<Case>> = {
  postgres: async () => ({
    feed: openChangeFeed(server.settings),
    async newApp() {
      const { prisma } = database
      const team = await prisma.team.create({ data: { name: 'Harbour' } })
      return await prisma.app.create({ data: { name: names.next().value ?? '', teamId: team.id } })
    },
    async change({ id }) {
      const data = { appId: id, host: `${crypto.randomUUID()}.example.com`, createdAt: new Date() }
      await database.prisma.domain.create({ data })
    },
    async lose() {
      await server.kill()
      await server.start()
    },
  }),
  fake: async () => {
    const feed = fakeChangeFeed()
    return {
      feed,
      newApp: async () => ({ id: crypto.randomUUID(), name: names.next().value ?? '', teamId: 'harbour' }),
      change: async ({ id, name, teamId }) => feed.tell({ teamId, app: { id, name } }),
      lose: async () => feed.lose(),
    }
  },
}

describe.each(Object.entries(cases))('the %s feed', (_name, open) => {
  test('begins with everything, then tells each change of an app by its name', async () => {
    const { feed, newApp, change } = await open()
    const app = await newApp()
    const watching = watch(feed)
    expect(await watching.next()).toBe('everything')
    await change(app)
    expect(await watching.next()).toEqual([{ teamId: app.teamId, app: { id: app.id, name: app.name } }])
    await watching.end()
    await feed.close()
  })

  test('tells a watcher that was busy once of what changed often', async () => {
    const { feed, newApp, change } = await open()
    const app = await newApp()
    const quick = watch(feed)
    const slow = watch(feed)
    expect(await slow.next()).toBe('everything')
    expect(await quick.next()).toBe('everything')
    for (let times = 0; times < 3; times += 1) {
      await change(app)
      await quick.next()
    }
    await expect.poll(() => slow.waiting()).toBe(true)
    expect(await slow.next()).toHaveLength(1)
    await Promise.all([quick.end(), slow.end()])
    await feed.close()
  })

  test('tells everything after its source was away', async () => {
    const { feed, newApp, change, lose } = await open()
    const watching = watch(feed)
    expect(await watching.next()).toBe('everything')
    await lose()
    expect(await watching.next()).toBe('everything')
    const app = await newApp()
    await change(app)
    await expect
      .poll(() => watching.next())
      .toContainEqual({ teamId: app.teamId, app: { id: app.id, name: app.name } })
    await watching.end()
    await feed.close()
  })

  test('ends with its signal, and all with the feed', async () => {
    const { feed } = await open()
    const one = watch(feed)
    const other = watch(feed)
    await one.next()
    await one.end()
    await feed.close()
    expect(await other.ended()).toBe(true)
  })
})

test('an app that goes with all its records is told of once, and a renamed one under both names', async () => {
  const { feed, newApp, change } = (await cases.postgres?.()) ?? {}
  if (!feed || !newApp || !change) throw new Error('no case')
  const app = await newApp()
  await change(app)
  const watching = watch(feed)
  await watching.next()
  const renamed = `${app.name}-b`
  await database.prisma.app.update({ where: { id: app.id }, data: { name: renamed } })
  expect(await watching.next()).toEqual([app.name, renamed].map((name) => told({ ...app, name })))
  await database.prisma.app.delete({ where: { id: app.id } })
  expect(await watching.next()).toEqual([told({ ...app, name: renamed })])
  await watching.end()
  await feed.close()
})

const told = ({ id, name, teamId }: { id: string; name: string; teamId: string }) => ({
  teamId,
  app: { id, name },
})

/** Takes what is told when asked to. */
function watch(feed: ChangeFeed) {
  const ending = new AbortController()
  const iterator = feed.watch(ending.signal)[Symbol.asyncIterator]()
  let first: Promise<IteratorResult<Changes>> | null = iterator.next()
  const take = () => {
    const taken = first ?? iterator.next()
    first = null
    return taken
  }
  return {
    next: async () => (await take()).value as Changes | undefined,
    /** Whether something is there to be taken. */
    waiting: async () => {
      first ??= iterator.next()
      return await Promise.race([first.then(() => true), sleep(50, false)])
    },
    ended: async () => {
      for (;;) if ((await take()).done) return true
    },
    async end() {
      ending.abort()
      await iterator.return?.()
    },
  }
}
