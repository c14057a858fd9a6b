import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { Agent } from 'node:http'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FrontDoor, Route, RouteTable, Target } from '../front-door.ts'
import { writeInitialConfiguration } from './haproxy/initial-configuration.ts'
import { haproxySocket } from './haproxy/socket.ts'
import { send, startBackend, type TestBackend } from './haproxy/test-backend.ts'
import { freePort, startHaproxy, type TestHaproxy } from './haproxy/test-haproxy.ts'
import { openHaproxy } from './haproxy.ts'

const host = 'shop.localhost'
let haproxy: TestHaproxy
let backends: TestBackend[]
let door: FrontDoor

beforeEach(async () => {
  haproxy = await startHaproxy()
  backends = [await startBackend('web.1-a'), await startBackend('web.1-b')]
  door = openHaproxy(haproxy.options)
})
afterEach(async () => {
  await haproxy.close()
  await Promise.all(backends.map((backend) => backend.close()))
})

const target = (index: number): Target => (backends[index] as TestBackend).target
const table = (...targets: Target[]): RouteTable => ({ routes: [route('app-1', [host], targets)] })
const route = (id: string, hosts: string[], targets: Target[]): Route => ({
  id,
  title: id,
  hosts,
  targets,
  pathPrefix: null,
  state: 'live',
})
const ask = (path = '/', headers: Record<string, string> = {}) =>
  send(haproxy.options.httpPort, host, path, { headers })

describe('under load', () => {
  test('targets are swapped 20 times without a failed request and without a reload', async () => {
    await door.apply(table(target(0)))
    const reloads = await haproxy.reloads()
    const load = startLoad()
    for (let swap = 1; swap <= 20; swap++) {
      const next = await startBackend(`web.1-${swap}`)
      backends.push(next)
      const [before, after] = [backends.at(-2) as TestBackend, next]
      await door.apply(table(swap === 1 ? target(0) : before.target, after.target))
      await door.apply(table(after.target))
      expect(await door.drained('app-1', swap === 1 ? target(0).name : before.target.name, 5000)).toBe(true)
      if (swap > 1) await before.close()
    }
    const { failures, answered } = await load.stop()
    expect(failures).toEqual([])
    expect(answered).toBeGreaterThan(500)
    expect(await haproxy.reloads()).toBe(reloads)
    expect(await serverNames()).toEqual(['web.1-20'])
  })

  test('a target that accepts no connection costs no request', async () => {
    const dead = { name: 'web.2-dead', address: '127.0.0.1', port: await freePort() }
    await door.apply(table(target(0), dead))
    const replies = await Promise.all(Array.from({ length: 50 }, () => ask()))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
  })

  test('a request that takes five seconds ends while its target is drained', async () => {
    await door.apply(table(target(0)))
    const slow = ask('/slow/5000')
    await expect.poll(() => backends[0]?.requests()).toBe(1)
    await door.apply(table(target(1)))
    expect(await door.drained('app-1', target(0).name, 20_000)).toBe(true)
    expect(await slow).toMatchObject({ status: 200, body: 'slow' })
    expect(await serverNames()).toEqual([target(1).name])
  })
})

describe('a reload', () => {
  test('happens only where a route appears or goes, and breaks no request off', async () => {
    await door.apply(table(target(0)))
    const reloads = await haproxy.reloads()
    const held = ask('/hold')
    await expect.poll(() => backends[0]?.holding()).toBe(1)

    const two = route('app-2', ['two.localhost'], [target(1)])
    await door.apply({ routes: [...table(target(0)).routes, two] })
    expect(await haproxy.reloads()).toBe(reloads + 1)
    await door.apply({ routes: [{ ...route('app-1', ['new.localhost', host], []), state: 'crashed' }, two] })
    expect(await haproxy.reloads()).toBe(reloads + 1)

    // The old worker still has the request: the target is not drained before it has ended.
    expect(await door.drained('app-1', target(0).name, 300)).toBe(false)
    backends[0]?.release()
    expect((await held).status).toBe(200)
    expect(await door.drained('app-1', target(0).name, 5000)).toBe(true)
  })

  test('leaves an idle connection its next request, and that one finds the newest targets', async () => {
    await door.apply(table(target(0)))
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const askAgain = (path = '/') => send(haproxy.options.httpPort, host, path, { agent })
    expect((await askAgain()).body).toBe('web.1-a')
    const two = route('app-2', ['two.localhost'], [target(0)])
    await door.apply({ routes: [...table(target(0)).routes, two] })
    await door.apply({ routes: [...table(target(1)).routes, two] })
    expect(await door.drained('app-1', target(0).name, 5000)).toBe(true)

    const reply = await askAgain('/headers')
    expect(reply).toMatchObject({ status: 200, headers: { connection: 'close', 'x-from': 'web.1-b' } })
    expect(JSON.parse(reply.body)).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': host })
    agent.destroy()
  })

  test('fails no request under load', async () => {
    await door.apply(table(target(0)))
    const reloads = await haproxy.reloads()
    const load = startLoad()
    for (const id of ['one', 'two', 'three', 'four', 'five']) {
      await door.apply({ routes: [...table(target(0)).routes, route(id, [`${id}.localhost`], [])] })
      await sleep(100)
    }
    expect((await load.stop()).failures).toEqual([])
    expect(await haproxy.reloads()).toBe(reloads + 5)
  })

  test('is refused with the words of HAProxy before anything is changed', async () => {
    await door.apply(table(target(0)))
    const before = await filesInPlace()
    const wrong = openHaproxy({ ...haproxy.options, addresses: ['not-an-address..'] })
    await expect(wrong.apply(table(target(1)))).rejects.toMatchObject({
      code: 'ROUTE.CONFIGURATION_REFUSED',
      message: expect.stringContaining('not-an-address'),
    })
    expect(await filesInPlace()).toEqual(before)
    expect((await ask()).body).toBe('web.1-a')
  })

  test('that does not come about is told, and the old routes still work', async () => {
    await door.apply(table(target(0)))
    const elsewhere = await startHaproxy()
    const { masterSocket } = elsewhere.options
    const lost = openHaproxy(
      { ...haproxy.options, masterSocket },
      { limits: { answersWithinMs: 500, reloadsWithinMs: 500 } },
    )
    const two = route('app-2', ['two.localhost'], [target(1)])
    await expect(lost.apply({ routes: [two] })).rejects.toMatchObject({ code: 'ROUTE.NOT_RELOADED' })
    expect((await ask()).body).toBe('web.1-a')
    await elsewhere.close()
  })
})

describe('after a crash', () => {
  test('a restarted HAProxy comes up with the last table', async () => {
    await door.apply(table(target(0)))
    await door.apply(table(target(1)))
    await haproxy.kill('SIGKILL')
    await haproxy.start()
    expect((await ask()).body).toBe('web.1-b')
  })

  test('apply waits for a HAProxy that is being started again, and makes it equal', async () => {
    await door.apply(table(target(0)))
    await haproxy.kill('SIGKILL')
    const applied = door.apply({ routes: [route('app-9', [host], [target(1)])] })
    await sleep(300)
    await haproxy.start()
    await applied
    expect((await ask()).body).toBe('web.1-b')
  })

  test('apply undoes what somebody changed behind its back', async () => {
    await door.apply(table(target(0)))
    const admin = haproxySocket('admin', haproxy.options.adminSocket)
    await admin('add server route_app-1/stranger 127.0.0.1:1')
    await admin(`set server route_app-1/web.1-a state maint`)
    await admin(`set server route_app-1/web.1-a addr 127.0.0.9 port 9`)
    await admin('add map hosts.map evil.localhost route_app-1')
    await admin(`add map hosts.map ${host} route_app-1`)
    await admin('add map hosts.map shop.test page_crashed')
    await door.apply(table(target(0)))
    expect(await serverNames()).toEqual(['web.1-a'])
    expect((await ask()).body).toBe('web.1-a')
    expect(await admin('show map hosts.map')).not.toContain('evil')
    expect((await send(haproxy.options.httpPort, 'evil.localhost', '/')).status).toBe(404)
  })

  test('a HAProxy that is gone is told within the limit', async () => {
    const impatient = openHaproxy(haproxy.options, { limits: { answersWithinMs: 200, reloadsWithinMs: 200 } })
    await haproxy.kill('SIGKILL')
    await expect(impatient.apply(table(target(0)))).rejects.toMatchObject({ code: 'ROUTE.NOT_ANSWERING' })
    expect(await impatient.drained('app-1', 'gone', 50)).toBe(false)
  })

  test('the first configuration has the last hosts, and only the targets that are alive', async () => {
    const gone = { name: 'web.2-gone', address: '127.0.0.1', port: await freePort() }
    const two = route('app-2', ['two.localhost'], [gone])
    await door.apply({ routes: [route('app-1', [host], [target(0), gone]), two] })
    await haproxy.kill('SIGTERM')
    await writeInitialConfiguration(haproxy.options)
    await haproxy.start()
    expect(await serverNames()).toEqual(['web.1-a'])
    expect((await ask()).body).toBe('web.1-a')
    const reply = await send(haproxy.options.httpPort, 'two.localhost', '/')
    expect(reply).toMatchObject({ status: 503, body: expect.stringContaining('This app is starting') })
  })

  test('a table on disk that cannot be read counts as none', async () => {
    await door.apply(table(target(0)))
    await haproxy.kill('SIGTERM')
    for (const text of ['{', '{"routes":[{}]}', 'null', '{"routes":[{"id":"a b"}]}']) {
      await writeFile(join(haproxy.options.directory, 'current', 'table.json'), text)
      await writeInitialConfiguration(haproxy.options)
    }
    await haproxy.start()
    expect((await ask()).status).toBe(404)
  })

  test('files that a power failure has emptied are written again before the start', async () => {
    await door.apply(table(target(0)))
    await haproxy.kill('SIGTERM')
    const current = join(haproxy.options.directory, 'current')
    await writeFile(join(current, 'haproxy.cfg'), '')
    await writeFile(join(current, 'hosts.map'), '')
    await rm(join(current, 'pages'), { recursive: true })
    await writeInitialConfiguration(haproxy.options)
    await haproxy.start()
    expect((await ask()).body).toBe('web.1-a')
  })

  test('no file is left but those of the routes in force and of the ones before', async () => {
    for (const id of ['a', 'b', 'c']) {
      await door.apply({ routes: [route(id, [host], [target(0)])] })
      await door.apply({ routes: [route(id, [host], [target(1)])] })
    }
    const left = await readdir(haproxy.options.directory)
    expect(left.map((name) => name.slice(0, 6)).sort()).toEqual(['curren', 'jail', 'table-', 'table-'])
    expect(await readdir(join(haproxy.options.directory, 'current'))).toHaveLength(5)
  })
})

describe('a request', () => {
  test('tells the app who asked, whatever the client says', async () => {
    await door.apply(table(target(0)))
    const reply = await ask('/headers', {
      'X-Forwarded-For': '6.6.6.6',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'evil.test',
      'X-Forwarded-Prefix': '/evil',
      X_Forwarded_For: '6.6.6.6',
      'X-Real-IP': '6.6.6.6',
      Forwarded: 'for=6.6.6.6',
      Proxy: 'http://evil.test',
    })
    const headers: Record<string, string> = JSON.parse(reply.body)
    expect(headers).toMatchObject({
      host,
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': host,
    })
    expect(JSON.stringify(headers)).not.toMatch(/6\.6\.6\.6|evil/)
  })

  test('may be upgraded, and its bytes pass both ways', async () => {
    await door.apply(table(target(0)))
    const upgrade = 'Connection: Upgrade\r\nUpgrade: echo\r\n'
    const answer = await raw(`GET / HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`, 'hello through the tunnel')
    expect(answer).toMatch(/^HTTP\/1\.1 101 [\s\S]*hello through the tunnel$/)
  })

  test('may not be upgraded to HTTP/2 past the front door', async () => {
    await door.apply(table(target(0)))
    const reply = await ask('/headers', {
      Connection: 'Upgrade, HTTP2-Settings',
      Upgrade: 'h2c',
      'HTTP2-Settings': 'AA',
    })
    expect(reply.body).not.toMatch(/h2c|http2-settings/)
  })

  test.each([
    ['two lengths', 'POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a length that is no number', 'POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: +1\r\n\r\na'],
    ['a broken chunk', 'POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['a space before a colon', 'GET / HTTP/1.1\r\nHost : HOST\r\n\r\n'],
    ['a line that is folded into a name', 'GET / HTTP/1.1\r\nHost: HOST\r\n\0X: y\r\n\r\n'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: HOST\r\nHost: other.localhost\r\n\r\n'],
    ['a host beside another authority', 'GET http://other.localhost/ HTTP/1.1\r\nHost: HOST\r\n\r\n'],
    ['giant headers', `GET / HTTP/1.1\r\nHost: HOST\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['102 headers', `GET / HTTP/1.1\r\nHost: HOST\r\n${'X: y\r\n'.repeat(102)}\r\n`],
  ])('with %s gets 400 and never reaches an app', async (_what, text) => {
    await door.apply(table(target(0)))
    expect(await raw(text.replace('HOST', host))).toMatch(/^HTTP\/1\.[01] 400 /)
    expect(backends[0]?.requests()).toBe(0)
  })

  test('cannot smuggle a second one behind a length and chunks', async () => {
    await door.apply(table(target(0)))
    const body = `0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: ${host}\r\n\r\n`
    const head = `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n\r\n`
    const answer = await raw(head + body)
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    expect(backends[0]?.requests()).toBeLessThanOrEqual(1)
  })

  test('with an address of more than 8,192 characters gets 414', async () => {
    await door.apply(table(target(0)))
    expect((await ask(`/${'a'.repeat(8192)}`)).status).toBe(414)
    expect((await ask(`/${'a'.repeat(8000)}`)).status).toBe(200)
  })

  test('whose app breaks off gets a page that says so', async () => {
    await door.apply(table(target(0)))
    const broken = ask('/hold')
    await expect.poll(() => backends[0]?.holding()).toBe(1)
    await backends[0]?.close()
    expect(await broken).toMatchObject({ status: 502, body: expect.stringContaining('The app broke off') })
    expect(await ask()).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
  })
})

/** Four clients that keep their connection and two that make a new one for each request, until `stop`. */
function startLoad() {
  const stopping = new AbortController()
  const failures: string[] = []
  let answered = 0
  const client = async (agent: Agent | undefined) => {
    while (!stopping.signal.aborted) {
      try {
        const { status } = await send(
          haproxy.options.httpPort,
          host,
          '/',
          agent === undefined ? {} : { agent },
        )
        if (status === 200) answered++
        else failures.push(`status ${status}`)
      } catch (error) {
        failures.push(String(error))
      }
    }
    agent?.destroy()
  }
  const keepAlive = () => new Agent({ keepAlive: true, maxSockets: 1 })
  const clients = Promise.all(
    [keepAlive(), keepAlive(), keepAlive(), keepAlive(), undefined, undefined].map(client),
  )
  return {
    async stop() {
      stopping.abort()
      await clients
      return { failures, answered }
    },
  }
}

/** Sends bytes as they are; `afterwards` once the answer has begun. Returns what came within a second. */
function raw(text: string, afterwards?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = createConnection({ port: haproxy.options.httpPort, host: '127.0.0.1' })
    const end = () => {
      socket.destroy()
      resolve(answer)
    }
    setTimeout(end, 1000)
    socket.on('data', (chunk) => {
      if (answer === '' && afterwards !== undefined) socket.write(afterwards)
      answer += chunk.toString('latin1')
      if (afterwards !== undefined && answer.endsWith(afterwards)) end()
    })
    socket.on('end', end)
    socket.on('error', reject)
    socket.write(text)
  })
}

async function serverNames(): Promise<string[]> {
  const state = await haproxySocket('admin', haproxy.options.adminSocket)('show servers state')
  return [...state.matchAll(/^\d+ route_\S+ \d+ (\S+)/gm)].map(([, name]) => name ?? '')
}

async function filesInPlace(): Promise<string[]> {
  const current = join(haproxy.options.directory, 'current')
  const names = ['haproxy.cfg', 'hosts.map', 'prefixes.map', 'table.json']
  return await Promise.all(names.map((name) => readFile(join(current, name), 'utf8')))
}
