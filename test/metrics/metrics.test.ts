import type { Outputs } from '@berth/api'
import { parseExposition } from '@berth/testkit/parse-exposition.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { smallApp } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { visit } from '../platform/visitors.ts'

type Metrics = Outputs['metrics']['read']

let platform: Platform
let ada: Signed
let eve: Signed
let vic: Signed

beforeAll(async () => {
  platform = await startPlatform()
  ada = await person(platform, 'ada', { team: 'Harbour' })
  eve = await person(platform, 'eve', { team: 'Elsewhere' })
  vic = await person(platform, 'vic', { team: 'Harbour', role: 'viewer' })
  const work = await smallApp(platform, 'shop')
  const pushed = await work.push(ada, 'shop')
  expect(pushed.status, pushed.stderr).toBe(0)
  for (let each = 0; each < 40; each += 1) await visit(platform, 'shop')
  for (let each = 0; each < 10; each += 1) await visit(platform, 'shop', '/missing')
})

afterAll(async () => {
  await platform?.remove()
})

const berth = async (...words: string[]) => (await platform.berth(words, { env: ada.env })).stdout
const read = async (...words: string[]): Promise<Metrics> =>
  JSON.parse(await berth('metrics', '--app', 'shop', '--json', ...words))
const within = { timeout: 60_000, interval: 1_000 }

test('requests, classes and durations come from the front door', async () => {
  await expect.poll(async () => (await read('--since', '10m')).total.requests, within).toBe(50)
  const { total, traffic, releases } = await read('--since', '10m')
  const ofAll = (rate: number | null | undefined) => (rate ?? 0) / (total.traffic?.requests ?? 1)
  expect(ofAll(total.traffic?.successful)).toBeCloseTo(0.8)
  expect(ofAll(total.traffic?.clientErrors)).toBeCloseTo(0.2)
  expect(total.traffic?.p99Ms).toBeGreaterThanOrEqual(total.traffic?.p50Ms ?? Number.NaN)
  expect(traffic?.requests.length).toBeLessThanOrEqual(120)
  expect(releases).toEqual([{ version: 1, at: expect.any(String), deployment: expect.any(String) }])
})

test('memory, CPU and processes come from the engine, of the app and of an instance', async () => {
  await expect
    .poll(async () => (await read('--since', '10m', '--instance', 'web.1')).total.usage.memoryBytes, within)
    .toBeGreaterThan(0)
  const { total, traffic } = await read('--since', '10m', '--instance', 'web.1')
  expect(traffic).toBeNull()
  expect(total.usage.pids).toBeGreaterThan(0)
  expect(total.usage.cpu).toBeLessThan(2)
  expect(total.usage.receivedBytes).toBeGreaterThan(0)
  expect((await read('--since', '10m')).total.usage.memoryBytes).toBeGreaterThan(0)
})

test('people read a table', async () => {
  const table = await berth('metrics', '--app', 'shop')
  expect(table).toMatch(/SHOP +NOW +AVERAGE +PEAK/)
  expect(table).toMatch(/memory +[\d.]+ [kMG]B/)
  expect(table).toMatch(/Requests: 50, 2xx 80 %, 4xx 20 %/)
  expect(table).toMatch(/Duration: p50 .* p95 .* p99/)
  expect(table).toMatch(/Released: v1/)
  expect(await berth('top')).toMatch(/APP +CPU +MEMORY[\s\S]*shop +[\d.]+ %/)
})

test('Prometheus gets what its token’s person may see, in its own format', async () => {
  const families = parseExposition(await exposition(ada))
  const samples = families.flatMap((family) => family.samples)
  const requests = samples.filter(({ name }) => name === 'berth_app_requests_total')
  expect(requests).toContainEqual({
    ...{ name: 'berth_app_requests_total', value: 40 },
    labels: { app: 'shop', team: 'Harbour', status: '2xx' },
  })
  const memory = samples.find(({ name }) => name === 'berth_instance_memory_bytes')
  expect(memory?.labels).toEqual({ app: 'shop', team: 'Harbour', process: 'web', instance: 'web.1' })
  expect(families.map(({ name }) => name)).toContain('berth_machine_memory_bytes')
})

test('a viewer gets no machine, another team gets no app, and nobody gets nothing', async () => {
  expect(await exposition(vic)).toContain('app="shop"')
  expect(await exposition(vic)).not.toContain('berth_machine')
  expect(await exposition(eve)).not.toContain('shop')
  const asked = await fetch(`${ada.env.BERTH_URL}/metrics`)
  expect(asked.status).toBe(401)
  expect(asked.headers.get('www-authenticate')).toContain('Bearer')
})

test('an admin sees the machine, and what its disk is used for; a viewer does not', async () => {
  const view = JSON.parse(await berth('machine', '--json')) as Outputs['machine']['view']
  expect(view.containers.running).toBe(1)
  const uses = new Map(view.disk.uses.map(({ name, bytes }) => [name, bytes]))
  for (const name of ['images', 'logs', 'database', 'metrics'])
    expect(uses.get(name), name).toBeGreaterThan(0)
  expect(await berth('machine')).toMatch(/Memory +[\d.]+ GB of/)
  const refused = await platform.berth(['machine'], { env: vic.env, okStatuses: [1] })
  expect(refused.stderr).toContain('Your role does not allow this')
})

test('what is asked wrongly is said, and another team’s app is not there', async () => {
  const wrong = async (as: Signed, ...words: string[]) =>
    (await platform.berth(['metrics', '--app', 'shop', ...words], { env: as.env, okStatuses: [1] })).stderr
  expect(await wrong(ada, '--since', '90d')).toContain('31 days')
  expect(await wrong(ada, '--since', 'yesterday')).toContain('10m, 2h')
  expect(await wrong(ada, '--instance', '../../etc')).toContain('instance')
  expect(await wrong(eve)).toContain('no app "shop"')
})

test('figures outlive the platform’s restart', async () => {
  await platform.stop()
  await platform.start()
  expect((await read('--since', '30m')).total.requests).toBe(50)
})

async function exposition(as: Signed): Promise<string> {
  const answer = await fetch(`${as.env.BERTH_URL}/metrics`, {
    headers: { authorization: `Bearer ${as.token}` },
  })
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return await answer.text()
}
