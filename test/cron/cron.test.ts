import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { killPart } from '../platform/processes.ts'
import type { Repository } from '../platform/repository.ts'
import { shellApp } from '../platform/shell-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { processesOf } from '../platform/traces.ts'

let platform: Platform
let ada: Signed
let work: Repository

const appJson = (...cron: { command: string; schedule: string }[]) => ({
  'app.json': JSON.stringify({ cron }),
})
const report = { command: 'echo report of $BERTH_APP', schedule: '0 3 * * *' }

beforeAll(async () => {
  platform = await startPlatform()
  ada = await person(platform, 'ada')
  work = await shellApp(platform, 'shop', appJson(report))
  const pushed = await work.push(ada, 'shop')
  expect(pushed.status, pushed.stderr).toBe(0)
})

afterAll(async () => {
  await platform?.remove()
})

const berth = (words: readonly string[], okStatuses: readonly number[] = [0]) =>
  platform.berth(words, { env: ada.env, okStatuses })
const cron = (...words: string[]) => berth(['cron', words[0] ?? '', '--app', 'shop', ...words.slice(1)])
const refused = (...words: string[]) =>
  berth(['cron', words[0] ?? '', '--app', 'shop', ...words.slice(1)], [1])
const waiting = { timeout: 60_000, interval: 300 }

type Job = { name: string; source: string; schedule: string; command: string; nextAt: string | null }
type Run = {
  state: string
  exitCode: number | null
  byHand: boolean
  lastLines: string[]
  dueAt: string
  instance: string | null
}

const jobs = async () => JSON.parse((await cron('list', '--json')).stdout) as Job[]
const history = async (name: string) => JSON.parse((await cron('history', name, '--json')).stdout) as Run[]
const beside = async () => (await processesOf(platform, /conmon/)).length - 1

test('the jobs of app.json are there with the release, and go with it', async () => {
  await expect.poll(jobs, waiting).toMatchObject([{ source: 'release', ...report }])
  const [job] = await jobs()
  expect(job?.nextAt).toMatch(/T03:00:00\.000Z$/)
  expect((await cron('run', job?.name ?? '')).stdout).toBe(`report of shop\n${job?.name} ended well.\n`)
  expect((await refused('remove', job?.name ?? '')).stderr).toMatch(/comes from app\.json/)

  await work.commit(appJson({ command: 'echo other', schedule: '@hourly' }), 'Another job')
  expect((await work.push(ada, 'shop')).status).toBe(0)
  await expect.poll(jobs, waiting).toMatchObject([{ command: 'echo other', schedule: '@hourly' }])
  expect(await history(job?.name ?? '')).toHaveLength(1)
})

test('a job is added by command, and starts when it is due, once', async () => {
  const { stdout } = await cron(
    'add',
    '* * * * *',
    '--name',
    'tick',
    '--',
    'sh',
    '-c',
    'echo tick in $BERTH_PROCESS',
  )
  expect(stdout).toMatch(/^tick is due next at 20\d\d-\d\d-\d\d \d\d:\d\d UTC, for 1 h at most\n$/)
  await expect
    .poll(() => history('tick'), { timeout: 90_000, interval: 500 })
    .toMatchObject([{ state: 'succeeded' }])
  const [run] = await history('tick')
  expect(run).toMatchObject({ exitCode: 0, byHand: false, lastLines: ['tick in cron.1'], instance: 'cron.1' })
  expect(run?.dueAt).toMatch(/:00\.000Z$/)
  await expect
    .poll(async () => (await berth(['logs', '--app', 'shop', '--instance', 'cron.1'])).stdout, waiting)
    .toMatch(/cron\.1.* tick in cron\.1/)
  await cron('remove', 'tick')
  expect((await jobs()).map(({ name }) => name)).not.toContain('tick')
})

test('one that fails says so, and shows what it printed last', async () => {
  await cron('add', '@yearly', '--name', 'broken', '--', 'sh', '-c', 'echo cannot >&2; exit 3')
  const { stderr } = await refused('run', 'broken')
  expect(stderr).toMatch(/exit code 3[\s\S]*cannot/)
  expect(await history('broken')).toMatchObject([
    { state: 'failed', exitCode: 3, byHand: true, lastLines: ['cannot'] },
  ])
  expect((await cron('history', 'broken')).stdout).toMatch(/failed +hand .* 3 +cannot/)
})

test('one that takes too long is ended', async () => {
  await cron('add', '@yearly', '--name', 'endless', '--timeout', '2s', '--', 'sleep', '600')
  expect((await refused('run', 'endless')).stderr).toMatch(/longer than 2 s/)
  await expect.poll(beside, waiting).toBe(0)
})

test('a run is skipped while the one before goes on, replaced, or started beside it', async () => {
  for (const overlap of ['skip', 'allow', 'replace'])
    await cron(
      'add',
      '@yearly',
      '--name',
      overlap,
      '--overlap',
      overlap,
      '--timeout',
      '5m',
      '--',
      'sleep',
      '300',
    )
  for (const job of ['skip', 'allow', 'replace']) {
    await cron('run', job, '--no-wait')
    await expect.poll(async () => (await history(job))[0]?.state, waiting).toBe('running')
    await cron('run', job, '--no-wait')
  }
  const states = async (job: string) => (await history(job)).map(({ state }) => state)
  await expect.poll(() => states('skip'), waiting).toEqual(['skipped', 'running'])
  await expect.poll(() => states('replace'), waiting).toEqual(['running', 'failed'])
  await expect.poll(() => states('allow'), waiting).toEqual(['running', 'running'])
})

test('what runs goes on when the worker dies, and its end is written down by the next', async () => {
  for (const { name } of await jobs())
    if (['skip', 'allow', 'replace'].includes(name)) await cron('remove', name)
  const running = JSON.parse((await berth(['ps', '--app', 'shop', '--json'])).stdout) as { name: string }[]
  for (const { name } of running.filter(({ name }) => name.startsWith('cron.')))
    await berth(['ps', 'kill', name, '--app', 'shop'])
  await expect.poll(beside, waiting).toBe(0)

  await cron('add', '@yearly', '--name', 'long', '--', 'sh', '-c', 'sleep 8; echo done')
  await cron('run', 'long', '--no-wait')
  await expect.poll(async () => (await history('long'))[0]?.state, waiting).toBe('running')
  await killPart(platform, 'worker')
  await expect
    .poll(() => history('long'), waiting)
    .toMatchObject([{ state: 'succeeded', lastLines: ['done'] }])
  await expect.poll(beside, waiting).toBe(0)
})

test('a job rests while it is paused', async () => {
  await cron('pause', 'long')
  expect((await jobs()).find(({ name }) => name === 'long')?.nextAt).toBeNull()
  expect((await cron('list')).stdout).toMatch(/long +@yearly +paused/)
  expect((await cron('resume', 'long')).stdout).toMatch(/due next at 20\d\d-01-01 00:00 UTC/)
})

test('nothing is run while the app is stopped', async () => {
  await berth(['ps', 'stop', '--app', 'shop'])
  expect((await refused('run', 'long')).stderr).toMatch(/Nothing of shop runs/)
  await berth(['ps', 'start', '--app', 'shop'])
  expect((await cron('run', 'long')).stdout).toContain('ended well')
})

test.each([
  [['add', '99 * * * *', '--', 'true'], /"99 \* \* \* \*" is not a schedule/],
  [['add', 'every day', '--', 'true'], /not a schedule: it does not have five fields/],
  [['add', '0 0 30 2 *', '--', 'true'], /that time never comes/],
  [['add', '@daily', '--name', 'Not A Name', '--', 'true'], /not a valid/],
  [['add', '@daily', '--name', 'long', '--', 'true'], /There is a job "long" already/],
  [['add', '@daily', '--timeout', 'soon', '--', 'true'], /a time like 90s/],
  [['remove', 'nothing'], /There is no job "nothing"/],
  [['history', 'nothing'], /There is no job "nothing"/],
])('%j says what is wrong, and changes nothing', async (words, says) => {
  const before = await jobs()
  expect((await refused(...words)).stderr).toMatch(says)
  expect(await jobs()).toEqual(before)
})

test('a push whose app.json has a schedule that is none is refused', async () => {
  await work.commit(appJson({ command: 'true', schedule: '99 * * * *' }), 'A bad schedule')
  const pushed = await work.push(ada, 'shop')
  expect(pushed.status).toBe(1)
  expect(pushed.stderr).toMatch(/app\.json, line 1: "cron\.0\.schedule" is not a schedule/)
})
