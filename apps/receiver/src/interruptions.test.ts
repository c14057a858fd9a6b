import { readdir, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { places } from '@berth/domain'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BuildJob } from './tests/fake-worker.ts'
import { type House, openHouse } from './tests/open-house.ts'
import type { Pusher } from './tests/pusher.ts'

/** Pushes that wait, are broken off, or lose the worker on the way. */
let house: House
let ada: Pusher
beforeEach(async () => {
  house = await openHouse({ patienceMs: 800, graceMs: 500 })
  ada = await house.pusher('ada')
})
afterEach(() => house.close())

/** Builds begin and wait until they are let go. */
function holdBuilds() {
  const jobs: BuildJob[] = []
  const go = Promise.withResolvers<void>()
  house.worker.whenBuilding = async (job) => {
    jobs.push(job)
    await go.promise
    await house.worker.succeed(job)
  }
  return {
    jobs,
    go: go.resolve,
    begun: (count: number) => expect.poll(() => jobs, { timeout: 20_000 }).toHaveLength(count),
  }
}

const stateOf = async (buildId: string) => (await house.stores.builds.get(buildId)).state

async function nameOfRepository(): Promise<string> {
  const [name = ''] = await readdir(places(house.settings).repositories)
  return name
}

async function quarantines(): Promise<string[]> {
  const names = await readdir(places(house.settings).repositories, { recursive: true })
  return names.filter((name) => /tmp_objdir[^/]*$/.test(name))
}

test('breaking a push off cancels its build and leaves nothing behind', async () => {
  const builds = holdBuilds()
  const pushing = ada.start('push', ada.url('shop'), 'main')
  await builds.begun(1)
  pushing.killAll('SIGINT')
  await pushing.exited
  const { buildId } = builds.jobs[0] as BuildJob
  await expect.poll(() => stateOf(buildId)).toBe('cancelled')
  expect(house.live.cancelled).toEqual([buildId])
  await expect.poll(quarantines).toEqual([])
  const told = () => house.stores.audit.list({ personId: ada.person?.id, limit: 5 })
  await expect
    .poll(told)
    .toMatchObject([{ action: 'git push', outcome: 'refused', error: 'PUSH.BROKEN_OFF' }])

  house.worker.whenBuilding = house.worker.succeed
  const again = await ada.push('shop')
  expect(again.status, again.stderr).toBe(0)
})

test('a lost line is a push that was broken off', async () => {
  const builds = holdBuilds()
  const pushing = ada.start('push', ada.url('shop'), 'main')
  await builds.begun(1)
  pushing.killAll('SIGKILL')
  await expect.poll(() => house.live.cancelled).toHaveLength(1)
})

test('pushes to one app take turns, and say so', async () => {
  const builds = holdBuilds()
  const first = ada.push('shop')
  await builds.begun(1)
  const bob = await house.pusher('bob')
  const second = bob.push('shop', 'main:master')
  await sleep(300)
  expect(builds.jobs).toHaveLength(1)
  builds.go()
  expect((await first).status).toBe(0)
  const { stderr, status } = await second
  expect(stderr).toContain('-----> Waiting for the push to shop that came before.')
  expect(stderr).toContain('Stored the branch master. It is not deployed: only main is.')
  expect(status).toBe(0)
})

test('of several that wait, the newest stays, and is told where the branch stands now', async () => {
  const builds = holdBuilds()
  const first = ada.push('shop')
  await builds.begun(1)
  const second = (await house.pusher('bob')).push('shop')
  await sleep(400)
  const third = (await house.pusher('cleo')).push('shop')
  expect((await second).stderr).toContain(' !     A newer push to "shop" took the place of this one.')
  builds.go()
  expect((await first).status).toBe(0)
  const { status, stderr } = await third
  expect(status).toBe(1)
  expect(stderr).toMatch(/rejected.*(fetch first|non-fast-forward)/)
  expect(builds.jobs).toHaveLength(1)
})

test('a branch that moved after the push had begun is not built', async () => {
  await ada.push('shop')
  await ada.commit('aside')
  await ada.push('shop', 'main:aside')
  const repository = `${places(house.settings).repositories}/${await nameOfRepository()}`
  // git runs it when it has heard where the branch stands, and before it sends anything.
  await writeFile(
    `${ada.copy}/.git/hooks/pre-push`,
    `#!/bin/sh\nexec git --git-dir=${repository} update-ref refs/heads/main refs/heads/aside\n`,
    { mode: 0o755 },
  )
  await ada.commit('late')
  const { status, stderr } = await ada.push('shop')
  expect(status).toBe(1)
  expect(stderr).toContain(' !     "main" moved while this push waited for its turn.')
})

test('pushes to different apps do not wait for each other', async () => {
  const builds = holdBuilds()
  const pushes = [ada.push('one'), (await house.pusher('bob')).push('two')]
  await builds.begun(2)
  builds.go()
  expect((await Promise.all(pushes)).map(({ status }) => status)).toEqual([0, 0])
})

test('a worker that is restarted is waited for, and the build goes on being shown', async () => {
  const builds = holdBuilds()
  const pushing = ada.push('shop')
  await builds.begun(1)
  builds.jobs[0]?.say('before')
  await sleep(50)
  house.live.available = false
  house.live.breakStreams()
  await sleep(300)
  house.live.available = true
  builds.jobs[0]?.say('after')
  builds.go()
  const { stderr, status } = await pushing
  expect(status, stderr).toBe(0)
  expect(stderr.match(/before/g)).toHaveLength(1)
  expect(stderr.match(/after/g)).toHaveLength(1)
  expect(stderr.match(/The worker does not answer\. Waiting for it\./g)).toHaveLength(1)
})

test('a worker that stays away refuses the push after a while', async () => {
  house.live.available = false
  house.worker.whenBuilding = async () => undefined
  const { stderr, status } = await ada.push('shop')
  expect(status).toBe(1)
  expect(stderr).toContain(' !     The worker does not answer')
  expect(await stateOf(house.worker.taken[0]?.buildId as string)).toBe('cancelled')
})

test('a receiver that ends breaks pushes off with a word, and soon', async () => {
  const builds = holdBuilds()
  const pushing = ada.push('shop')
  await builds.begun(1)
  const before = Date.now()
  await house.receiver.close()
  expect(Date.now() - before).toBeLessThan(8_000)
  const { stderr, status } = await pushing
  expect(status).toBe(1)
  expect(stderr).toContain(' !     Berth is being restarted, so the push was broken off.')
  expect(await stateOf(builds.jobs[0]?.buildId as string)).toBe('cancelled')
})

test('a terminal that is not read does not hold the build up', async () => {
  house.worker.whenBuilding = async (job) => {
    job.say(...Array.from({ length: 60_000 }, () => 'x'.repeat(200)))
    await house.worker.succeed(job)
  }
  const pushing = ada.start('push', ada.url('shop'), 'main')
  await expect.poll(() => house.stores.apps.byName('shop' as never)).not.toBe(null)
  const app = await house.stores.apps.byName('shop' as never)
  await expect.poll(() => house.stores.deployments.live(app?.id as string)).not.toBe(null)
  pushing.stdout?.resume()
  pushing.stderr?.resume()
  expect((await pushing.exited).status).toBe(0)
})
