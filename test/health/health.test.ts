import { afterAll, beforeAll, expect, test } from 'vitest'
import { importNode, nodeApp, nodeImage } from '../platform/node-app.ts'
import { person, type Signed } from '../platform/person.ts'
import type { Repository } from '../platform/repository.ts'
import { smallApp } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { untilAnswer, visit } from '../platform/visitors.ts'

/** Health checks from outside: a push that is refused says why, and what fails later leaves the route and comes back. */
let platform: Platform
let ada: Signed

beforeAll(async () => {
  platform = await startPlatform()
  await importNode(platform)
  ada = await person(platform, 'ada')
})

afterAll(async () => {
  await platform?.remove()
})

type View = {
  name: string
  state: string
  restarts: number
  containerId: string
  health: { state: string; reason: string | null } | null
}

async function instances(app: string): Promise<View[]> {
  return JSON.parse((await platform.berth(['ps', '--app', app, '--json'], { env: ada.env })).stdout) as View[]
}

const dockerfile = (...lines: string[]) =>
  [`FROM ${nodeImage}`, 'COPY . /app', 'EXPOSE 5000', ...lines, 'CMD ["/bin/node", "/app/app.mjs"]', ''].join(
    '\n',
  )
const json = (checks: object[]) => JSON.stringify({ healthchecks: { web: checks } })

async function refused(work: Repository, app: string, files: Record<string, string>): Promise<string> {
  await work.commit(files)
  const pushed = await work.push(ada, app)
  expect(pushed.status, pushed.stderr).toBe(1)
  return pushed.stderr
}

async function accepted(work: Repository, app: string, files: Record<string, string>): Promise<void> {
  await work.commit(files)
  const pushed = await work.push(ada, app)
  expect(pushed.status, pushed.stderr).toBe(0)
}

test('a push is refused by a check that fails, with what was answered; the old version goes on', async () => {
  const work = await nodeApp(platform, 'shop')
  await accepted(work, 'shop', { 'version.txt': 'good' })

  const path = { name: 'front page', path: '/', content: 'welcome', attempts: 2, wait: 1 }
  expect(await refused(work, 'shop', { 'app.json': json([path]), 'version.txt': 'bad' })).toContain(
    'its check "front page" failed 2 times: the answer (200) does not hold "welcome": bad web.1.',
  )
  const command = { command: ['/bin/sh', '-c', 'echo the disk is full; exit 4'], attempts: 1 }
  expect(await refused(work, 'shop', { 'app.json': json([command]) })).toContain(
    'exit code 4: the disk is full.',
  )
  const absent = { command: ['/bin/curl', 'localhost'], attempts: 1 }
  expect(await refused(work, 'shop', { 'app.json': json([absent]) })).toContain(
    'Name a program that the image has',
  )
  const elsewhere = { path: '/', port: 5999, attempts: 1 }
  expect(await refused(work, 'shop', { 'app.json': json([elsewhere]) })).toContain(
    'nothing accepted a connection on port 5999 within 8 s',
  )
  const readiness = { type: 'readiness', path: '/missing', content: 'never', attempts: 1 }
  expect(await refused(work, 'shop', { 'app.json': json([readiness]) })).toContain(
    'its check GET /missing failed once',
  )

  expect((await visit(platform, 'shop')).body).toBe('good web.1')
})

test('checks of all kinds that pass let it through, without any fixed wait', async () => {
  const work = await nodeApp(platform, 'all')
  const checks = [
    { path: '/', content: 'web.1', httpHeaders: [{ name: 'X-Probe', value: 'yes' }], wait: 60 },
    { command: ['/bin/sh', '-c', 'test "$BERTH_PROCESS" = web.1'], wait: 60 },
    { listening: true, wait: 60 },
    { uptime: 1 },
    { type: 'readiness', path: '/health', wait: 60 },
    { type: 'liveness', path: '/health', wait: 60 },
  ]
  const begunAt = Date.now()
  await accepted(work, 'all', { 'app.json': json(checks) })
  expect(Date.now() - begunAt).toBeLessThan(60_000)
  expect(await instances('all')).toMatchObject([
    { name: 'web.1', health: { state: 'healthy', reason: null } },
  ])
})

test('the old CHECKS file is read, and rejects a push by its line', async () => {
  const work = await smallApp(platform, 'old')
  await accepted(work, 'old', { CHECKS: 'WAIT=1\nATTEMPTS=2\n/ version one\n' })
  expect(await refused(work, 'old', { CHECKS: 'ATTEMPTS=1\n//old.example.test/ version two\n' })).toContain(
    'does not hold "version two": version one.',
  )
  expect(await refused(work, 'old', { CHECKS: 'WAIT=5\n<<<<<<< HEAD\n' })).toContain('CHECKS, line 2:')
})

test('the HEALTHCHECK of an image counts where nothing else is given', async () => {
  const work = await nodeApp(platform, 'image')
  const fails = 'HEALTHCHECK --interval=1s --retries=2 CMD echo no database; exit 1'
  expect(await refused(work, 'image', { 'app.json': '{}', Dockerfile: dockerfile(fails) })).toContain(
    'its check "HEALTHCHECK" failed 2 times: exit code 1: no database.',
  )
  await accepted(work, 'image', { Dockerfile: dockerfile('HEALTHCHECK CMD ["/bin/busybox", "true"]') })
  await accepted(work, 'image', { Dockerfile: dockerfile(fails), 'app.json': json([{ path: '/' }]) })
})

test('an instance that hangs is started again, with the cause in words, and its place heals', async () => {
  const work = await nodeApp(platform, 'hang')
  const alive = { type: 'liveness', name: 'alive', path: '/', attempts: 2, wait: 1, timeout: 1 }
  await accepted(work, 'hang', { 'app.json': json([alive]) })
  const [before] = await instances('hang')
  await visit(platform, 'hang', '/hang')
  const because = 'liveness check "alive" failed 2 times: no answer within 1 s'
  const crashes = async () =>
    JSON.parse((await platform.berth(['crashes', '--app', 'hang', '--json'], { env: ada.env })).stdout)
  await expect
    .poll(crashes, { timeout: 30_000 })
    .toMatchObject([{ instance: 'web.1', reason: because, containerId: before?.containerId }])
  expect((await platform.berth(['logs', '--app', 'hang'], { env: ada.env })).stdout).toContain(
    `web.1 was killed: ${because}`,
  )
  await untilAnswer(platform, 'hang', ({ status }) => status === 200, 60_000)
  const [after] = await instances('hang')
  expect(after).toMatchObject({ restarts: 1, health: { state: 'healthy' } })
  expect(after?.containerId).not.toBe(before?.containerId)
})

test('the only instance stays in the route though it is not ready, and ps says why', async () => {
  const work = await nodeApp(platform, 'lonely')
  const ready = { type: 'readiness', name: 'ready', path: '/health', attempts: 1, wait: 1 }
  await accepted(work, 'lonely', { 'app.json': json([ready]) })
  expect((await visit(platform, 'lonely', '/health?is=bad')).status).toBe(500)
  await expect
    .poll(async () => (await instances('lonely'))[0]?.health, { timeout: 30_000, interval: 200 })
    .toEqual({
      state: 'unhealthy',
      reason: expect.stringMatching(
        /^readiness check "ready" failed .*: answered 500 Internal Server Error: the database is away$/,
      ),
    })
  expect((await visit(platform, 'lonely')).status).toBe(200)
  const { stdout } = await platform.berth(['ps', '--app', 'lonely'], { env: ada.env })
  expect(stdout).toContain('the database is away')
  await visit(platform, 'lonely', '/health?is=good')
  await expect
    .poll(async () => (await instances('lonely'))[0]?.health?.state, { timeout: 30_000, interval: 200 })
    .toBe('healthy')
})

test('a worker that its check gives up is replaced', async () => {
  const work = await nodeApp(platform, 'queue')
  const script = 'test -e /tmp/stuck && echo stuck && exit 1; exit 0'
  const check = { type: 'liveness', name: 'queue', command: ['/bin/sh', '-c', script], attempts: 2, wait: 1 }
  await accepted(work, 'queue', {
    Procfile:
      'web: /bin/node /app/app.mjs\nworker: sh -c "sleep 2; mkdir -p /tmp; touch /tmp/stuck; sleep 600"\n',
    Dockerfile: `FROM ${nodeImage}\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\nCOPY . /app\nEXPOSE 5000\n`,
    'app.json': JSON.stringify({
      formation: { web: { quantity: 1 }, worker: { quantity: 1 } },
      healthchecks: { worker: [check] },
    }),
  })
  await expect
    .poll(async () => (await instances('queue')).find(({ name }) => name === 'worker.1')?.restarts, {
      timeout: 60_000,
      interval: 300,
    })
    .toBeGreaterThanOrEqual(1)
})
