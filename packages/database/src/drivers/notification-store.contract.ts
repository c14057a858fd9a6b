import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DeliveryPhase, Message } from '@berth/observe'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Stores } from '../stores.ts'

/** What every driver of `NotificationStore` promises. */
export function describeNotificationStore(make: () => Stores): void {
  let stores: Stores
  let teamId: string
  let targetId: string
  beforeEach(async () => {
    stores = make()
    teamId = (await stores.people.createTeam('crew')).id
    targetId = await addTarget()
  })

  const sealed = () => new Uint8Array([1, 2, 3])
  async function addTarget(of = teamId): Promise<string> {
    const id = randomUUID()
    await stores.notifications.addTarget({
      ...{ id, teamId: of, kind: 'webhook', shown: 'hooks.example', sealed: sealed(), createdById: null },
      ...{ noticeKinds: ['crash-loop', 'build-failed'], appIds: [] },
    })
    return id
  }

  async function tell(
    subject: string,
    phase: DeliveryPhase = 'once',
    { state = 'queued' as 'queued' | 'left-out', to = targetId } = {},
  ): Promise<string> {
    const id = randomUUID()
    await stores.notifications.addDelivery({ id, targetId: to, subject, phase, message, state })
    // Order is by time, in milliseconds.
    await sleep(2)
    return id
  }

  describe('notification targets', () => {
    test('a target is listed for its team, oldest first, and gone once it is removed', async () => {
      const second = await addTarget()
      const [first, ...rest] = await stores.notifications.targets(teamId)
      expect(first).toEqual({
        ...{ id: targetId, teamId, kind: 'webhook', shown: 'hooks.example', sealed: sealed() },
        ...{ noticeKinds: ['crash-loop', 'build-failed'], appIds: [], createdById: null },
        createdAt: expect.any(Date),
      })
      expect(rest.map(({ id }) => id)).toEqual([second])
      expect(await stores.notifications.target(second)).toMatchObject({ id: second })
      expect((await stores.notifications.allTargets()).map(({ id }) => id)).toEqual(
        expect.arrayContaining([targetId, second]),
      )
      expect(await stores.notifications.removeTarget(teamId, second)).toBe(true)
      expect(await stores.notifications.removeTarget(teamId, second)).toBe(false)
      expect(await stores.notifications.target(second)).toBeNull()
    })

    test('a target is told something else, and goes where it went', async () => {
      const told = { noticeKinds: ['unhealthy' as const], appIds: [randomUUID()] }
      const before = await stores.notifications.target(targetId)
      expect(await stores.notifications.changeTarget(randomUUID(), targetId, told)).toBe(false)
      expect(await stores.notifications.target(targetId)).toEqual(before)
      expect(await stores.notifications.changeTarget(teamId, targetId, told)).toBe(true)
      expect(await stores.notifications.target(targetId)).toEqual({ ...before, ...told })
    })

    test('another team neither sees nor removes it', async () => {
      const other = (await stores.people.createTeam('others')).id
      expect(await stores.notifications.targets(other)).toEqual([])
      expect(await stores.notifications.removeTarget(other, targetId)).toBe(false)
    })

    test('an id that is none belongs to nothing', async () => {
      expect(await stores.notifications.target("' OR 1=1 --")).toBeNull()
      expect(await stores.notifications.delivery('..')).toBeNull()
      expect(await stores.notifications.beginAttempt('..')).toBe(0)
      expect(await stores.notifications.targets('..')).toEqual([])
    })
  })

  describe('deliveries', () => {
    test('one is made, tried, and ends once', async () => {
      const id = await tell('build-failed/1')
      expect(await stores.notifications.delivery(id)).toEqual({
        ...{ id, targetId, subject: 'build-failed/1', phase: 'once', message, state: 'queued' },
        ...{ attempts: 0, answer: null, createdAt: expect.any(Date), finishedAt: null },
      })
      expect(await stores.notifications.beginAttempt(id)).toBe(1)
      await stores.notifications.noteAnswer(id, '503')
      expect(await stores.notifications.beginAttempt(id)).toBe(2)
      expect(await stores.notifications.delivery(id)).toMatchObject({ attempts: 2, answer: '503' })
      expect(await stores.notifications.endDelivery(id, 'delivered', '200')).toBe(true)
      expect(await stores.notifications.endDelivery(id, 'failed', '500')).toBe(false)
      expect(await stores.notifications.beginAttempt(id)).toBe(0)
      await stores.notifications.noteAnswer(id, 'too late')
      expect(await stores.notifications.delivery(id)).toMatchObject({
        ...{ state: 'delivered', answer: '200', finishedAt: expect.any(Date) },
      })
    })

    test('a team sees those of its targets, newest first, and they go with their target', async () => {
      const other = await addTarget((await stores.people.createTeam('others')).id)
      const [first, second] = [await tell('a/1'), await tell('a/2')]
      await tell('a/3', 'once', { to: other })
      const listed = await stores.notifications.deliveries(teamId, 10)
      expect(listed.map(({ id }) => id)).toEqual([second, first])
      expect(await stores.notifications.deliveries(teamId, 1)).toHaveLength(1)
      await stores.notifications.removeTarget(teamId, targetId)
      expect(await stores.notifications.delivery(first)).toBeNull()
    })

    test('the last about a subject is known, but for what was left out', async () => {
      expect(await stores.notifications.lastAbout(targetId, 'crash-loop/1')).toBeNull()
      const begun = await tell('crash-loop/1', 'begun')
      await tell('crash-loop/2', 'ended')
      await tell('crash-loop/1', 'ended', { state: 'left-out' })
      expect(await stores.notifications.lastAbout(targetId, 'crash-loop/1')).toMatchObject({ id: begun })
    })

    test('what lasts is open until its end was told', async () => {
      const prefix = `crash-loop/${randomUUID()}/`
      await tell(`${prefix}web.1`, 'begun')
      await tell(`${prefix}web.2`, 'begun')
      await tell(`${prefix}web.2`, 'ended')
      await tell(`${prefix}web.3`, 'begun', { state: 'left-out' })
      expect(await stores.notifications.openSubjects(prefix)).toEqual([`${prefix}web.1`])
    })

    test('what a target got lately is counted, and what was left out since', async () => {
      const since = new Date()
      await tell('a/0', 'once', { state: 'left-out' })
      await tell('a/1')
      await tell('a/2', 'once', { state: 'left-out' })
      await tell('a/3', 'once', { state: 'left-out' })
      expect(await stores.notifications.load(targetId, since)).toEqual({ sent: 1, leftOut: 2 })
      expect(await stores.notifications.load(targetId, new Date(Date.now() + 1_000))).toMatchObject({
        sent: 0,
      })
      expect(await stores.notifications.load(await addTarget(), since)).toEqual({ sent: 0, leftOut: 0 })
    })

    test('what nobody works on any more is found', async () => {
      const [untried, tried, over] = [await tell('a/1'), await tell('a/2'), await tell('a/3')]
      await stores.notifications.beginAttempt(tried)
      await stores.notifications.endDelivery(over, 'failed', 'no')
      const ids = async (before: { untried: Date; tried: Date }) =>
        (await stores.notifications.stranded(before, 100))
          .map(({ id }) => id)
          .filter((id) => [untried, tried, over].includes(id))
      const [past, future] = [new Date(0), new Date(Date.now() + 1_000)]
      expect(await ids({ untried: future, tried: past })).toEqual([untried])
      expect(await ids({ untried: past, tried: future })).toEqual([tried])
    })

    test('only the newest are kept, what is under way, and what still lasts', async () => {
      const lasts = await tell('crash-loop/1', 'begun')
      const over = await tell('crash-loop/2', 'begun')
      const underWay = await tell('a/1')
      const ended = await tell('crash-loop/2', 'ended')
      const newest = await tell('a/2')
      for (const id of [lasts, over, ended, newest])
        await stores.notifications.endDelivery(id, 'delivered', '200')
      expect(await stores.notifications.prune(1)).toBeGreaterThanOrEqual(2)
      const left = (await stores.notifications.deliveries(teamId, 10)).map(({ id }) => id)
      expect(left).toEqual([newest, underWay, lasts])
    })
  })
}

const message: Message = {
  ...{ type: 'build.failed', at: '2026-11-22T10:00:00.000Z', isGood: false, title: 'shop: a build failed' },
  ...{ lines: ['one', 'two'], url: 'http://berth.localhost/apps/shop' },
  fields: { app: 'shop', version: 3, isLast: true, hosts: ['a', 'b'], exit: null },
}
