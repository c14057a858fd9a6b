import { readdir } from 'node:fs/promises'
import { command, localRunner } from '@berth/command'
import { places, settingsEnvironment } from '@berth/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { killPart } from '../platform/processes.ts'
import type { Repository } from '../platform/repository.ts'
import { checkout, type Platform, startPlatform } from '../platform/start-platform.ts'
import { untilAnswer, visit } from '../platform/visitors.ts'
import { talkingApp, talkingVersion } from './talking-app.ts'

type Line = {
  number: number
  at: string
  source: string
  instance: string
  release: number | null
  stream: string
  text: string
}

/** Each command is a program of its own, and the machine may be busy. */
const poll = <Result>(ask: () => Result | Promise<Result>) => expect.poll(ask, { timeout: 60_000 })

let platform: Platform
let ada: Signed
let eve: Signed
let work: Repository

beforeAll(async () => {
  platform = await startPlatform()
  ada = await person(platform, 'ada')
  eve = await person(platform, 'eve', { team: 'elsewhere' })
  work = await talkingApp(platform, 'talk')
  const pushed = await work.push(ada, 'talk')
  expect(pushed.status, pushed.stderr).toBe(0)
})

afterAll(async () => {
  await platform?.remove()
})

const berth = (words: readonly string[], as: Signed = ada, okStatuses: readonly number[] = [0]) =>
  platform.berth(words, { env: as.env, okStatuses })

async function logs(...words: string[]): Promise<Line[]> {
  const { stdout } = await berth(['logs', '--app', 'talk', '--json', '-n', '10000', ...words])
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

const texts = async (...words: string[]) => (await logs(...words)).map(({ text }) => text)
const say = (words: string) => visit(platform, 'talk', `/cgi-bin/say?${words}`)

/** Until the log has it: what is printed is there within a second or so. */
const heard = (text: string) => poll(() => texts('--source', 'app')).toContain(text)

test('a line that an instance prints is there, with where it is from', async () => {
  await say('hello-from-one')
  await heard('hello-from-one')
  const [line] = await logs('--search', 'HELLO-from')
  expect(line).toMatchObject({ source: 'app', instance: 'web.1', release: 1, stream: 'stdout' })
})

test('requests are there without their query, and what Berth says', async () => {
  await visit(platform, 'talk', '/index.html?password=hunter2')
  const requests = () => texts('--source', 'router', '--search', '/index.html')
  await poll(requests).toEqual([
    expect.stringMatching(
      /^method=GET path="\/index\.html" status=200 instance=web\.1 client=127\.0\.0\.1 .*bytes=\d+$/,
    ),
  ])
  expect((await texts()).join('\n')).not.toContain('hunter2')
  expect(await texts('--source', 'berth')).toEqual(expect.arrayContaining(['web.1 started', 'v1 is live']))
})

test('a follower sees a deployment through: the old instances, the new ones, and what is between them', async () => {
  const words = [`${checkout}/apps/cli/src/berth.ts`, 'logs', '-f', '-n', '0', '--json', '--app', 'talk']
  const env = { ...settingsEnvironment(platform.settings), ...ada.env }
  const following = localRunner.start({ ...command(process.execPath, ...words), env })
  let printed = ''
  following.stdout?.on('data', (chunk) => {
    printed += chunk
  })
  await poll(async () => {
    await say('before')
    return printed
  }).toContain('"before"')
  await work.commit(talkingVersion('two'), 'Version two')
  const pushed = await work.push(ada, 'talk')
  expect(pushed.status, pushed.stderr).toBe(0)
  await poll(async () => {
    await say('after')
    return printed
  }).toContain('"after"')
  following.kill('SIGINT')
  expect((await following.exited).status).toBe(0)
  const lines = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  const said = lines.map(({ text }) => text)
  const inOrder = ['before', 'version two of web.1 begins', 'v2 is live', 'after'].map((text) =>
    said.indexOf(text),
  )
  expect(inOrder).toEqual(inOrder.toSorted((one, other) => one - other))
  expect(inOrder).not.toContain(-1)
  expect(lines.map(({ number }) => number)).toEqual(lines.map((_, index) => index + (lines[0]?.number ?? 0)))
})

test('what was printed outlives a deployment, and its containers leave no files behind', async () => {
  expect(await texts('--release', 'v1', '--source', 'app')).toContain('hello-from-one')
  const directory = places(platform.settings).appLogs
  const files = async () => {
    const [app = ''] = await readdir(directory)
    return (await readdir(`${directory}/${app}`)).filter((name) => name.endsWith('.log'))
  }
  // The old instance is stopped within 30 s of draining.
  await poll(files).toHaveLength(1)
  expect(await texts('--release', 'v1', '--source', 'app')).toContain('hello-from-one')
})

test('three instances come in the order of time, each with its own lines in a row', async () => {
  await berth(['ps', 'scale', 'worker=3', '--app', 'talk'])
  const counted = () => logs('--process', 'worker', '--source', 'app')
  await poll(async () => new Set((await counted()).map(({ instance }) => instance)).size).toBe(3)
  await poll(async () => (await counted()).length).toBeGreaterThan(60)
  const lines = await counted()
  const times = lines.map(({ at }) => at)
  expect(times).toEqual(times.toSorted())
  for (const instance of ['worker.1', 'worker.2', 'worker.3']) {
    const own = lines.filter((line) => line.instance === instance).map(({ text }) => text)
    expect(own).toEqual(own.map((_, index) => `${instance} counts ${index + 1}`))
  }
  expect(await texts('--source', 'berth')).toContain('scaled worker to 3')
  expect(
    (await logs('--instance', 'worker.2', '--source', 'app')).every(
      ({ instance }) => instance === 'worker.2',
    ),
  ).toBe(true)
  await berth(['ps', 'scale', 'worker=0', '--app', 'talk'])
})

test('pages lead back to the first line, by text and by pattern', async () => {
  const all = await logs()
  expect(await texts('--grep', '^worker\\.[12] counts 1$')).toHaveLength(2)
  expect(await texts('--grep', '(a+)+$', '--source', 'router')).toEqual([])
  const page = async (before: number | null) => {
    const input = encodeURIComponent(JSON.stringify({ app: 'talk', before, limit: 20 }))
    const url = `${ada.env.BERTH_URL}/api/trpc/logs.history?input=${input}`
    const answer = await fetch(url, { headers: { authorization: `Bearer ${ada.token}` } })
    expect(answer.status).toBe(200)
    return ((await answer.json()) as { result: { data: { lines: Line[]; before: number | null } } }).result
      .data
  }
  const found: Line[] = []
  let before: number | null = (all.at(-1)?.number ?? 0) + 1
  while (before !== null) {
    const older = await page(before)
    found.unshift(...older.lines)
    before = older.before
  }
  expect(found).toEqual(all)
})

test.each([
  [['--grep', '(?=a)'], /The pattern cannot be used/],
  [['--since', 'yesterday'], /10m, 2h, 3d/],
  [['--source', 'nowhere'], /Allowed choices are app, router/],
  [['--release', 'latest'], /a release, such as v12/],
])('%j is refused, with what would do', async (words, says) => {
  const { stderr } = await berth(['logs', '--app', 'talk', ...words], ada, [1])
  expect(stderr).toMatch(says)
})

test('somebody of another team sees none of it', async () => {
  for (const words of [['logs'], ['logs', '-f'], ['crashes'], ['drains']])
    expect((await berth([...words, '--app', 'talk'], eve, [1])).stderr).toMatch(/no app "talk"/)
})

test('a crash is told with its code, its post-mortem has the last lines, and nothing before it is lost', async () => {
  await say('last-words')
  await say('die')
  await untilAnswer(platform, 'talk', ({ status }) => status === 200, 30_000)
  await poll(() => texts('--source', 'berth', '--search', 'crashed')).toEqual([
    expect.stringMatching(/^web\.1 crashed with exit code 3, restarting in \d+ s$/),
  ])
  await heard('last-words')
  expect(await texts('--search', 'the end is near')).toHaveLength(1)
  const { stdout } = await berth(['crashes', '--app', 'talk', '--json'])
  const [death, ...more] = JSON.parse(stdout) as Record<string, unknown>[]
  expect(more).toEqual([])
  expect(death).toMatchObject({
    ...{ instance: 'web.1', releaseVersion: 2, code: 3, signal: null, outOfMemory: false },
    lastLines: expect.arrayContaining(['last-words', 'the end is near']),
  })
  expect(death?.peakMemoryBytes).toBeGreaterThan(10_000)
  expect(death?.ranMs).toBeGreaterThan(1_000)
  const shown = await berth(['crashes', String(death?.id).slice(0, 8), '--app', 'talk'])
  expect(shown.stdout).toMatch(/why +Crashed with exit code 3\.[\s\S]*the end is near/)
})

test('a death by memory says so, and how much there was', async () => {
  await say('eat')
  const eaten = async () => {
    const { stdout } = await berth(['crashes', '--app', 'talk', '--json'])
    return (
      JSON.parse(stdout) as { outOfMemory: boolean; peakMemoryBytes: number; memoryLimitBytes: number }[]
    )[0]
  }
  await poll(async () => (await eaten())?.outOfMemory).toBe(true)
  const death = await eaten()
  expect(death?.memoryLimitBytes).toBe(512 * 1024 * 1024)
  expect(death?.peakMemoryBytes).toBeGreaterThan(400 * 1024 * 1024)
  expect(await texts('--source', 'berth')).toContainEqual(
    expect.stringMatching(/^web\.1 was killed: out of memory/),
  )
  await untilAnswer(platform, 'talk', ({ status }) => status === 200, 60_000)
})

test('what is printed while the worker is dead is there afterwards, once', async () => {
  await say('before-the-kill')
  await killPart(platform, 'worker')
  for (let number = 0; number < 20; number += 1) await say(`meanwhile-${number}`)
  const found = () => texts('--search', 'meanwhile-')
  await poll(() => found().catch(() => [])).toEqual(
    Array.from({ length: 20 }, (_, number) => `meanwhile-${number}`),
  )
  expect(await texts('--search', 'before-the-kill')).toHaveLength(1)
})

test('an app that is removed takes its log along', async () => {
  const history = places(platform.settings).logHistory
  expect(await readdir(history)).toHaveLength(1)
  const input = JSON.stringify({ app: 'talk', confirmedName: 'talk' })
  const answer = await fetch(`${ada.env.BERTH_URL}/api/trpc/apps.remove`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
    body: input,
  })
  expect(answer.status).toBe(200)
  await poll(() => readdir(history)).toEqual([])
})
