import { fakeStores } from '@berth/database/drivers/fake/fake-stores.ts'
import { type Answer, type Message, notificationError, openTargets, type WaysOut } from '@berth/observe'
import { openSealing } from '@berth/people'
import { jobs } from '@berth/queue'
import { beforeEach, expect, test } from 'vitest'
import { notifyProcessor, requeueStranded } from './deliver-notice.ts'

const deliveryId = '7b4f2d6e-98ab-4b6f-9a53-000000000001'
const message: Message = {
  ...{ type: 'build.failed', at: '2026-11-22T10:00:00.000Z', isGood: false, title: 'shop: a build failed' },
  ...{ lines: [], url: null, fields: {} },
}
const busy = notificationError['NOTIFICATION.NOT_DELIVERED']({ host: 'hooks.example', reason: '503' })
const refused = notificationError['NOTIFICATION.REFUSED']({ host: 'hooks.example', answer: '404' })

let stores: ReturnType<typeof fakeStores>
let posted: { url: string; id: string | undefined }[]
let answer: () => Promise<Answer>
let added: unknown[]
let reports: string[]
let teamId: string
let targetId: string
beforeEach(async () => {
  stores = fakeStores()
  ;[posted, added, reports] = [[], [], []]
  answer = async () => ({ answer: '200 ok' })
  teamId = (await stores.people.createTeam('Harbour')).id
  const asked = {
    kind: 'webhook',
    url: 'https://hooks.example/SECRET',
    noticeKinds: ['build-failed'],
    appIds: [],
  } as const
  targetId = (await targets().add(teamId, asked, '7b4f2d6e-98ab-4b6f-9a53-00000000000a')).target.id
  await stores.notifications.addDelivery({
    ...{ id: deliveryId, targetId, subject: 'build-failed/1', phase: 'once', message, state: 'queued' },
  })
})

const targets = () => openTargets({ store: stores.notifications, sealing: openSealing('key') })
const waysOut: WaysOut = {
  post: async (url, { headers }) => {
    posted.push({ url, id: headers['webhook-id'] })
    return await answer()
  },
  mail: () => () => Promise.reject(new Error('no mail here')),
}
const parts = () => ({
  ...{ stores, targets: targets(), waysOut },
  report: (doing: string, error: unknown) => void reports.push(`${doing}: ${error}`),
  queue: { add: async (...job: unknown[]) => String(added.push(job)), close: async () => undefined },
})
const deliver = (signal = new AbortController().signal) =>
  notifyProcessor(parts())({ deliveryId }, { signal })
const record = () => stores.notifications.delivery(deliveryId)

test('it is sent, and what was said to it is recorded', async () => {
  await deliver()
  expect(posted).toEqual([{ url: 'https://hooks.example/SECRET', id: `msg_${deliveryId}` }])
  expect(await record()).toMatchObject({ state: 'delivered', attempts: 1, answer: '200 ok' })
})

test('a job that comes twice sends once', async () => {
  await deliver()
  await deliver()
  expect(posted).toHaveLength(1)
})

test('what may help again is thrown to the queue, with what was said', async () => {
  answer = () => Promise.reject(busy)
  await expect(deliver()).rejects.toMatchObject({ code: 'NOTIFICATION.NOT_DELIVERED' })
  expect(await record()).toMatchObject({ state: 'queued', attempts: 1, answer: busy.message })
  answer = async () => ({ answer: '200' })
  await deliver()
  expect(await record()).toMatchObject({ state: 'delivered', attempts: 2 })
  expect(new Set(posted.map(({ id }) => id)).size).toBe(1)
})

test('what does not help again has failed at once', async () => {
  answer = () => Promise.reject(refused)
  await deliver()
  expect(await record()).toMatchObject({ state: 'failed', attempts: 1, answer: refused.message })
})

test('it is given up after as many attempts as the catalogue has', async () => {
  answer = () => Promise.reject(busy)
  for (let attempt = 1; attempt < jobs.notify.attempts; attempt += 1)
    await expect(deliver()).rejects.toThrow()
  await deliver()
  expect(await record()).toMatchObject({ state: 'failed', attempts: jobs.notify.attempts })
})

test('a target that was removed meanwhile gets nothing', async () => {
  await targets().remove(teamId, targetId)
  await deliver()
  expect(posted).toEqual([])
})

test('a worker that closes leaves it to the next', async () => {
  const closing = new AbortController()
  answer = async () => {
    closing.abort(new Error('closing'))
    return Promise.reject(busy)
  }
  await expect(deliver(closing.signal)).rejects.toThrow('closing')
  expect(await record()).toMatchObject({ state: 'queued' })
})

test('a bug is reported, and says nothing of itself in the record', async () => {
  answer = () => Promise.reject(new Error('SECRET inside'))
  await expect(deliver()).rejects.toThrow()
  expect((await record())?.answer).not.toContain('SECRET')
  expect(reports).toEqual([expect.stringContaining('SECRET inside')])
})

test('one that nobody works on is queued again', async () => {
  expect(await requeueStranded(parts())).toBe(0)
  const later = Date.now() + 3 * 60_000
  const stranded = await stores.notifications.stranded({ untried: new Date(later), tried: new Date(0) }, 10)
  expect(stranded.map(({ id }) => id)).toEqual([deliveryId])
})
