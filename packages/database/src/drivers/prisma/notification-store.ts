import {
  type Delivery,
  messageShape,
  type NotificationStore,
  noticeKinds,
  type SealedTarget,
} from '@berth/observe'
import { z } from 'zod'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'
import { changed, twiceIfLost } from './outcomes.ts'

const targetColumns = z.object({
  kind: z.enum(['mail', 'slack', 'webhook']),
  noticeKinds: z.array(z.enum(noticeKinds)),
})
const deliveryColumns = z.object({
  phase: z.enum(['begun', 'ended', 'once']),
  state: z.enum(['queued', 'delivered', 'failed', 'left-out']),
  message: messageShape,
})
const told = { not: 'left-out' }

export function notificationStore(prisma: PrismaClient): NotificationStore {
  const { notificationTarget: targets, notificationDelivery: deliveries } = prisma
  const oldestFirst = { orderBy: { createdAt: 'asc' as const } }
  return {
    async targets(teamId) {
      if (!isRecordId(teamId)) return []
      return (await targets.findMany({ where: { teamId }, ...oldestFirst })).map(toTarget)
    },
    allTargets: async () => (await targets.findMany(oldestFirst)).map(toTarget),
    async target(id) {
      const row = isRecordId(id) ? await targets.findUnique({ where: { id } }) : null
      return row && toTarget(row)
    },
    async addTarget({ id, noticeKinds: kinds, appIds, ...rest }) {
      const create = { id, ...rest, noticeKinds: [...kinds], appIds: [...appIds] }
      await twiceIfLost(() => targets.upsert({ where: { id }, create, update: { id } }))
    },
    async changeTarget(teamId, id, { noticeKinds: kinds, appIds }) {
      if (!isRecordId(teamId) || !isRecordId(id)) return false
      const data = { noticeKinds: [...kinds], appIds: [...appIds] }
      return (await twiceIfLost(() => targets.updateMany({ where: { id, teamId }, data }))).count > 0
    },
    async removeTarget(teamId, id) {
      if (!isRecordId(teamId) || !isRecordId(id)) return false
      return (await targets.deleteMany({ where: { id, teamId } })).count > 0
    },

    async addDelivery({ id, ...rest }) {
      const create = { id, ...rest, ...(rest.state === 'left-out' ? { finishedAt: new Date() } : {}) }
      await twiceIfLost(() => deliveries.upsert({ where: { id }, create, update: { id } }))
    },
    async delivery(id) {
      const row = isRecordId(id) ? await deliveries.findUnique({ where: { id } }) : null
      return row && toDelivery(row)
    },
    async beginAttempt(id) {
      if (!isRecordId(id)) return 0
      const [row] = await deliveries.updateManyAndReturn({
        where: { id, state: 'queued' },
        data: { attempts: { increment: 1 } },
      })
      return row?.attempts ?? 0
    },
    async noteAnswer(id, answer) {
      await deliveries.updateMany({ where: { id, state: 'queued' }, data: { answer } })
    },
    endDelivery: (id, state, answer) =>
      changed(
        () =>
          deliveries.updateMany({
            where: { id, state: 'queued' },
            data: { state, answer, finishedAt: new Date() },
          }),
        async () => (await deliveries.count({ where: { id, state, answer } })) > 0,
      ),
    async deliveries(teamId, limit) {
      if (!isRecordId(teamId)) return []
      const where = { target: { teamId } }
      return (await deliveries.findMany({ where, orderBy: { createdAt: 'desc' }, take: limit })).map(
        toDelivery,
      )
    },
    async lastAbout(targetId, subject) {
      const where = { targetId, subject, state: told }
      const row = await deliveries.findFirst({ where, orderBy: { createdAt: 'desc' } })
      return row && toDelivery(row)
    },
    async load(targetId, since) {
      const last = await deliveries.findFirst({
        where: { targetId, state: told },
        orderBy: { createdAt: 'desc' },
        select: { createdAt: true },
      })
      const createdAt = last ? { gt: last.createdAt } : undefined
      const [sent, leftOut] = await Promise.all([
        deliveries.count({ where: { targetId, state: told, createdAt: { gte: since } } }),
        deliveries.count({ where: { targetId, state: 'left-out', createdAt } }),
      ])
      return { sent, leftOut }
    },
    async stranded({ untried, tried }, limit) {
      const where = {
        state: 'queued',
        OR: [
          { attempts: 0, createdAt: { lt: untried } },
          { attempts: { gt: 0 }, createdAt: { lt: tried } },
        ],
      }
      return (await deliveries.findMany({ where, orderBy: { createdAt: 'asc' }, take: limit })).map(
        toDelivery,
      )
    },
    async openSubjects(prefix) {
      const newest = await deliveries.findMany({
        where: { subject: { startsWith: prefix }, state: told },
        orderBy: [{ targetId: 'asc' }, { subject: 'asc' }, { createdAt: 'desc' }],
        distinct: ['targetId', 'subject'],
        select: { subject: true, phase: true },
      })
      const open = newest.filter(({ phase }) => phase === 'begun')
      return [...new Set(open.map(({ subject }) => subject))].sort()
    },
    prune: (keep) => prisma.$executeRaw`
      DELETE FROM "NotificationDelivery" WHERE "id" IN (
        SELECT "id" FROM (
          SELECT "id", "state", "phase",
            row_number() OVER (PARTITION BY "targetId" ORDER BY "createdAt" DESC) AS place,
            row_number() OVER (
              PARTITION BY "targetId", "subject" ORDER BY ("state" = 'left-out'), "createdAt" DESC
            ) AS about
          FROM "NotificationDelivery"
        ) AS ranked
        WHERE place > ${keep} AND "state" <> 'queued'
          AND NOT ("phase" = 'begun' AND about = 1 AND "state" <> 'left-out')
      )`,
  }
}

type TargetRow = Omit<SealedTarget, 'kind' | 'noticeKinds'> & { kind: string; noticeKinds: string[] }

function toTarget(row: TargetRow): SealedTarget {
  return { ...row, ...targetColumns.parse(row) }
}

type DeliveryRow = Omit<Delivery, 'phase' | 'state' | 'message'> & {
  phase: string
  state: string
  message: unknown
}

function toDelivery(row: DeliveryRow): Delivery {
  return { ...row, ...deliveryColumns.parse(row) }
}
