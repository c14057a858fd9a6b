import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FrontDoor, PortRoute, Route, Target } from '../front-door.ts'

/** What a client sees. `from` is the name of the target that answered. */
export type Answer = { status: number; from: string | null; retryAfterSeconds: number | null }

/** A front door with three targets behind it that answer with their names. */
export type World = {
  door: FrontDoor
  targets: readonly [Target, Target, Target]
  ask(host: string, path: string): Promise<Answer>
  /** Begins a request; returns once a target works on it. `finish` lets it end. */
  hold(host: string): Promise<{ finish(): Promise<Answer> }>
  close(): Promise<void>
}

const base: Route = {
  id: 'app-1',
  title: 'shop',
  hosts: ['shop.localhost'],
  pathPrefix: null,
  targets: [],
  state: 'live',
}
const host = 'shop.localhost'

/** The promises of the port, held against a driver. */
export function frontDoorContract(name: string, open: () => Promise<World>): void {
  describe(`a front door (${name})`, () => {
    let world: World
    beforeEach(async () => {
      world = await open()
    })
    afterEach(() => world.close())

    const route = (...targets: Target[]): Route => ({ ...base, targets })
    const apply = (...routes: Route[]) => world.door.apply({ routes })

    test('leads a host to its targets, whatever its case, port and final dot', async () => {
      const [one] = world.targets
      await apply(route(one))
      for (const spelling of [host, 'SHOP.Localhost', `${host}:8080`, `${host}.`, `${host}.:80`]) {
        expect(await world.ask(spelling, '/')).toMatchObject({ status: 200, from: one.name })
      }
    })

    test('says 404 for a host that no route has', async () => {
      await apply(route(world.targets[0]))
      expect(await world.ask('other.localhost', '/')).toMatchObject({ status: 404, from: null })
      expect(await world.ask('x.shop.localhost', '/')).toMatchObject({ status: 404 })
      expect(await world.ask('hop.localhost', '/')).toMatchObject({ status: 404 })
    })

    test.each(['starting', 'live', 'crashed', 'stopped', 'empty'] as const)(
      'says 503 and when to come again where a route that is %s has no targets',
      async (state) => {
        await apply({ ...route(), state })
        const answer = await world.ask(host, '/')
        expect(answer).toMatchObject({ status: 503, from: null })
        expect(answer.retryAfterSeconds).toBeGreaterThan(0)
      },
    )

    test('leads a name that only a wildcard has to its route, one label deep', async () => {
      const [one, two] = world.targets
      await apply(
        { ...route(one), hosts: ['*.wild.test'] },
        { ...route(two), id: 'exact', hosts: ['exact.wild.test'] },
      )
      expect((await world.ask('any.wild.test', '/')).from).toBe(one.name)
      expect((await world.ask('exact.wild.test', '/')).from).toBe(two.name)
      for (const name of ['wild.test', 'a.b.wild.test']) expect((await world.ask(name, '/')).status).toBe(404)
    })

    test('says 503 in maintenance although there are targets', async () => {
      const [one] = world.targets
      await apply({ ...route(one), state: 'maintenance' })
      expect(await world.ask(host, '/')).toMatchObject({ status: 503, from: null })
      await apply(route(one))
      expect((await world.ask(host, '/')).from).toBe(one.name)
    })

    test('gives a path to the route with the longest prefix of it, on its host alone', async () => {
      const [one, two, three] = world.targets
      await apply(
        route(one),
        { ...route(two), id: 'git', pathPrefix: '/git/' },
        { ...route(three), id: 'deep', pathPrefix: '/git/deep/' },
        { ...route(one), id: 'other', hosts: ['other.localhost'] },
      )
      expect((await world.ask(host, '/')).from).toBe(one.name)
      expect((await world.ask(host, '/git')).from).toBe(one.name)
      expect((await world.ask(host, '/git/a.git')).from).toBe(two.name)
      expect((await world.ask('SHOP.localhost:80', '/git/deep/x?y=/')).from).toBe(three.name)
      expect((await world.ask(host, '/Git/x')).from).toBe(one.name)
      expect((await world.ask('other.localhost', '/git/a.git')).from).toBe(one.name)
    })

    test('leads no path of a host to a route that another host has', async () => {
      const [one, two] = world.targets
      const short = 'shop.local'
      await apply(
        { ...route(one), id: 'short', hosts: [short] },
        { ...route(one), id: 'short-git', hosts: [short], pathPrefix: '/git/' },
        { ...route(two), pathPrefix: '/git/' },
      )
      expect((await world.ask(host, '/git/x')).from).toBe(two.name)
      expect((await world.ask(host, '/other')).status).toBe(404)
      expect((await world.ask(`${short}/git`, '/x')).status).toBe(404)
    })

    test('says the state of a route with a prefix that has no targets, and leads the rest of its host on', async () => {
      const [one] = world.targets
      await apply(route(one), { ...route(), id: 'git', pathPrefix: '/git/', state: 'stopped' })
      expect((await world.ask(host, '/git/x')).status).toBe(503)
      expect((await world.ask(`${host}:80`, '/')).from).toBe(one.name)
    })

    test('keeps to the last table: what is not in it is gone', async () => {
      const [one, two] = world.targets
      await apply(route(one), { ...route(one), id: 'app-2', hosts: ['two.localhost', 'zwei.localhost'] })
      await apply({ ...route(two), hosts: [host, 'zwei.localhost'] })
      expect((await world.ask(host, '/')).from).toBe(two.name)
      expect((await world.ask('zwei.localhost', '/')).from).toBe(two.name)
      expect((await world.ask('two.localhost', '/')).status).toBe(404)
    })

    test('shares requests among the targets of a route', async () => {
      await apply(route(...world.targets))
      const answers = await Promise.all(Array.from({ length: 60 }, () => world.ask(host, '/')))
      expect(new Set(answers.map(({ from }) => from))).toEqual(new Set(world.targets.map(({ name }) => name)))
    })

    test('lets a request end whose target was left out, and sends no new one there', async () => {
      const [one, two] = world.targets
      await apply(route(one))
      const held = await world.hold(host)
      await apply(route(two))
      for (let count = 0; count < 10; count++) expect((await world.ask(host, '/')).from).toBe(two.name)
      expect(await world.door.drained('app-1', one.name, 100)).toBe(false)

      const drained = world.door.drained('app-1', one.name, 10_000)
      expect(await held.finish()).toMatchObject({ status: 200, from: one.name })
      expect(await drained).toBe(true)
    })

    test('has drained a target that it does not know', async () => {
      await apply(route(world.targets[0]))
      expect(await world.door.drained('app-1', 'never-there', 1000)).toBe(true)
      expect(await world.door.drained('no-such-route', 'x', 1000)).toBe(true)
    })

    test('does not drain a target that the table still has', async () => {
      const [one] = world.targets
      await apply(route(one))
      expect(await world.door.drained('app-1', one.name, 1000)).toBe(false)
      expect((await world.ask(host, '/')).from).toBe(one.name)
    })

    test('takes a target back that it was draining', async () => {
      const [one, two] = world.targets
      await apply(route(one))
      const held = await world.hold(host)
      await apply(route(two))
      await apply(route(one))
      expect((await world.ask(host, '/')).from).toBe(one.name)
      expect((await held.finish()).status).toBe(200)
    })

    test('counts what is under way and what there was', async () => {
      await apply(route(world.targets[0]))
      const held = await world.hold(host)
      const [counted] = await world.door.counters()
      expect(counted).toMatchObject({ routeId: 'app-1', activeRequests: 1, requests: 1, errors: 0 })
      await held.finish()
      await expect.poll(async () => (await world.door.counters())[0]?.activeRequests).toBe(0)
      expect((await world.door.counters())[0]?.statuses).toEqual([0, 1, 0, 0, 0])
    })

    test.each<[string, Partial<Route>]>([
      ['an id with a space', { id: 'a b' }],
      ['a host with a line end', { hosts: ['shop.localhost\nx'] }],
      ['a host in upper case', { hosts: ['Shop.localhost'] }],
      ['a prefix with a semicolon', { pathPrefix: '/git;' }],
      ['a host that occurs twice', { hosts: [host, host] }],
      ['a target whose name is an option', { targets: [{ name: '-x', address: '127.0.0.1', port: 1 }] }],
      ['a target without an address', { targets: [{ name: 'x', address: 'localhost', port: 1 }] }],
      ['a target with a bad port', { targets: [{ name: 'x', address: '127.0.0.1', port: 0 }] }],
    ])('refuses a table with %s, and changes nothing', async (_what, wrong) => {
      const [one] = world.targets
      await apply(route(one))
      await expect(apply({ ...route(), ...wrong })).rejects.toMatchObject({ code: 'ROUTE.TABLE_INVALID' })
      expect((await world.ask(host, '/')).from).toBe(one.name)
    })

    test.each<[string, PortRoute]>([
      ['is none', { port: 0, routeId: 'app-1', targets: [] }],
      ['belongs to nobody', { port: 5432, routeId: '', targets: [] }],
      [
        'has a target without an address',
        { port: 5432, routeId: 'app-1', targets: [{ name: 'x', address: 'y', port: 1 }] },
      ],
    ])('refuses a table with a port that %s', async (_what, port) => {
      const wrong = world.door.apply({ routes: [route(world.targets[0])], ports: [port] })
      await expect(wrong).rejects.toMatchObject({ code: 'ROUTE.TABLE_INVALID' })
    })

    test('carries out calls that come together, the last one last', async () => {
      const [one, two, three] = world.targets
      await Promise.all([one, two, one, two, three].map((target) => apply(route(target))))
      expect((await world.ask(host, '/')).from).toBe(three.name)
    })
  })
}
