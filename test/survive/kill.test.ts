import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { killPart, type PartName } from '../platform/processes.ts'
import type { Repository } from '../platform/repository.ts'
import { smallApp, smallVersion } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { traces } from '../platform/traces.ts'
import { untilAnswer, visit } from '../platform/visitors.ts'

type Deployment = { state: string; version: number }

let platform: Platform
let ada: Signed
let work: Repository
let version = 1

beforeAll(async () => {
  platform = await startPlatform()
  ada = await person(platform, 'ada')
  work = await smallApp(platform, 'small')
  const pushed = await work.push(ada, 'small')
  expect(pushed.status, pushed.stderr).toBe(0)
})

afterAll(async () => {
  await platform?.remove()
})

async function deployments(): Promise<Deployment[]> {
  const { stdout } = await platform.berth(['deployments', '--app', 'small', '--json'], { env: ada.env })
  return JSON.parse(stdout) as Deployment[]
}

async function untilSettled(): Promise<Deployment[]> {
  for (let tries = 0; tries < 90; tries += 1) {
    const all = await deployments().catch(() => [])
    if (all.length > 0 && all.every(({ state }) => !['queued', 'starting', 'healthy'].includes(state)))
      return all
    await sleep(1_000)
  }
  throw new Error(`deployments did not settle: ${JSON.stringify(await deployments())}`)
}

/** What visitors got while `meanwhile` went on; HAProxy's own restart is the one that they may notice. */
async function watched<Result>(
  meanwhile: () => Promise<Result>,
): Promise<{ result: Result; failures: string[] }> {
  const failures: string[] = []
  let over = false
  const watching = (async () => {
    while (!over) {
      const answer = await visit(platform, 'small').catch((error: Error) => ({
        status: 0,
        body: error.message,
      }))
      if (answer.status !== 200) failures.push(`${answer.status} ${answer.body.slice(0, 60)}`)
      await sleep(10)
    }
  })()
  try {
    return { result: await meanwhile(), failures }
  } finally {
    over = true
    await watching
  }
}

test.each<[PartName, number]>([
  ['worker', 0],
  ['receiver', 0],
  ['dashboard', 0],
  ['postgres', 0],
  ['haproxy', Number.POSITIVE_INFINITY],
])('kill -9 of the %s during a deploy leaves nothing in between', async (part, mayFail) => {
  version += 1
  const before = (await visit(platform, 'small')).body
  await work.commit(smallVersion(`number ${version}`, 3), `Version ${version}`)
  const { result, failures } = await watched(async () => {
    const pushing = work.push(ada, 'small')
    await sleep(1_800)
    await killPart(platform, part)
    return await pushing
  })
  expect(failures.length, failures.slice(0, 5).join('\n')).toBeLessThanOrEqual(mayFail)

  const all = await untilSettled()
  expect(all.filter(({ state }) => state === 'live')).toHaveLength(1)
  const wanted = result.status === 0 ? `version number ${version}\n` : before
  const answer = await untilAnswer(platform, 'small', ({ status }) => status === 200, 30_000)
  const newest = all.reduce((a, b) => (a.version > b.version ? a : b))
  expect(answer.body).toBe(newest.state === 'live' ? `version number ${version}\n` : wanted)
  if (result.status === 0) expect(newest.state).toBe('live')

  const pushedAgain = await work.push(ada, 'small')
  expect(pushedAgain.status, pushedAgain.stderr).toBe(0)
  await untilAnswer(platform, 'small', ({ body }) => body === `version number ${version}\n`, 30_000)
  await untilOneContainer()
})

/** Old instances are drained and stopped after the deployment is live; then one is left. */
async function untilOneContainer(): Promise<void> {
  for (let tries = 0; tries < 60 && (await traces(platform)).conmons !== 1; tries += 1) await sleep(500)
  expect((await traces(platform)).conmons).toBe(1)
}
