import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { command, localRunner } from '@berth/command'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { killHard } from '../platform/processes.ts'
import { smallApp } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { firewallOf, linksOf, processesOf, traces } from '../platform/traces.ts'
import { untilAnswer } from '../platform/visitors.ts'

let platform: Platform
let ada: Signed

beforeAll(async () => {
  platform = await startPlatform()
  ada = await person(platform, 'ada')
  for (const app of ['one', 'two']) {
    const pushed = await (await smallApp(platform, app)).push(ada, app)
    expect(pushed.status, pushed.stderr).toBe(0)
  }
})

afterAll(async () => {
  await platform?.remove()
})

test('apps run on while the platform is stopped, and it finds them again', async () => {
  const before = await traces(platform)
  await platform.stop()
  expect((await traces(platform)).conmons).toBe(2)
  await platform.start()
  for (const app of ['one', 'two']) await untilAnswer(platform, app, ({ status }) => status === 200, 30_000)
  expect((await traces(platform)).conmons).toBe(before.conmons)
})

test('after a reboot every app is back, at addresses that live', async () => {
  await powerOff()
  await platform.start()
  for (const app of ['one', 'two']) {
    const answer = await untilAnswer(platform, app, ({ status }) => status === 200, 60_000)
    expect(answer.body).toBe('version one\n')
  }
  await sleep(500)
  expect((await traces(platform)).conmons).toBe(2)
})

test('a platform that is taken down leaves nothing behind', async () => {
  await platform.stop()
  await platform.berth(['down', '--remove', '--yes'])
  expect(await traces(platform)).toEqual({
    conmons: 0,
    processes: 0,
    links: 0,
    firewalls: 0,
    cgroups: 0,
    mounts: 0,
  })
})

/**
 * What a power cut leaves: the disk, and nothing else. Every process of the platform and of its containers is killed at
 * once; then what the kernel would have forgotten (run directory, bridges, firewall table, cgroups) is taken away.
 */
async function powerOff(): Promise<void> {
  const inContainers = await containerProcesses()
  const own = await processesOf(platform)
  for (const pid of [platform.upPid(), ...own, ...inContainers]) if (pid > 0) killHard(pid)
  for (let tries = 0; tries < 100 && (await processesOf(platform)).length > 0; tries += 1) {
    for (const pid of await processesOf(platform)) killHard(pid)
    await sleep(50)
  }
  await platform.stop()
  await localRunner.run(command('rm', '-rf', '--', platform.settings.run))
  for (const link of await linksOf(platform)) {
    // One end of a cable takes the other with it.
    await localRunner.run(command('ip', 'link', 'delete', link), { okStatuses: [0, 1] })
  }
  await localRunner.run(command('nft', 'delete', 'table', 'inet', firewallOf(platform)))
}

async function containerProcesses(): Promise<number[]> {
  const conmons = await processesOf(platform, /conmon/)
  const children = await Promise.all(
    conmons.map(async (pid) =>
      (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')).trim(),
    ),
  )
  return children.flatMap((line) => line.split(' ').filter(Boolean).map(Number))
}
