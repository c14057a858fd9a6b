import { createServer } from 'node:net'
import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type App, type AppName, readSettings } from '@berth/domain'
import type { FakeAuditLog } from '@berth/observe/drivers/fake-audit-log.ts'
import { beforeEach, expect, test } from 'vitest'
import { type ApiParts, createContext } from '../context.ts'
import { createCaller } from '../router.ts'

let stores: ReturnType<typeof fakeStores>
let jobs: unknown[][]
let app: App
let ada: string

beforeEach(async () => {
  stores = fakeStores()
  jobs = []
  const team = { name: 'Harbour' }
  const email = 'ada@example.com'
  ada = (
    await stores.people.createPerson({ name: 'Ada', email, passwordHash: null, team, role: 'developer' })
  ).id
  const [member] = await stores.people.memberships(ada)
  app = await stores.apps.create({ name: 'shop' as AppName, teamId: member?.teamId ?? '' })
})

function ports(env: Record<string, string> = {}) {
  const queue = { add: async (...job: unknown[]) => String(jobs.push(job)) }
  const settings = readSettings({ BERTH_HOME: '/tmp/nowhere', BERTH_BASE_DOMAIN: 'apps.test', ...env })
  const parts = { stores, queue, settings, version: '1' } as unknown as ApiParts
  return createCaller(createContext(parts, { id: ada, name: 'Ada', email: 'ada@example.com' })).ports
}

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: { cause?: { code?: string } }) => error.cause?.code,
  )

test('a port is added, listed and removed; the worker is told and the audit log knows it', async () => {
  const added = { port: 15_432, processType: 'web', targetPort: 5432, connectTo: 'shop.apps.test:15432' }
  expect(await ports().add({ app: 'shop', port: '15432/tcp', to: '5432' })).toEqual(added)
  expect(await ports().list({ app: 'shop' })).toEqual([added])
  expect(jobs).toEqual([['converge-app', { appId: app.id }]])
  expect(await ports().remove({ app: 'shop', port: '15432' })).toEqual({ port: 15_432 })
  expect(await ports().list({ app: 'shop' })).toEqual([])
  const { entries } = stores.audit as FakeAuditLog
  expect(entries.map(({ action, before, after }) => ({ action, before, after }))).toMatchObject([
    { action: 'ports.add', after: { port: 15_432, targetPort: 5432 } },
    { action: 'ports.remove', before: { port: 15_432 } },
  ])
})

test('without a word on it, instances listen on the same port', async () => {
  expect(await ports().add({ app: 'shop', port: '15432', processType: 'db' })).toMatchObject({
    processType: 'db',
    targetPort: 15_432,
  })
})

test('a port has one owner, and nobody removes another’s', async () => {
  const other = await stores.apps.create({ name: 'other' as AppName, teamId: app.teamId })
  await ports().add({ app: 'other', port: '15432' })
  expect(await code(ports().add({ app: 'shop', port: '15432' }))).toBe('PORT.TAKEN')
  expect(await code(ports().remove({ app: 'shop', port: '15432' }))).toBe('PORT.NOT_FOUND')
  expect(await stores.ports.list(other.id)).toHaveLength(1)
})

test('what something else listens on is not given', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const asked = ports({ BERTH_APP_PORTS: '1024-65535' }).add({ app: 'shop', port: String(port) })
  expect(await code(asked)).toBe('PORT.IN_USE')
  server.close()
})

test('what may not be had says why, and changes nothing', async () => {
  expect(await code(ports().add({ app: 'shop', port: '80' }))).toBe('PORT.OUT_OF_RANGE')
  expect(await code(ports().add({ app: 'shop', port: '15432/udp' }))).toBe('PORT.ONLY_TCP')
  expect(await code(ports().add({ app: 'shop', port: 'http' }))).toBe('PORT.INVALID')
  expect(await code(ports({ BERTH_APP_PORTS: 'off' }).add({ app: 'shop', port: '15432' }))).toBe(
    'PORT.NONE_ALLOWED',
  )
  expect(jobs).toEqual([])
})

test('an app has ten at most', async () => {
  for (let port = 15_000; port < 15_010; port++)
    await stores.ports.add({ port, appId: app.id, processType: 'web' as never, targetPort: 5000 })
  expect(await code(ports().add({ app: 'shop', port: '15432' }))).toBe('PORT.TOO_MANY')
})
