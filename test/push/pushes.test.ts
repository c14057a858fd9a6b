import { setTimeout as sleep } from 'node:timers/promises'
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
  platform = await startPlatform()
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
  await work.commit(smallVersion('two', 1), 'Version two')
  const first = work.push(ada, 'small')
  await sleep(700)
  await work.commit(smallVersion('three'), 'Version three')
  const [one, other] = await Promise.all([first, work.push(ada, 'small')])
  expect(one.status, one.stderr).toBe(0)
  expect(other.status, other.stderr).toBe(0)
  expect(other.stderr).toMatch(/waiting/i)
  expect((await visit(platform, 'small')).body).toBe('version three\n')
})

test('breaking the push off cancels the build, and nothing of it is left', async () => {
  const before = await remoteHead()
  const good = await head()
  await work.commit(building('sleep', '120'), 'A long build')
  const git = command('git', '-C', work.directory, 'push', sshRemote(platform, 'small'), 'main')
  const pushing = localRunner.start({ ...git, env: ada.gitEnv }, { detached: true })
  let printed = ''
  pushing.stderr?.on('data', (chunk) => {
    printed += chunk
  })
  for (let tries = 0; tries < 200 && !printed.includes('RUN'); tries += 1) await sleep(50)
  expect(printed).toContain('RUN')
  process.kill(-(pushing.pid ?? 0), 'SIGINT')
  await pushing.exited

  for (let tries = 0; tries < 200 && (await states())[0] !== 'cancelled'; tries += 1) await sleep(100)
  expect((await states())[0]).toBe('cancelled')
  for (let tries = 0; tries < 50 && (await processesOf(platform, /conmon/)).length > 1; tries += 1)
    await sleep(100)
  expect(await processesOf(platform, /conmon/)).toHaveLength(1)
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
