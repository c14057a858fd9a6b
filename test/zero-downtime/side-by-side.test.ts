import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { partNames, pidsOf } from '../platform/processes.ts'
import type { Repository } from '../platform/repository.ts'
import { smallApp, smallVersion } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { untilAnswer } from '../platform/visitors.ts'

/**
 * Many apps that are pushed at one time, on one platform: 8, or as many as BERTH_STORY_APPS says (the are 50). Ten of
 * them a person, each from an address of their own: one person may have 16 sessions.
 */
const count = Number(process.env.BERTH_STORY_APPS ?? 8)
const names = Array.from({ length: count }, (_, number) => `app-${number + 1}`)

const appsEach = 10

let platform: Platform
let people: Signed[]

beforeAll(async () => {
  platform = await startPlatform({ healthTimeoutMs: 120_000 })
  people = []
  for (let number = 0; number * appsEach < count; number += 1) {
    people.push(fromAddress(await person(platform, `person-${number}`), `127.0.1.${number + 1}`))
  }
})

afterAll(async () => {
  await platform?.remove()
})

const timeLimitMs = 120_000 + count * 15_000

test(
  `${count} apps pushed at one time are all live, and again with their next version`,
  async () => {
    const works: Repository[] = []
    for (const name of names) works.push(await smallApp(platform, name))
    const before = await memoryOfParts()
    const watching = watchMemory()
    const first = await pushAll(works, 'one')
    for (const [index, work] of works.entries()) await work.commit(smallVersion(`two of ${names[index]}`))
    const second = await pushAll(works, 'two')
    const most = await watching.stop()
    console.log(
      `${count} apps side by side: first ${told(first)}; next ${told(second)}; memory of the platform ${before} MB before, ${most} MB at most, ${await memoryOfParts()} MB after`,
    )
    const apps = (await Promise.all(people.map(appsOf))).flat()
    expect(apps.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
    expect(apps.filter(({ state }) => state !== apps[0]?.state)).toEqual([])
    // Each part grows with what it has to do, and none without a bound.
    expect(most).toBeLessThan(1_000)
  },
  timeLimitMs,
)

function fromAddress(signed: Signed, address: string): Signed {
  const { GIT_SSH_COMMAND: ssh, ...rest } = signed.gitEnv
  return { ...signed, gitEnv: { ...rest, GIT_SSH_COMMAND: `${ssh} -o BindAddress=${address}` } }
}

async function appsOf({ env }: Signed): Promise<{ name: string; state: string }[]> {
  return JSON.parse((await platform.berth(['apps', '--json'], { env })).stdout)
}

/** Seconds from the first push to each app's answer. */
async function pushAll(works: readonly Repository[], version: string): Promise<number[]> {
  const begunAt = Date.now()
  return await Promise.all(
    works.map(async (work, index) => {
      const name = names[index] ?? ''
      const pushed = await work.push(people[Math.floor(index / appsEach)] as Signed, name)
      expect(pushed.status, `${name}: ${pushed.stderr}`).toBe(0)
      await untilAnswer(platform, name, ({ body }) => body.includes(`version ${version}`), 10_000)
      return (Date.now() - begunAt) / 1_000
    }),
  )
}

function told(seconds: readonly number[]): string {
  const sorted = seconds.toSorted((one, other) => one - other)
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1)
  return `${at(0)} s, median ${at(0.5)} s, last ${at(1)} s`
}

function watchMemory() {
  let most = 0
  let over = false
  const watching = (async () => {
    while (!over) {
      most = Math.max(most, await memoryOfParts())
      await sleep(1_000)
    }
  })()
  return {
    stop: async () => {
      over = true
      await watching
      return most
    },
  }
}

/** Of the platform's own processes, in MB (PSS: what several share is counted once). */
async function memoryOfParts(): Promise<number> {
  const pids = (await Promise.all(partNames.map((part) => pidsOf(platform, part)))).flat()
  const kilobytes = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
      return Number(/^Pss: +(\d+) kB$/m.exec(text)?.[1] ?? 0)
    }),
  )
  return Math.round(kilobytes.reduce((sum, one) => sum + one, 0) / 1024)
}
