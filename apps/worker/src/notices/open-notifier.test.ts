import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type App, parseAppName, readSettings } from '@berth/domain'
import type { Notice, NoticeKind } from '@berth/observe'
import { beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../fake-platform.ts'
import { isNews, type Notifier, openNotifier } from './open-notifier.ts'

let stores: ReturnType<typeof fakeStores>
let app: App
let queued: string[]
let reports: string[]
let notifier: Notifier
beforeEach(async () => {
  stores = fakeStores()
  const team = await stores.people.createTeam('Harbour')
  app = await stores.apps.create({ name: parseAppName('shop'), teamId: team.id })
  queued = []
  reports = []
  notifier = openNotifier({
    stores,
    queue: {
      add: async (_name, payload) => String(queued.push((payload as { deliveryId: string }).deliveryId)),
      close: async () => undefined,
    },
    settings: readSettings({ BERTH_BASE_DOMAIN: 'apps.example' }),
    report: (doing, error) => void reports.push(`${doing}: ${error}`),
  })
})

let numbers = 0
async function target(kinds: NoticeKind[], { appIds = [] as string[], teamId = app.teamId } = {}) {
  numbers += 1
  const id = `7b4f2d6e-98ab-4b6f-9a53-${String(numbers).padStart(12, '0')}`
  const rest = { shown: 'hooks.example', sealed: new Uint8Array([1]), createdById: null }
  await stores.notifications.addTarget({ id, teamId, kind: 'webhook', noticeKinds: kinds, appIds, ...rest })
  return id
}
const failed = (buildId: string): Notice => ({
  ...{ kind: 'build-failed', app, buildId, commit: null },
  error: { code: 'X', message: 'It broke.', hint: 'Mend it.', fault: 'user', retryable: false },
})
const loop = (phase: 'begun' | 'ended'): Notice => ({
  ...{ kind: 'crash-loop', app, instance: 'web.1', exit: null, phase },
})
const disk: Notice = {
  ...{ kind: 'disk-filling', app: null, path: '/var', usedFraction: 0.9, freeBytes: 1, phase: 'begun' },
}
const told = async () =>
  (await stores.notifications.deliveries(app.teamId, 100)).reverse().map(({ subject, phase, state }) => ({
    ...{ subject, phase, state },
  }))

test('a target that wants it gets a delivery, which is queued', async () => {
  const id = await target(['build-failed'])
  await target(['crash-loop'])
  notifier.notify(failed('b1'))
  await eventually(() => expect(queued).toHaveLength(1))
  expect(await stores.notifications.delivery(queued[0] ?? '')).toMatchObject({
    ...{ targetId: id, subject: 'build-failed/b1', phase: 'once', state: 'queued' },
    message: { title: 'shop: a build failed', url: 'http://berth.apps.example:8080/apps/shop' },
  })
})

test('a target for other apps, or of another team, hears nothing of it', async () => {
  await target(['build-failed'], { appIds: ['another'] })
  const other = await stores.people.createTeam('Elsewhere')
  await target(['build-failed'], { teamId: other.id })
  const mine = await target(['build-failed'], { appIds: [app.id] })
  notifier.notify(failed('b1'))
  await eventually(() => expect(queued).toHaveLength(1))
  expect((await stores.notifications.delivery(queued[0] ?? ''))?.targetId).toBe(mine)
})

test('what concerns the machine goes to whoever asked for it, of every team, but for who asked for some apps', async () => {
  const other = await stores.people.createTeam('Elsewhere')
  await target(['disk-filling'])
  await target(['disk-filling'], { teamId: other.id })
  await target(['disk-filling'], { appIds: [app.id] })
  notifier.notify(disk)
  await eventually(() => expect(queued).toHaveLength(2))
})

test('a crash loop is told once, and once more when it is over', async () => {
  await target(['crash-loop'])
  for (const phase of ['ended', 'begun', 'begun', 'begun', 'ended', 'ended', 'begun'] as const)
    notifier.notify(loop(phase))
  await eventually(async () => expect(await told()).toHaveLength(3))
  expect((await told()).map(({ phase }) => phase)).toEqual(['begun', 'ended', 'begun'])
})

test('what happens once is told once', async () => {
  await target(['build-failed'])
  notifier.notify(failed('b1'))
  notifier.notify(failed('b1'))
  notifier.notify(failed('b2'))
  await eventually(async () => expect(await told()).toHaveLength(2))
})

test('beyond thirty in ten minutes a target is told no more, and the next says how many were left out', async () => {
  await target(['build-failed'])
  for (let build = 0; build < 34; build += 1) notifier.notify(failed(`b${build}`))
  await eventually(async () => expect(await told()).toHaveLength(34))
  const states = (await told()).map(({ state }) => state)
  expect(states.filter((state) => state === 'queued')).toHaveLength(30)
  expect(states.slice(30)).toEqual(['left-out', 'left-out', 'left-out', 'left-out'])
  expect(queued).toHaveLength(30)
})

test('a flood is bounded: what does not fit is lost, and said to be', async () => {
  await target(['deployment-failed'])
  for (let build = 0; build < 1_500; build += 1) notifier.notify(failed(`b${build}`))
  await eventually(() => expect(reports.join()).toMatch(/\d+ notices were lost/))
})

test('a queue that takes nothing keeps the delivery for who looks for stranded ones', async () => {
  await notifier.close()
  notifier = openNotifier({
    stores,
    queue: { add: () => Promise.reject(new Error('no queue')), close: async () => undefined },
    settings: readSettings({}),
    report: (doing, error) => void reports.push(`${doing}: ${error}`),
  })
  await target(['build-failed'])
  notifier.notify(failed('b1'))
  await eventually(() => expect(reports.join()).toContain('no queue'))
  expect(await told()).toMatchObject([{ state: 'queued' }])
})

test('after closing nothing is taken', async () => {
  await target(['build-failed'])
  await notifier.close()
  notifier.notify(failed('b1'))
  expect(await told()).toEqual([])
})

describe('news', () => {
  const at = new Date('2026-11-22T10:00:00Z')
  const last = (phase: 'begun' | 'ended' | 'once', hoursAgo = 1) => ({
    ...{ phase, createdAt: new Date(at.getTime() - hoursAgo * 3_600_000) },
  })

  test.each([
    ['begun', null, true],
    ['begun', last('begun'), false],
    ['begun', last('begun', 21), true],
    ['begun', last('ended'), true],
    ['ended', null, false],
    ['ended', last('begun'), true],
    ['ended', last('ended'), false],
    ['once', null, true],
    ['once', last('once'), false],
    ['once', last('once', 21), true],
  ] as const)('%s after %o: %s', (phase, before, expected) => {
    expect(isNews(phase, before, at)).toBe(expected)
  })
})
