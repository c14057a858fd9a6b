import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { App, Team } from '@berth/domain'
import {
  type Delivery,
  type Message,
  type NewTarget,
  type NoticeKind,
  noticeKinds,
  notificationError,
  type Target,
  type TargetKind,
} from '@berth/observe'
import { may } from '@berth/people'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { apiError } from '../errors.ts'
import { actorOf, router, teamProcedureFor } from '../procedure.ts'

/** Never what it takes to send there. */
export type TargetView = {
  id: string
  kind: TargetKind
  /** Addresses of a mail; the host of a webhook. */
  to: string
  noticeKinds: readonly NoticeKind[]
  /** By name; empty: every app of the team. */
  apps: string[]
  createdAt: string
  /** Null: nobody that is known. */
  by: string | null
}

export type DeliveryView = {
  id: string
  kind: TargetKind | null
  to: string
  title: string
  /** As webhooks call it. */
  type: string
  state: Delivery['state']
  attempts: number
  answer: string | null
  createdAt: string
  finishedAt: string | null
}

const address = z.string().max(2_000)
const target = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('mail'),
    to: z.array(z.string().max(400)).max(100),
    smtp: z
      .object({ url: address, from: z.string().max(400) })
      .nullable()
      .default(null),
  }),
  z.object({ kind: z.literal('slack'), url: address }),
  z.object({ kind: z.literal('webhook'), url: address }),
])
/** What is done as it should be is nothing to be called for. */
const usualKinds = noticeKinds.filter((kind) => kind !== 'deployment-succeeded' && kind !== 'disk-filling')
const told = z.array(z.enum(noticeKinds)).max(noticeKinds.length)
const targetId = z.object({ id: z.uuid() })

/** Where a team wants to be told of what happens while nobody looks. */
export const notificationsRouter = router({
  list: teamProcedureFor('team.notifications.view').query(async ({ ctx }): Promise<TargetView[]> => {
    const [targets, names] = [await ctx.targets.list(ctx.team.id), await appNames(ctx, ctx.team)]
    return await Promise.all(targets.map((each) => targetView(ctx, each, names)))
  }),

  /**
   * `signingSecret`: with which the receiver of a webhook checks it; shown this once.
   * @throws NOTIFICATION.TARGET_INVALID, NOTIFICATION.TOO_MANY_TARGETS, MAIL.ADDRESS_INVALID, APP.NOT_FOUND
   */
  add: teamProcedureFor('team.notifications.change')
    .input(
      z.object({
        target,
        noticeKinds: told.default(usualKinds),
        apps: z.array(z.string().max(200)).max(100).default([]),
      }),
    )
    .mutation(async ({ ctx, input }): Promise<{ target: TargetView; signingSecret: string | null }> => {
      const { team, person } = ctx
      const asked = [...new Set(input.noticeKinds)]
      await requireMachine(ctx, asked)
      const names = await appNames(ctx, team)
      const appIds = input.apps.map((name) => idOf(name, names))
      const wanted: NewTarget = { ...input.target, noticeKinds: asked, appIds }
      const { target: added, signingSecret } = await ctx.targets.add(team.id, wanted, person.id)
      const view = await targetView(ctx, added, names)
      ctx.change.after = toldOf(view)
      return { target: view, signingSecret }
    }),

  /**
   * What it is told, and of which apps; where it goes stays.
   * @throws NOTIFICATION_TARGET.NOT_FOUND, NOTIFICATION.TARGET_INVALID, APP.NOT_FOUND
   */
  change: teamProcedureFor('team.notifications.change')
    .input(targetId.extend({ noticeKinds: told, apps: z.array(z.string().max(200)).max(100) }))
    .mutation(async ({ ctx, input }): Promise<TargetView> => {
      const asked = [...new Set(input.noticeKinds)]
      const names = await appNames(ctx, ctx.team)
      const before = (await ctx.targets.list(ctx.team.id)).find(({ id }) => id === input.id)
      if (before === undefined) throw notificationError['NOTIFICATION_TARGET.NOT_FOUND']({ id: input.id })
      if (!before.noticeKinds.includes('disk-filling')) await requireMachine(ctx, asked)
      const appIds = input.apps.map((name) => idOf(name, names))
      const shown = async (target: Target) => toldOf(await targetView(ctx, target, names))
      ctx.change.before = await shown(before)
      const changed = await ctx.targets.change(ctx.team.id, input.id, { noticeKinds: asked, appIds })
      ctx.change.after = await shown(changed)
      return await targetView(ctx, changed, names)
    }),

  /** @throws NOTIFICATION_TARGET.NOT_FOUND */
  remove: teamProcedureFor('team.notifications.change')
    .input(targetId)
    .mutation(async ({ ctx, input }): Promise<{ kind: TargetKind; to: string }> => {
      const { kind, shown } = await ctx.targets.remove(ctx.team.id, input.id)
      ctx.change.before = { kind, to: shown }
      return { kind, to: shown }
    }),

  /**
   * Sends one, by the way that all of them go, and waits for what is said to it. @throws NOTIFICATION_TARGET.NOT_FOUND,
   * NOTIFICATION.TEST_TOO_OFTEN
   */
  test: teamProcedureFor('team.notifications.change')
    .input(targetId)
    .mutation(async ({ ctx, input, signal }): Promise<DeliveryView> => {
      const { team, stores } = ctx
      const tested = (await ctx.targets.list(team.id)).find(({ id }) => id === input.id)
      if (tested === undefined) throw notificationError['NOTIFICATION_TARGET.NOT_FOUND']({ id: input.id })
      const { sent } = await stores.notifications.load(tested.id, new Date(Date.now() - testing.withinMs))
      if (sent >= testing.most) throw notificationError['NOTIFICATION.TEST_TOO_OFTEN']()
      const id = randomUUID()
      await stores.notifications.addDelivery({
        ...{ id, targetId: tested.id, subject: `test/${id}`, phase: 'once', state: 'queued' },
        message: testMessage(ctx, team),
      })
      await ctx.queue.add('notify', { deliveryId: id })
      ctx.change.after = { kind: tested.kind, to: tested.shown }
      return deliveryView(await answered(ctx, id, signal), new Map([[tested.id, tested]]))
    }),

  /** The last of them, newest first. */
  deliveries: teamProcedureFor('team.notifications.view')
    .input(z.object({ limit: z.int().min(1).max(200).default(20) }))
    .query(async ({ ctx, input }): Promise<DeliveryView[]> => {
      const deliveries = await ctx.stores.notifications.deliveries(ctx.team.id, input.limit)
      const targets = new Map((await ctx.targets.list(ctx.team.id)).map((each) => [each.id, each]))
      return deliveries.map((each) => deliveryView(each, targets))
    }),
})

type OfTeam = Parameters<typeof actorOf>[0] & { team: Team }

/** The disk is the machine's, which not everybody may look at. */
async function requireMachine(ctx: OfTeam, asked: readonly NoticeKind[]): Promise<void> {
  if (!asked.includes('disk-filling')) return
  if (!may(await actorOf(ctx), 'machine.view', { teamId: ctx.team.id })) throw apiError['API.NOT_ALLOWED']()
}

/** For the audit log. */
function toldOf({ kind, to, noticeKinds: kinds, apps }: TargetView) {
  return { kind, to, noticeKinds: kinds, apps }
}

/** A test waits so long for an answer: one attempt takes 10 s at most, and its job a moment. */
const patienceMs = 20_000
const lookEveryMs = 100
const testing = { most: 20, withinMs: 10 * 60_000 }

/** Where nothing came of it in time, it is still queued. */
async function answered(
  { stores }: ApiContext,
  id: string,
  signal: AbortSignal | undefined,
): Promise<Delivery> {
  for (const until = Date.now() + patienceMs; ; ) {
    const delivery = await stores.notifications.delivery(id)
    if (delivery === null) throw notificationError['NOTIFICATION_TARGET.NOT_FOUND']({ id })
    const isAnswered = delivery.state !== 'queued' || delivery.answer !== null
    if (isAnswered || Date.now() > until || signal?.aborted) return delivery
    await sleep(lookEveryMs)
  }
}

function testMessage({ settings, person }: ApiContext, team: Team): Message {
  return {
    ...{ type: 'notification.test', at: new Date().toISOString(), isGood: true, url: null },
    title: 'This is a test',
    lines: [
      `${person?.name ?? 'Somebody'} asked for it, for the team ${team.name} at ${settings.baseDomain}.`,
    ],
    fields: { machine: settings.baseDomain },
  }
}

type Names = ReadonlyMap<string, App['name']>

async function appNames({ stores }: ApiContext, team: Team): Promise<Names> {
  return new Map((await stores.apps.listForTeams([team.id])).map(({ id, name }) => [id, name]))
}

function idOf(wanted: string, names: Names): string {
  for (const [id, name] of names) if (name === wanted) return id
  throw apiError['APP.NOT_FOUND']({ name: wanted })
}

/** An app that is gone is not named; what was for it alone then gets nothing. */
async function targetView({ stores }: ApiContext, each: Target, names: Names): Promise<TargetView> {
  const { id, kind, shown, createdAt, createdById } = each
  const by = createdById === null ? null : await stores.people.person(createdById)
  return {
    ...{ id, kind, to: shown, noticeKinds: each.noticeKinds, createdAt: createdAt.toISOString() },
    apps: each.appIds.map((appId) => names.get(appId) ?? 'an app that is gone'),
    by: by?.name ?? null,
  }
}

function deliveryView(delivery: Delivery, targets: ReadonlyMap<string, Target>): DeliveryView {
  const { id, targetId: to, message, state, attempts, answer, createdAt, finishedAt } = delivery
  const known = targets.get(to)
  return {
    ...{ id, kind: known?.kind ?? null, to: known?.shown ?? '', title: message.title, type: message.type },
    ...{ state, attempts, answer },
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  }
}
