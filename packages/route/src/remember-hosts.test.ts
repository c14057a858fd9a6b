import { expect, test } from 'vitest'
import { fakeFrontDoor } from './drivers/fake.ts'
import type { Route } from './front-door.ts'
import { rememberHosts } from './remember-hosts.ts'

const route = (id: string, rest: Partial<Route>): Route => ({
  ...{ id, title: id, hosts: ['shop.localhost'], pathPrefix: null, targets: [], state: 'crashed' },
  ...rest,
})

test('whose a host is follows the table that was applied last', async () => {
  const { frontDoor, routeOfHost } = rememberHosts(fakeFrontDoor())
  await frontDoor.apply({
    routes: [
      route('shop', {}),
      route('admin', { pathPrefix: '/admin/' }),
      route('own', { hosts: ['berth.localhost'], quiet: true }),
    ],
  })
  expect(routeOfHost('shop.localhost', '/')).toBe('shop')
  expect(routeOfHost('shop.localhost', '/admin/users')).toBe('admin')
  expect(routeOfHost('berth.localhost', '/')).toBeUndefined()
  expect(routeOfHost('other.localhost', '/')).toBeUndefined()
  await frontDoor.apply({ routes: [] })
  expect(routeOfHost('shop.localhost', '/')).toBeUndefined()
})
