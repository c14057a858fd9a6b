import { createHmac } from 'node:crypto'
import type { Outputs } from '@berth/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import type { Repository } from '../platform/repository.ts'
import { smallApp, smallVersion } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { mailReceiver, type Posted, webhookReceiver } from './receivers.ts'

type Added = Outputs['notifications']['add']
type Deliveries = Outputs['notifications']['deliveries']

let hooks: Awaited<ReturnType<typeof webhookReceiver>>
let post: Awaited<ReturnType<typeof mailReceiver>>
let platform: Platform
let ada: Signed
let vic: Signed
let eve: Signed
let work: Repository

beforeAll(async () => {
  ;[hooks, post] = [await webhookReceiver(), await mailReceiver()]
  platform = await startPlatform({
    smtpUrl: `smtp://127.0.0.1:${post.port}`,
    mailFrom: 'Berth <berth@example.test>',
    privateHosts: [`127.0.0.1:${hooks.port}`],
  })
  ada = await person(platform, 'ada', { team: 'Harbour' })
  vic = await person(platform, 'vic', { team: 'Harbour', role: 'viewer' })
  eve = await person(platform, 'eve', { team: 'Elsewhere' })
  work = await smallApp(platform, 'shop')
})

afterAll(async () => {
  await platform?.remove()
  await Promise.all([hooks?.close(), post?.close()])
})

const within = { timeout: 60_000, interval: 250 }
const run = (words: string[], { as = ada, input = '', okStatuses = [0] } = {}) =>
  platform.berth(['notifications', ...words], { env: as.env, input, okStatuses })
const address = (path: string) => `http://127.0.0.1:${hooks.port}${path}\n`

async function add(words: string[], input = ''): Promise<Added> {
  return JSON.parse((await run(['add', ...words, '--json'], { input })).stdout) as Added
}
const deliveries = async () => JSON.parse((await run(['deliveries', '--json'])).stdout) as Deliveries
const typeOf = ({ body }: Posted) => (JSON.parse(body) as { type: string }).type

test('mail: one is sent as a test, and says who asked for it', async () => {
  const { target } = await add(['mail', 'ops@example.test', 'other@example.test'])
  const tested = await run(['test', target.id])
  expect(tested.stdout).toMatch(/ops@example.test, other@example.test took it: 250/)
  expect(post.mails).toHaveLength(1)
  expect(post.mails[0]?.to).toEqual(['ops@example.test', 'other@example.test'])
  expect(post.mails[0]?.text).toMatch(
    /From: Berth <berth@example.test>[\s\S]*Subject: .*This is a test[\s\S]*ada asked for it/,
  )
})

test('a mailbox that is not there is said', async () => {
  const { target } = await add(['mail', 'nobody@example.test'])
  const tested = await run(['test', target.id], { okStatuses: [1] })
  expect(tested.stderr).toMatch(/refuses the mail: .*no such mailbox/)
  const asJson = await run(['test', target.id, '--json'], { okStatuses: [1] })
  expect(JSON.parse(asJson.stdout)).toMatchObject({ state: 'failed' })
  expect(JSON.parse(asJson.stderr)).toMatchObject({ error: { code: 'CLI.NOT_DELIVERED' } })
  await run(['remove', target.id])
})

test('Slack: what is posted has a text and blocks; the address is shown to nobody', async () => {
  const { target, signingSecret } = await add(['slack', '--on', 'all'], address('/slack/SECRET'))
  expect(signingSecret).toBeNull()
  expect((await run(['test', target.id])).stdout).toContain('took it: 200 ok')
  const [posted] = hooks.to('/slack/SECRET')
  expect(JSON.parse(posted?.body ?? '')).toMatchObject({
    text: expect.stringContaining('This is a test'),
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: expect.any(String) } }, expect.anything()],
  })
  for (const words of [['list'], ['list', '--json'], ['deliveries', '--json']])
    expect((await run(words)).stdout).not.toContain('SECRET')
})

test('a webhook is signed as the specification asks for', async () => {
  const { target, signingSecret } = await add(['webhook', '--on', 'all'], address('/hook'))
  await run(['test', target.id])
  const [posted] = hooks.to('/hook')
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = posted?.headers ?? {}
  const key = Buffer.from(signingSecret?.replace('whsec_', '') ?? '', 'base64')
  const expected = createHmac('sha256', key).update(`${id}.${at}.${posted?.body}`).digest('base64')
  expect(signature).toBe(`v1,${expected}`)
  expect(Math.abs(Date.now() / 1_000 - Number(at))).toBeLessThan(120)
  expect(JSON.parse(posted?.body ?? '')).toMatchObject({
    type: 'notification.test',
    data: { title: 'This is a test' },
  })
  expect((await run(['list', '--json'])).stdout).not.toContain(signingSecret)
})

test('a push that goes live, and one that does not build, are told once each', async () => {
  expect((await work.push(ada, 'shop')).status).toBe(0)
  await expect.poll(() => hooks.to('/hook').map(typeOf), within).toContain('deployment.succeeded')
  await work.commit({ Dockerfile: 'FROM scratch\nCOPY missing /\n' })
  expect((await work.push(ada, 'shop')).status).toBe(1)
  await expect.poll(() => hooks.to('/hook').map(typeOf), within).toContain('build.failed')
  const told = hooks.to('/hook').filter((each) => typeOf(each) === 'build.failed')
  expect(told).toHaveLength(1)
  expect(JSON.parse(told[0]?.body ?? '')).toMatchObject({
    data: {
      app: 'shop',
      title: expect.stringMatching(/^shop: the build of [0-9a-f]{7} failed$/),
      isGood: false,
    },
  })
  // Who was not asked for success hears of the failure alone.
  await expect.poll(() => post.mails.length, within).toBe(2)
  expect(post.mails[1]?.text).toMatch(/Subject: .*the build of/)
})

test('a crash loop is told once, and when it is over', async () => {
  const dying = smallVersion('dying').Dockerfile?.replace(
    'exec /bin/busybox httpd',
    'exec /bin/busybox timeout 3 /bin/busybox httpd',
  )
  await work.commit({ ...smallVersion('dying'), Dockerfile: dying ?? '' })
  const pushed = await work.push(ada, 'shop')
  expect(pushed.status, pushed.stderr).toBe(0)
  const loops = (type: string) => hooks.to('/hook').filter((each) => typeOf(each) === type)
  await expect.poll(() => loops('crash-loop.begun').length, within).toBe(1)
  expect(JSON.parse(loops('crash-loop.begun')[0]?.body ?? '')).toMatchObject({
    data: { title: 'shop: web.1 crashes again and again', instance: 'web.1' },
  })
  await platform.berth(['ps:scale', 'web=0', '--app', 'shop'], { env: ada.env })
  await expect.poll(() => loops('crash-loop.ended').length, within).toBe(1)
  expect(loops('crash-loop.begun')).toHaveLength(1)
})

test('what could not be delivered is tried again; what is gone, or leads elsewhere, is not', async () => {
  const ids = new Map<string, string>()
  for (const path of ['/fails', '/gone', '/moved'])
    ids.set(path, (await add(['webhook'], address(path))).target.id)
  const test = async (path: string) => (await run(['test', ids.get(path) ?? ''], { okStatuses: [1] })).stderr
  expect(await test('/gone')).toContain('410 no such channel')
  expect(await test('/moved')).toContain('302')
  expect(await test('/fails')).toContain('503 busy')
  await expect.poll(() => hooks.to('/fails').length, within).toBeGreaterThanOrEqual(2)
  const [first, second] = hooks.to('/fails')
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  expect(hooks.to('/taken')).toEqual([])
  expect(hooks.to('/gone')).toHaveLength(1)
  const listed = await deliveries()
  expect(listed.filter(({ state }) => state === 'failed').length).toBeGreaterThanOrEqual(2)
  expect((await run(['deliveries'])).stdout).toMatch(/queued \(\d tries\)|queued/)
  for (const id of ids.values()) await run(['remove', id])
})

test.each([
  'http://127.0.0.1:9/',
  'http://localhost:9/',
  'http://[::1]:9/',
  'http://169.254.169.254/latest/meta-data',
  'http://10.0.0.1/',
])('nothing is sent to %s', async (given) => {
  const { target } = await add(['webhook'], `${given}\n`)
  const tested = await run(['test', target.id], { okStatuses: [1] })
  expect(tested.stderr).toMatch(/address of this machine or of a private network/)
  await run(['remove', target.id])
})

test('what is asked wrongly is said, and nothing is added', async () => {
  const before = (await run(['list', '--json'])).stdout
  const wrong = async (words: string[], input = '') =>
    (await run(['add', ...words], { input, okStatuses: [1] })).stderr
  expect(await wrong(['mail', 'Ops <ops@example.test>'])).toContain('is no mail address')
  expect(await wrong(['slack'], 'ftp://hooks.example\n')).toContain('https://')
  expect(await wrong(['webhook'], 'https://user:pass@hooks.example\n')).toContain('without a user name')
  expect(await wrong(['mail', 'ops@example.test', '--on', 'weather'])).toContain('weather is none of')
  expect(await wrong(['mail', 'ops@example.test', '--app', 'nowhere'])).toContain('no app "nowhere"')
  expect((await run(['test', '7b4f2d6e-98ab-4b6f-9a53-0d3f3a1c9e11'], { okStatuses: [1] })).stderr).toContain(
    'no notification target',
  )
  expect((await run(['list', '--json'])).stdout).toBe(before)
})

test('a viewer changes nothing, and another team sees none of it', async () => {
  expect((await run(['list'], { as: vic, okStatuses: [1] })).stderr).toContain(
    'Your role does not allow this',
  )
  expect((await run(['list', '--json'], { as: eve })).stdout.trim()).toBe('[]')
  const [own] = JSON.parse((await run(['list', '--json'])).stdout) as { id: string }[]
  const removed = await run(['remove', own?.id ?? ''], { as: eve, okStatuses: [1] })
  expect(removed.stderr).toContain('no notification target')
})
