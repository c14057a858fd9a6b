import { readFile } from 'node:fs/promises'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { doorUnderTest, host, route, table } from './haproxy/door-under-test.ts'
import { send, startBackend, type TestBackend } from './haproxy/test-backend.ts'
import { freePort, startHaproxy } from './haproxy/test-haproxy.ts'
import { openHaproxy } from './haproxy.ts'

const site = doorUnderTest()

describe('under load', () => {
  test('targets are swapped 20 times without a failed request and without a reload', async () => {
    await site.door.apply(table(site.target(0)))
    const reloads = await site.haproxy.reloads()
    const load = site.startLoad()
    for (let swap = 1; swap <= 20; swap++) {
      const next = await startBackend(`web.1-${swap}`)
      site.backends.push(next)
      const [before, after] = [site.backends.at(-2) as TestBackend, next]
      await site.door.apply(table(swap === 1 ? site.target(0) : before.target, after.target))
      await site.door.apply(table(after.target))
      expect(
        await site.door.drained('app-1', swap === 1 ? site.target(0).name : before.target.name, 5000),
      ).toBe(true)
      if (swap > 1) await before.close()
    }
    const { failures, answered } = await load.stop()
    expect(failures).toEqual([])
    expect(answered).toBeGreaterThan(500)
    expect(await site.haproxy.reloads()).toBe(reloads)
    expect(await site.serverNames()).toEqual(['web.1-20'])
  })

  test('a target that accepts no connection costs no request', async () => {
    const dead = { name: 'web.2-dead', address: '127.0.0.1', port: await freePort() }
    await site.door.apply(table(site.target(0), dead))
    const replies = await Promise.all(Array.from({ length: 50 }, () => site.ask()))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
  })

  test('a request that takes five seconds ends while its target is drained', async () => {
    await site.door.apply(table(site.target(0)))
    const slow = site.ask('/slow/5000')
    await expect.poll(() => site.backends[0]?.requests()).toBe(1)
    await site.door.apply(table(site.target(1)))
    expect(await site.door.drained('app-1', site.target(0).name, 20_000)).toBe(true)
    expect(await slow).toMatchObject({ status: 200, body: 'slow' })
    expect(await site.serverNames()).toEqual([site.target(1).name])
  })
})

describe('a reload', () => {
  test('happens only where a route appears or goes, and breaks no request off', async () => {
    await site.door.apply(table(site.target(0)))
    const reloads = await site.haproxy.reloads()
    const held = site.ask('/hold')
    await expect.poll(() => site.backends[0]?.holding()).toBe(1)

    const two = route('app-2', ['two.localhost'], [site.target(1)])
    await site.door.apply({ routes: [...table(site.target(0)).routes, two] })
    expect(await site.haproxy.reloads()).toBe(reloads + 1)
    await site.door.apply({
      routes: [{ ...route('app-1', ['new.localhost', host], []), state: 'crashed' }, two],
    })
    expect(await site.haproxy.reloads()).toBe(reloads + 1)

    // The old worker still has the request: the target is not drained before it has ended.
    expect(await site.door.drained('app-1', site.target(0).name, 300)).toBe(false)
    site.backends[0]?.release()
    expect((await held).status).toBe(200)
    expect(await site.door.drained('app-1', site.target(0).name, 5000)).toBe(true)
  })

  test('leaves an idle connection its next request, and that one finds the newest targets', async () => {
    await site.door.apply(table(site.target(0)))
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const askAgain = (path = '/') => send(site.haproxy.options.httpPort, host, path, { agent })
    expect((await askAgain()).body).toBe('web.1-a')
    const two = route('app-2', ['two.localhost'], [site.target(0)])
    await site.door.apply({ routes: [...table(site.target(0)).routes, two] })
    await site.door.apply({ routes: [...table(site.target(1)).routes, two] })
    expect(await site.door.drained('app-1', site.target(0).name, 5000)).toBe(true)

    const reply = await askAgain('/headers')
    expect(reply).toMatchObject({ status: 200, headers: { connection: 'close', 'x-from': 'web.1-b' } })
    expect(JSON.parse(reply.body)).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': host })
    agent.destroy()
  })

  test('fails no request under load', async () => {
    await site.door.apply(table(site.target(0)))
    const reloads = await site.haproxy.reloads()
    const load = site.startLoad()
    for (const id of ['one', 'two', 'three', 'four', 'five']) {
      await site.door.apply({ routes: [...table(site.target(0)).routes, route(id, [`${id}.localhost`], [])] })
      await sleep(100)
    }
    expect((await load.stop()).failures).toEqual([])
    expect(await site.haproxy.reloads()).toBe(reloads + 5)
  })

  test('is refused with the words of HAProxy before anything is changed', async () => {
    await site.door.apply(table(site.target(0)))
    const before = await filesInPlace()
    const wrong = openHaproxy({ ...site.haproxy.options, addresses: ['not-an-address..'] })
    await expect(wrong.apply(table(site.target(1)))).rejects.toMatchObject({
      code: 'ROUTE.CONFIGURATION_REFUSED',
      message: expect.stringContaining('not-an-address'),
    })
    expect(await filesInPlace()).toEqual(before)
    expect((await site.ask()).body).toBe('web.1-a')
  })

  test('that does not come about is told, and the old routes still work', async () => {
    await site.door.apply(table(site.target(0)))
    const elsewhere = await startHaproxy()
    const { masterSocket } = elsewhere.options
    const lost = openHaproxy(
      { ...site.haproxy.options, masterSocket },
      { limits: { answersWithinMs: 500, reloadsWithinMs: 500 } },
    )
    const two = route('app-2', ['two.localhost'], [site.target(1)])
    await expect(lost.apply({ routes: [two] })).rejects.toMatchObject({ code: 'ROUTE.NOT_RELOADED' })
    expect((await site.ask()).body).toBe('web.1-a')
    await elsewhere.close()
  })
})

async function filesInPlace(): Promise<string[]> {
  const current = join(site.haproxy.options.directory, 'current')
  const names = ['haproxy.cfg', 'hosts.map', 'prefixes.map', 'table.json']
  return await Promise.all(names.map((name) => readFile(join(current, name), 'utf8')))
}
