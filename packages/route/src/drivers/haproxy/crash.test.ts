import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { openHaproxy } from '../haproxy.ts'
import { doorUnderTest, host, route, table } from './door-under-test.ts'
import { writeInitialConfiguration } from './initial-configuration.ts'
import { haproxySocket } from './socket.ts'
import { send } from './test-backend.ts'
import { freePort } from './test-haproxy.ts'

const site = doorUnderTest()

describe('after a crash', () => {
  test('a restarted HAProxy comes up with the last table', async () => {
    await site.door.apply(table(site.target(0)))
    await site.door.apply(table(site.target(1)))
    await site.haproxy.kill('SIGKILL')
    await site.haproxy.start()
    expect((await site.ask()).body).toBe('web.1-b')
  })

  test('apply waits for a HAProxy that is being started again, and makes it equal', async () => {
    await site.door.apply(table(site.target(0)))
    await site.haproxy.kill('SIGKILL')
    const applied = site.door.apply({ routes: [route('app-9', [host], [site.target(1)])] })
    await sleep(300)
    await site.haproxy.start()
    await applied
    expect((await site.ask()).body).toBe('web.1-b')
  })

  test('apply undoes what somebody changed behind its back', async () => {
    await site.door.apply(table(site.target(0)))
    const admin = haproxySocket('admin', site.haproxy.options.adminSocket)
    await admin('add server route_app-1/stranger 127.0.0.1:1')
    await admin(`set server route_app-1/web.1-a state maint`)
    await admin(`set server route_app-1/web.1-a addr 127.0.0.9 port 9`)
    await admin('add map hosts.map evil.localhost route_app-1')
    await admin(`add map hosts.map ${host} route_app-1`)
    await admin('add map hosts.map shop.test page_crashed')
    await site.door.apply(table(site.target(0)))
    expect(await site.serverNames()).toEqual(['web.1-a'])
    expect((await site.ask()).body).toBe('web.1-a')
    expect(await admin('show map hosts.map')).not.toContain('evil')
    expect((await send(site.haproxy.options.httpPort, 'evil.localhost', '/')).status).toBe(404)
  })

  test('a HAProxy that is gone is told within the limit', async () => {
    const impatient = openHaproxy(site.haproxy.options, {
      limits: { answersWithinMs: 200, reloadsWithinMs: 200 },
    })
    await site.haproxy.kill('SIGKILL')
    await expect(impatient.apply(table(site.target(0)))).rejects.toMatchObject({
      code: 'ROUTE.NOT_ANSWERING',
    })
    expect(await impatient.drained('app-1', 'gone', 50)).toBe(false)
  })

  test('the first configuration has the last hosts, and only the targets that are alive', async () => {
    const gone = { name: 'web.2-gone', address: '127.0.0.1', port: await freePort() }
    const two = route('app-2', ['two.localhost'], [gone])
    await site.door.apply({ routes: [route('app-1', [host], [site.target(0), gone]), two] })
    await site.haproxy.kill('SIGTERM')
    await writeInitialConfiguration(site.haproxy.options)
    await site.haproxy.start()
    expect(await site.serverNames()).toEqual(['web.1-a'])
    expect((await site.ask()).body).toBe('web.1-a')
    const reply = await send(site.haproxy.options.httpPort, 'two.localhost', '/')
    expect(reply).toMatchObject({ status: 503, body: expect.stringContaining('This app is starting') })
  })

  test('a table on disk that cannot be read counts as none', async () => {
    await site.door.apply(table(site.target(0)))
    await site.haproxy.kill('SIGTERM')
    for (const text of ['{', '{"routes":[{}]}', 'null', '{"routes":[{"id":"a b"}]}']) {
      await writeFile(join(site.haproxy.options.directory, 'current', 'table.json'), text)
      await writeInitialConfiguration(site.haproxy.options)
    }
    await site.haproxy.start()
    expect((await site.ask()).status).toBe(404)
  })

  test('files that a power failure has emptied are written again before the start', async () => {
    await site.door.apply(table(site.target(0)))
    await site.haproxy.kill('SIGTERM')
    const current = join(site.haproxy.options.directory, 'current')
    await writeFile(join(current, 'haproxy.cfg'), '')
    await writeFile(join(current, 'hosts.map'), '')
    await rm(join(current, 'pages'), { recursive: true })
    await writeInitialConfiguration(site.haproxy.options)
    await site.haproxy.start()
    expect((await site.ask()).body).toBe('web.1-a')
  })

  test('no file is left but those of the routes in force and of the ones before', async () => {
    for (const id of ['a', 'b', 'c']) {
      await site.door.apply({ routes: [route(id, [host], [site.target(0)])] })
      await site.door.apply({ routes: [route(id, [host], [site.target(1)])] })
    }
    const left = await readdir(site.haproxy.options.directory)
    expect(left.map((name) => name.slice(0, 6)).sort()).toEqual([
      ...['curren', 'defaul', 'jail', 'table-', 'table-'],
    ])
    expect(await readdir(join(site.haproxy.options.directory, 'current'))).toHaveLength(11)
  })
})
