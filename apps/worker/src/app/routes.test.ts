import { Secret } from '@berth/command'
import { type App, parseAppName, parseProcessType, readSettings, web } from '@berth/domain'
import { type FrontDoor, plainDoor, type RouteTable } from '@berth/route'
import { fakeFrontDoor } from '@berth/route/drivers/fake.ts'
import { expect, test } from 'vitest'
import { openRoutes } from './routes.ts'

const settings = readSettings({ BERTH_HOME: '/tmp/berth' })
const app = (id: string): App => ({
  id,
  name: parseAppName(id),
  teamId: 't',
  deployBranch: null,
  dockerfilePath: 'Dockerfile',
  createdAt: new Date(),
  stoppedAt: null,
  lock: null,
})
const report = () => undefined
const pem = new Secret('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
const front = (...hosts: string[]) => ({
  domains: hosts.map((host) => ({ host, redirectTo: null })),
  ports: [],
  door: plainDoor,
})
const target = (containerId: string) => ({
  containerId,
  type: web,
  name: `web.1-${containerId}`,
  address: '10.0.0.2',
  port: 5000,
})

function opened(given = settings) {
  const frontDoor = fakeFrontDoor()
  const routes = openRoutes({ frontDoor, settings: given, report })
  routes.setApp(app('shop'), front())
  routes.begin()
  return { frontDoor, routes }
}

test('nothing is applied before the table is whole', async () => {
  const frontDoor = fakeFrontDoor()
  await frontDoor.apply({ routes: [] })
  const routes = openRoutes({ frontDoor, settings, report })
  routes.setApp(app('shop'), front('shop.example.com'))
  await routes.apply()
  expect(frontDoor.table.routes).toEqual([])
  routes.begin()
  await routes.apply()
  expect(frontDoor.table.routes).toMatchObject([
    { id: 'shop', hosts: ['shop.localhost', 'shop.example.com'] },
  ])
})

test('an app points where it is told; a dead container leaves', async () => {
  const { frontDoor, routes } = opened()
  await routes.of('shop').point([target('a'), target('b')])
  expect(routes.of('shop').routed()).toEqual(['a', 'b'])
  expect(routes.drop('a')).toBe(true)
  expect(routes.drop('a')).toBe(false)
  await routes.apply()
  expect(frontDoor.table.routes[0]).toMatchObject({ state: 'live', targets: [{ name: 'web.1-b' }] })
})

test('a port leads to the instances of its process type, and the route of the app to web alone', async () => {
  const { frontDoor, routes } = opened()
  const db = { ...target('d'), type: parseProcessType('db'), name: 'db.1-d' }
  const ports = [{ port: 15_432, processType: parseProcessType('db'), targetPort: 5432 }]
  expect(routes.setApp(app('shop'), { ...front(), ports })).toBe(true)
  expect(routes.setApp(app('shop'), { ...front(), ports })).toBe(false)
  expect(routes.of('shop').ports()).toEqual([{ type: 'db', port: 5432 }])
  await routes.of('shop').point([db])
  expect(routes.serves('shop')).toBe(false)
  await routes.of('shop').point([target('a'), db])
  expect(routes.serves('shop')).toBe(true)
  expect(frontDoor.table.routes[0]?.targets).toMatchObject([{ name: 'web.1-a', port: 5000 }])
  expect(frontDoor.table.ports).toEqual([
    { port: 15_432, routeId: 'shop', targets: [{ name: 'db.1-d', address: '10.0.0.2', port: 5432 }] },
  ])
})

test('the dashboard, and git, sessions and images beside it, are there once there is an owner', async () => {
  const { frontDoor, routes } = opened()
  await routes.apply()
  expect(frontDoor.table.routes.map(({ id }) => id)).toEqual(['shop'])
  routes.openDashboard()
  await routes.apply()
  expect(frontDoor.table.routes.slice(1)).toMatchObject([
    { id: 'dashboard', hosts: ['berth.localhost'], pathPrefix: null, targets: [{ port: 3000 }] },
    { id: 'git', hosts: ['berth.localhost'], pathPrefix: '/git/', targets: [{ port: 3022 }] },
    { id: 'attach', hosts: ['berth.localhost'], pathPrefix: '/attach/', targets: [{ port: 3022 }] },
    {
      id: 'registry',
      hosts: ['berth.localhost', 'localhost'],
      pathPrefix: '/v2/',
      targets: [{ port: 3022 }],
    },
  ])
})

test('the dashboard’s host is sent to TLS once it has a certificate, and images are taken at both', async () => {
  const { frontDoor, routes } = opened({ ...settings, baseDomain: 'example.com' })
  routes.openDashboard()
  await routes.apply()
  const secured = () => frontDoor.table.routes.map(({ id, secureHosts = [] }) => [id, secureHosts.length])
  expect(secured().filter(([, count]) => count !== 0)).toEqual([])
  routes.setCertificates([{ id: 'c', hosts: ['berth.example.com'], pem }])
  await routes.apply()
  expect(secured().slice(1)).toEqual([
    ['dashboard', 1],
    ['git', 1],
    ['attach', 1],
    ['registry', 0],
  ])
})

test('a base domain of one’s own may be an app’s, its registry too', async () => {
  const { frontDoor, routes } = opened({ ...settings, baseDomain: 'example.com' })
  routes.openDashboard()
  await routes.apply()
  expect(frontDoor.table.routes.at(-1)).toMatchObject({ id: 'registry', hosts: ['berth.example.com'] })
})

test('the dashboard is there from the start where settings say so', async () => {
  const { frontDoor, routes } = opened({ ...settings, openBeforeOwner: true })
  await routes.apply()
  expect(frontDoor.table.routes).toHaveLength(5)
})

test('many changes at once are few applications, and each asker waits for its own', async () => {
  const applied: RouteTable[] = []
  const slow: Pick<FrontDoor, 'apply'> = {
    apply: async (table) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      applied.push(table)
    },
  }
  const routes = openRoutes({ frontDoor: { ...fakeFrontDoor(), ...slow }, settings, report })
  routes.begin()
  const asked = Array.from({ length: 20 }, async (_, number) => {
    routes.setApp(app(`app-${number}`), front())
    await routes.apply()
    return applied.at(-1)?.routes.some(({ id }) => id === `app-${number}`)
  })
  expect(await Promise.all(asked)).not.toContain(false)
  expect(applied).toHaveLength(2)
})
