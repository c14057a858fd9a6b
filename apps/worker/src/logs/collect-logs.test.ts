import { appendFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { label } from '@berth/deploy'
import { formatRecord } from '@berth/engine'
import { fakeEngine } from '@berth/engine/drivers/fake-engine.ts'
import { type AppLogs, everything, type NewLogLine, openAppLogs } from '@berth/observe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { collectLogs } from './collect-logs.ts'

const appId = '7b4f2d6e-98ab-4b6f-9a53-0d3f3a1c9e11'
let directory: string
let engine: ReturnType<typeof fakeEngine>
let appLogs: AppLogs
let collector: ReturnType<typeof collectLogs>
let reports: string[]

const report = (doing: string, error: unknown) => void reports.push(`${doing}: ${error}`)
const containersLogs = () => `${directory}/apps/${appId}`

async function start(): Promise<void> {
  appLogs = openAppLogs(`${directory}/history`, { maxBytes: 50_000_000, maxAgeMs: 1e9, report })
  const apps = async () => [{ id: appId }]
  collector = collectLogs({ engine, appLogs, directoryOf: containersLogs, apps, report })
  await collector.begin()
}

beforeEach(async () => {
  directory = await mkdtemp(`${tmpdir()}/berth-collect-`)
  await mkdir(containersLogs(), { recursive: true })
  reports = []
  engine = fakeEngine()
  engine.images.add('app', {})
  await start()
})
afterEach(async () => {
  await collector.close()
  await engine.close()
  await rm(directory, { recursive: true, force: true })
  expect(reports).toEqual([])
})

async function run(statements: string, index = 1, type = 'web') {
  const labels = {
    ...{ [label.app]: appId, [label.deployment]: 'd', [label.release]: '4' },
    ...{ [label.process]: type, [label.index]: String(index) },
  }
  const container = await engine.containers.create({
    ...{ name: `c${Math.random()}`, group: appId, labels, image: 'app', entrypoint: null },
    ...{ command: ['sh', '-c', statements], env: {}, user: null, workingDirectory: null, hostname: null },
    ...{
      network: 'none' as const,
      init: true,
      limits: { memoryBytes: null, cpuWeight: 100, cpus: null, pids: 10 },
    },
    log: { directory: containersLogs(), maxBytes: 1e6, maxFiles: 3 },
  })
  return engine.containers.start(container.id)
}

async function lines(filter: Partial<typeof everything> = {}) {
  await collector.flush(appId)
  const never = new AbortController().signal
  return (
    await appLogs.page(
      appId,
      { before: null, after: null, limit: 1_000, filter: { ...everything, ...filter } },
      never,
    )
  ).lines
}
const texts = async (filter: Partial<typeof everything> = {}) => (await lines(filter)).map(({ text }) => text)

const told = (text: string, source: NewLogLine['source'] = 'berth'): NewLogLine => ({
  ...{ atMs: Date.now(), source, instance: source, release: null, stream: 'stdout', text },
})

describe('what containers print', () => {
  test('comes into the log of their app by itself, with where it is from', async () => {
    await run('echo one; echo two >&2; sleep 60')
    const never = new AbortController().signal
    const page = async () =>
      (await appLogs.page(appId, { before: null, after: null, limit: 10, filter: everything }, never)).lines
    await expect.poll(async () => (await page()).length).toBe(2)
    expect(await page()).toMatchObject([
      { number: 1, source: 'app', instance: 'web.1', release: 4, stream: 'stdout', text: 'one' },
      { number: 2, stream: 'stderr', text: 'two' },
    ])
  })

  test('is taken over to its end before a removed container’s files go', async () => {
    const { id } = await run('echo first; echo last')
    await engine.containers.wait(id)
    await engine.containers.remove(id)
    await expect.poll(() => readdir(containersLogs())).toEqual([])
    expect(await texts()).toEqual(['first', 'last'])
    expect(appLogs.marks(appId).size).toBe(0)
  })

  test('is neither lost nor repeated by a restart, wherever it comes', async () => {
    const running = await run('echo before; sleep 60')
    await expect.poll(() => texts()).toEqual(['before'])
    await collector.close()
    await appendFile(running.logPath, formatRecord('stdout', 'meanwhile', new Date()))
    await start()
    await appendFile(running.logPath, formatRecord('stdout', 'after', new Date()))
    expect(await texts()).toEqual(['before', 'meanwhile', 'after'])
  })

  test('of a container that was removed while no worker ran is taken over, too', async () => {
    const running = await run('echo before; sleep 60')
    await expect.poll(() => texts()).toEqual(['before'])
    await collector.close()
    await appendFile(running.logPath, formatRecord('stdout', 'last words', new Date()))
    await engine.containers.remove(running.id)
    await start()
    await expect.poll(() => texts()).toEqual(['before', 'last words'])
    await expect.poll(() => readdir(containersLogs())).toEqual([])
  })

  test('of several comes in the order of time', async () => {
    const [one, two] = [await run('sleep 60', 1), await run('sleep 60', 2)]
    const at = Date.now() - 10_000
    for (let number = 0; number < 50; number += 1) {
      const { logPath } = number % 2 ? one : two
      await appendFile(logPath, formatRecord('stdout', `${number}`, new Date(at + number)))
    }
    expect(await texts()).toEqual(Array.from({ length: 50 }, (_, number) => `${number}`))
  })

  test('of a clock that went back keeps its order, and holds nothing up', async () => {
    const { logPath } = await run('sleep 60')
    const later = new Date(Date.now() + 3_600_000)
    await appendFile(
      logPath,
      formatRecord('stdout', 'tomorrow', later) + formatRecord('stdout', 'today', new Date()),
    )
    await expect.poll(() => texts()).toEqual(['tomorrow', 'today'])
  })

  test('in a burst is all there', async () => {
    const { logPath } = await run('sleep 60')
    const at = new Date(Date.now() - 1_000)
    const burst = Array.from({ length: 20_000 }, (_, number) => formatRecord('stdout', `${number}`, at)).join(
      '',
    )
    await appendFile(logPath, burst)
    await collector.flush(appId)
    expect(appLogs.nextNumber(appId)).toBe(20_001)
    expect((await texts()).at(-1)).toBe('19999')
  })
})

describe('what is told', () => {
  test('stands among what is printed, by its time', async () => {
    collector.tell(appId, told('v4 is live'))
    expect(await texts()).toEqual(['v4 is live'])
    expect(await lines()).toMatchObject([{ source: 'berth', instance: 'berth' }])
  })

  test('of requests is bounded, and what is left out is counted', async () => {
    for (let number = 0; number < 5_000; number += 1) collector.tell(appId, told(`${number}`, 'router'))
    collector.tell(appId, told('web.1 crashed'))
    expect(await texts({ source: 'router' })).toHaveLength(1_000)
    expect(await texts({ source: 'berth' })).toEqual([
      '4000 requests are left out: there were more than the log takes at once',
      'web.1 crashed',
    ])
  })

  test('of an app that is gone is nothing, and nothing of it stays', async () => {
    await run('echo one; sleep 60')
    await expect.poll(() => texts()).toEqual(['one'])
    await collector.forget(appId)
    collector.tell(appId, told('late'))
    await run('echo late')
    expect(await readdir(`${directory}/history`)).toEqual([])
  })
})
