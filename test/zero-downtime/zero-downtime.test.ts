import { readdir, readFile } from 'node:fs/promises'
import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { places } from '@berth/domain'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type LoadCounts, startLoad } from '../platform/load.ts'
import { importNode, nodeApp } from '../platform/node-app.ts'
import { openSocket } from '../platform/open-socket.ts'
import { person, type Signed } from '../platform/person.ts'
import { killHard } from '../platform/processes.ts'
import type { Repository } from '../platform/repository.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { untilAnswer, visit } from '../platform/visitors.ts'

/**
 * Nobody notices that a new version comes. One app with three instances of web, real connections through the front
 * door; BERTH_STORY_DEPLOYS=100 deploys it a hundred times under load (10 where it is not set).
 */
const deploys = Number(process.env.BERTH_STORY_DEPLOYS ?? 10)
const app = 'shop'

let platform: Platform
let ada: Signed
let work: Repository
let version = 0

beforeAll(async () => {
  platform = await startPlatform({ healthTimeoutMs: 60_000 })
  await importNode(platform)
  ada = await person(platform, 'ada')
  work = await nodeApp(platform, app, { instances: 3 })
  const pushed = await work.push(ada, app)
  expect(pushed.status, pushed.stderr).toBe(0)
})

afterAll(async () => {
  await platform?.remove()
})

/** The next version is live when this returns. */
async function deploy(files: Record<string, string> = {}): Promise<string> {
  version += 1
  await work.commit({ 'version.txt': `v${version}`, ...files })
  const pushed = await work.push(ada, app)
  expect(pushed.status, pushed.stderr).toBe(0)
  return `v${version}`
}

const berth = (...words: string[]) => platform.berth([...words, '--app', app], { env: ada.env })

type View = {
  name: string
  state: string
  releaseVersion: number
  containerId: string
  restarts: number
  health: { state: string }
}

async function instances(): Promise<View[]> {
  return JSON.parse((await berth('ps', '--json')).stdout) as View[]
}

/** Until these instances run and no other. */
async function untilRunning(names: string[], limitMs = 60_000): Promise<View[]> {
  for (const until = Date.now() + limitMs; ; ) {
    const views = await instances()
    const isSettled = views.every(({ state }) => state === 'running') && views.length === names.length
    if (isSettled && views.every(({ name }) => names.includes(name))) return views
    if (Date.now() > until) throw new Error(`not ${names}: ${JSON.stringify(views)}`)
    await sleep(200)
  }
}

async function underLoad(meanwhile: () => Promise<unknown>): Promise<LoadCounts> {
  const load = startLoad(platform, app)
  try {
    await meanwhile()
    await sleep(500)
  } finally {
    await load.stop()
  }
  return load.counts()
}

test(
  `${deploys} deployments under load, and not one request fails`,
  async () => {
    const seconds: number[] = []
    const { failures, requests, answers, slowestMs } = await underLoad(async () => {
      for (let number = 0; number < deploys; number += 1) {
        const begunAt = Date.now()
        await deploy()
        seconds.push((Date.now() - begunAt) / 1_000)
      }
    })
    const median = seconds.toSorted((one, other) => one - other)[Math.floor(seconds.length / 2)]
    console.log(
      `${deploys} deployments, median ${median?.toFixed(1)} s; ${requests} requests, ${failures.length} failed, slowest ${Math.round(slowestMs)} ms`,
    )
    expect(failures).toEqual([])
    const seen = new Set([...answers.keys()].map((body) => body.split(' ')[0]))
    expect(seen.size).toBeGreaterThanOrEqual(deploys)
  },
  60_000 + deploys * 60_000,
)

describe('what was begun before a deployment goes on through it', () => {
  let before: string
  let slow: ReturnType<typeof visit>
  let socket: Awaited<ReturnType<typeof openSocket>>
  let events: ReturnType<typeof followEvents>
  let begunAt: number

  beforeAll(async () => {
    before = await deploy()
    slow = visit(platform, app, '/slow?s=20')
    socket = await openSocket(platform, app)
    expect(await socket.say('before')).toBe('before')
    events = followEvents()
    await vi.waitUntil(() => events.told.length > 5, { timeout: 15_000 })
    begunAt = Date.now()
    await deploy()
  })

  test('a request of 20 s is answered by the old version', async () => {
    const answer = await slow
    expect(answer.status).toBe(200)
    expect(answer.body).toMatch(new RegExp(`^${before} web\\.`))
  })

  test('a WebSocket stays open through the drain time, and is closed politely', async () => {
    expect(await socket.say('after')).toBe('after')
    expect(await socket.closed).toEqual({ code: 1001 })
    expect(Date.now() - begunAt).toBeGreaterThan(29_000)
    const next = await openSocket(platform, app)
    expect(await next.say('again')).toBe('again')
    next.end()
  })

  test('a stream of events misses none, and is ended by its app', async () => {
    const all = await events.ended
    expect(all.trimEnd()).toMatch(/event: bye\ndata: bye$/)
    const numbers = [...all.matchAll(/^data: v\d+ (\d+)$/gm)].map(([, number]) => Number(number))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    expect(events.lastAt()).toBeGreaterThan(begunAt + 20_000)
  })
})

/** A stream of the app's, as far as it was told; `lastAt`: when the last piece came. */
function followEvents() {
  const told: string[] = []
  let lastAt = 0
  const ended = new Promise<string>((resolve, reject) => {
    const { baseDomain, httpPort } = platform.settings
    const headers = { host: `${app}.${baseDomain}:${httpPort}` }
    get({ host: '127.0.0.1', port: httpPort, path: '/events', headers }, (response) => {
      response.on('data', (piece) => {
        lastAt = Date.now()
        told.push(String(piece))
      })
      response.on('error', reject)
      response.on('end', () => resolve(told.join('')))
    }).on('error', reject)
  })
  return { told, ended, lastAt: () => lastAt }
}

test('an app that does not hear SIGTERM is replaced all the same, and nobody notices', async () => {
  const dockerfile = (await readFile(`${work.directory}/Dockerfile`, 'utf8')).replace(
    'EXPOSE',
    'ENV DEAF=1\nEXPOSE',
  )
  await deploy({ Dockerfile: dockerfile })
  const { failures } = await underLoad(async () => {
    await deploy({ Dockerfile: dockerfile.replace('ENV DEAF=1\n', '') })
    await untilRunning(['web.1', 'web.2', 'web.3'], 90_000)
  })
  expect(failures).toEqual([])
})

test('scaled up and down under load, no request fails', async () => {
  const { failures, answers } = await underLoad(async () => {
    await berth('ps:scale', 'web=5')
    await untilRunning(['web.1', 'web.2', 'web.3', 'web.4', 'web.5'])
    await sleep(1_000)
    await berth('ps:scale', 'web=2')
    await untilRunning(['web.1', 'web.2'])
    await berth('ps:scale', 'web=3')
    await untilRunning(['web.1', 'web.2', 'web.3'])
  })
  expect(failures).toEqual([])
  expect([...answers.keys()].map((body) => body.split(' ')[1]).sort()).toEqual(
    expect.arrayContaining(['web.1', 'web.2', 'web.3', 'web.4', 'web.5']),
  )
})

test('restarted under load, no request fails, and every instance is another', async () => {
  const before = await untilRunning(['web.1', 'web.2', 'web.3'])
  const { failures } = await underLoad(async () => {
    await berth('ps:restart')
    await untilRunning(['web.1', 'web.2', 'web.3'])
  })
  expect(failures).toEqual([])
  const ids = before.map(({ containerId }) => containerId)
  const after = await instances()
  expect(after.filter(({ containerId }) => ids.includes(containerId))).toEqual([])
})

test('an instance that is killed takes with it what it was working on, and nothing is done twice', async () => {
  const [victim] = await untilRunning(['web.1', 'web.2', 'web.3'])
  const killedAt = Date.now()
  const { failures, worked } = await underLoad(async () => {
    await sleep(1_000)
    await killProcessesOf(victim?.containerId ?? '')
    await sleep(5_000)
  })
  // Eight clients ask one thing at a time.
  expect(failures.length).toBeLessThanOrEqual(8)
  expect(failures.every(({ at }) => at.getTime() < killedAt + 10_000)).toBe(true)
  const times = await timesOfWork()
  expect([...times].filter(([, distinct]) => distinct.size > 1)).toEqual([])
  expect(worked.filter((id) => !times.has(id))).toEqual([])
  await untilRunning(['web.1', 'web.2', 'web.3'])
})

test('one whose liveness check fails is replaced under load, one whose readiness fails gets nothing', async () => {
  const checks = [
    { type: 'readiness', name: 'ready', path: '/health', attempts: 1, wait: 1 },
    { type: 'liveness', name: 'alive', path: '/', attempts: 2, wait: 1, timeout: 1 },
  ]
  await deploy({ 'app.json': JSON.stringify({ healthchecks: { web: checks } }) })
  await untilRunning(['web.1', 'web.2', 'web.3'])
  const unready = (await visit(platform, app, '/health?is=bad')).status
  expect(unready).toBe(500)
  await expect
    .poll(async () => (await instances()).filter(({ health }) => health.state === 'unhealthy').length)
    .toBe(1)
  const [away] = (await instances()).filter(({ health }) => health.state === 'unhealthy')
  const { answers, failures } = await underLoad(() => sleep(2_000))
  expect(failures).toEqual([])
  expect([...answers.keys()].filter((body) => body.endsWith(` ${away?.name}`))).toEqual([])

  const hung = (await visit(platform, app, '/hang')).body.split(' ')[1]
  await expect
    .poll(async () => (await instances()).find(({ name }) => name === hung)?.restarts, { timeout: 30_000 })
    .toBe(1)
  const after = await underLoad(() => untilRunning(['web.1', 'web.2', 'web.3']))
  expect(after.failures).toEqual([])
})

/** The main process of a container, as an out-of-memory kill or a crash ends it. */
async function killProcessesOf(containerId: string): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  let killed = 0
  for (const pid of pids) {
    const [words, groups] = await Promise.all(
      ['cmdline', 'cgroup'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    )
    if (!groups?.includes(containerId) || !words?.includes('app.mjs')) continue
    killHard(Number(pid))
    killed += 1
  }
  expect(killed).toBeGreaterThan(0)
}

/** By the ids of requests, when instances say that they have worked on them. A line may lie in more than one file. */
async function timesOfWork(): Promise<Map<string, Set<string>>> {
  const root = places(platform.settings).appLogs
  const times = new Map<string, Set<string>>()
  for (const directory of await readdir(root)) {
    for (const name of await readdir(`${root}/${directory}`)) {
      const text = await readFile(`${root}/${directory}/${name}`, 'utf8')
      for (const [, id = '', time = ''] of text.matchAll(/worked ([\w-]+) ([\w.-]+)/g)) {
        times.set(id, (times.get(id) ?? new Set()).add(time))
      }
    }
  }
  return times
}

test('the platform answers as before', async () => {
  expect((await untilAnswer(platform, app, ({ status }) => status === 200, 5_000)).body).toMatch(
    /^v\d+ web\./,
  )
})
