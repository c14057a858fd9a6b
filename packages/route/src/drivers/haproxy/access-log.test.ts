import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AccessLine, AccessLog } from '../../access-line.ts'
import { rememberHosts } from '../../remember-hosts.ts'
import { openHaproxyAccessLog } from './access-log.ts'
import { doorUnderTest, host, route, table } from './door-under-test.ts'
import { send } from './test-backend.ts'

const site = doorUnderTest()
const haproxyUser = Number(/^haproxy:[^:]*:(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[1])

let log: AccessLog | undefined
let lines: AccessLine[]
let remembering: ReturnType<typeof rememberHosts>

const listen = async () => {
  const { routeOfHost } = remembering
  log = await openHaproxyAccessLog(site.haproxy.options, { routeOfHost, socketOwner: haproxyUser })
  log.subscribe((line) => lines.push(line))
}

beforeEach(async () => {
  remembering = rememberHosts(site.door)
  lines = []
  await listen()
})
afterEach(() => log?.close())

test('every request of a route is told once, without its query', async () => {
  await remembering.frontDoor.apply(table(site.target(0)))
  await site.ask('/cart%20of?token=secret', { 'user-agent': 'not told' })
  await site.ask('/slow/200')
  await expect.poll(() => lines.length).toBe(2)
  expect(lines[0]).toMatchObject({
    routeId: 'app-1',
    target: 'web.1-a',
    method: 'GET',
    path: '/cart%20of',
    status: 200,
    client: '127.0.0.1',
    ended: '--',
  })
  expect(JSON.stringify(lines)).not.toContain('secret')
  expect(lines[1]?.totalMs).toBeGreaterThanOrEqual(190)
  expect(lines[1]?.firstByteMs).toBeGreaterThanOrEqual(190)
})

test('a page in the place of an app is told as the app’s, other hosts and the platform’s own are not', async () => {
  const own = { ...route('dashboard', ['berth.localhost'], [site.target(0)]), quiet: true }
  await remembering.frontDoor.apply({ routes: [{ ...route('app-1', [host], []), state: 'crashed' }, own] })
  const { httpPort } = site.haproxy.options
  for (const name of ['nobody.localhost', 'berth.localhost', host]) await send(httpPort, name, '/')
  await expect.poll(() => lines.length).toBe(1)
  expect(lines[0]).toMatchObject({ routeId: 'app-1', target: null, status: 503, host })
})

test('requests that were answered while nobody read are told by whoever reads next', async () => {
  await remembering.frontDoor.apply(table(site.target(0)))
  await log?.close()
  for (let number = 0; number < 20; number += 1) await site.ask(`/${number}`)
  expect(lines).toEqual([])
  await listen()
  await expect
    .poll(() => new Set(lines.map(({ path }) => path)))
    .toEqual(new Set(Array.from({ length: 20 }, (_, n) => `/${n}`)))
  expect(lines).toHaveLength(20)
})

test('what there was no room for is counted, and costs no request', async () => {
  await remembering.frontDoor.apply(table(site.target(0)))
  await log?.close()
  const long = `/${'a'.repeat(1_000)}`
  const replies: number[] = []
  for (let round = 0; round < 60; round += 1) {
    const all = await Promise.all(Array.from({ length: 50 }, () => site.ask(long)))
    replies.push(...all.map(({ status }) => status))
  }
  await listen()
  // Until the reader has made room, these are lost as well: what was lost is told with the first that is not.
  let asked = 3_000
  await expect
    .poll(async () => {
      await site.ask('/last')
      asked += 1
      return lines.some(({ path }) => path === '/last')
    })
    .toBe(true)
  expect(new Set(replies)).toEqual(new Set([200]))
  await expect.poll(() => lines.length + (log?.lost() ?? 0)).toBe(asked)
  expect(log?.lost()).toBeGreaterThan(0)
})

test('after a reload the new worker tells, what the one before it still carries is not told', async () => {
  await remembering.frontDoor.apply(table(site.target(0)))
  const held = site.ask('/hold')
  await expect.poll(() => site.backends[0]?.holding()).toBe(1)
  const two = route('two', ['two.test'], [])
  await remembering.frontDoor.apply({ routes: [...table(site.target(0)).routes, two] })
  site.backends[0]?.release()
  await held
  await site.ask('/new')
  await expect.poll(() => lines.map(({ path }) => path)).toEqual(['/new'])
})
