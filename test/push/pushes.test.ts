import { command, localRunner } from '@berth/command'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { type Repository, sshRemote } from '../platform/repository.ts'
import { smallApp, smallVersion } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { processesOf } from '../platform/traces.ts'
import { visit } from '../platform/visitors.ts'

let platform: Platform
let ada: Signed
let work: Repository

beforeAll(async () => {
  platform = await startPlatform({ healthTimeoutMs: 60_000 })
  ada = await person(platform, 'ada')
  work = await smallApp(platform, 'small')
})

afterAll(async () => {
  await platform?.remove()
})

const head = async () => (await work.git('rev-parse', 'HEAD')).stdout.trim()

/** Where the branch stands on the platform; empty: it is not there. */
async function remoteHead(): Promise<string> {
  const { stdout } = await localRunner.run({
    ...command('git', 'ls-remote', '--', sshRemote(platform, 'small'), 'refs/heads/main'),
    env: ada.gitEnv,
  })
  return stdout.split('\t')[0] ?? ''
}

async function states(): Promise<string[]> {
  const { stdout } = await platform.berth(['deployments', '--app', 'small', '--json'], { env: ada.env })
  return (JSON.parse(stdout) as { state: string }[]).map(({ state }) => state)
}

/** A Dockerfile whose build runs this in busybox. */
function building(...words: string[]): Record<string, string> {
  const lines = [
    'FROM scratch',
    'COPY busybox /bin/busybox',
    `RUN ${JSON.stringify(['/bin/busybox', ...words])}`,
    '',
  ]
  return { Dockerfile: lines.join('\n') }
}

test('the first push over HTTP makes the app, says so, and moves the branch', async () => {
  const pushed = await work.pushHttp(ada, 'small')
  expect(pushed.status, pushed.stderr).toBe(0)
  expect(pushed.stderr).toMatch(/-----> .*small/)
  expect((await visit(platform, 'small')).body).toBe('version one\n')
  expect(await remoteHead()).toBe(await head())
})

test('another branch is stored and not deployed', async () => {
  const pushed = await work.push(ada, 'small', 'main:refs/heads/later')
  expect(pushed.status, pushed.stderr).toBe(0)
  expect(pushed.stderr).toMatch(/later.*not deployed|stored/i)
  expect(await states()).toEqual(['live'])
})

test('two pushes at once take turns, and the newer one wins', async () => {
  const held = 'until [ -e /go ]; do /bin/busybox sleep 0.1; done; exec /bin/busybox httpd -f -p 5000 -h /www'
  const lines = ['FROM scratch', 'COPY busybox /bin/busybox', 'COPY www /www']
  const words = `CMD ${JSON.stringify(['/bin/busybox', 'sh', '-c', held])}`
  await work.commit(
    { Dockerfile: `${[...lines, words].join('\n')}\n` },
    'A version that listens when it is told',
  )
  const first = work.push(ada, 'small')
  await expect.poll(states, waiting).toHaveLength(2)
  await work.commit(smallVersion('three'), 'Version three')
  const second = startPush()
  await expect.poll(second.printed, waiting).toMatch(/waiting/i)

  await expect.poll(tellContainers, waiting).toBe(2)
  expect(await first).toMatchObject({ status: 0 })
  expect(await second.exited).toMatchObject({ status: 0 })
  expect((await visit(platform, 'small')).body).toBe('version three\n')
})

const waiting = { timeout: 60_000, interval: 100 }

/** Makes `/go` in all containers of the app; tells how many there are. */
async function tellContainers(): Promise<number> {
  const ids = (await platform.berth(['engine', 'ps', '-q'])).stdout.split('\n').filter(Boolean)
  for (const id of ids) await platform.berth(['engine', 'exec', id, '/bin/busybox', 'touch', '/go'])
  return ids.length
}

/** A push whose words are read while it goes on. */
function startPush() {
  const words = ['-C', work.directory, 'push', sshRemote(platform, 'small'), 'main'] as const
  const pushing = localRunner.start({ ...command('git', ...words), env: ada.gitEnv }, { detached: true })
  let printed = ''
  pushing.stderr?.on('data', (chunk) => {
    printed += chunk
  })
  return { pid: pushing.pid ?? 0, exited: pushing.exited, printed: () => printed }
}

test('breaking the push off cancels the build, and nothing of it is left', async () => {
  const before = await remoteHead()
  const good = await head()
  await work.commit(building('sleep', '120'), 'A long build')
  const pushing = startPush()
  await expect.poll(pushing.printed, waiting).toContain('RUN')
  process.kill(-pushing.pid, 'SIGINT')
  await pushing.exited

  await expect.poll(async () => (await states())[0], waiting).toBe('cancelled')
  await expect.poll(() => processesOf(platform, /conmon/), waiting).toHaveLength(1)
  expect(await remoteHead()).toBe(before)
  await work.git('reset', '-q', '--hard', good)
})

test('a build that eats memory dies alone, and the push says what happened', async () => {
  const good = await head()
  await work.commit(building('tail', '/dev/zero'), 'A greedy build')
  const pushed = await work.push(ada, 'small')
  expect(pushed.status).toBe(1)
  expect(pushed.stderr).toMatch(/out of memory at 2 GB/i)
  expect((await visit(platform, 'small')).body).toBe('version three\n')
  await work.git('reset', '-q', '--hard', good)
})

test('pushing what is live already says so, and changes nothing', async () => {
  const before = await states()
  const pushed = await work.push(ada, 'small', '+main')
  expect(pushed.status, pushed.stderr).toBe(0)
  expect(await states()).toEqual(before)
})
