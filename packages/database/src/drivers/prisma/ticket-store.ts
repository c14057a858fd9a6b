import type { TicketStore } from '@berth/people'
import type { PrismaClient } from './client.ts'

export function ticketStore(prisma: PrismaClient): TicketStore {
  return {
    async add({ personId, ...ticket }) {
      await prisma.$transaction([
        prisma.attachTicket.deleteMany({ where: { expiresAt: { lte: new Date() } } }),
        prisma.attachTicket.create({ data: { ...ticket, userId: personId } }),
      ])
    },
    /** One DELETE: its row lock lets one caller win. Prisma has none that tells of what it deleted. */
    async take(hash) {
      const [row] = await prisma.$queryRaw<Row[]>`
        DELETE FROM "AttachTicket" WHERE "hash" = ${hash}
        RETURNING "userId", "sessionId", "appId", "expiresAt" > now() AT TIME ZONE 'UTC' AS "counts"`
      if (!row?.counts) return null
      return { personId: row.userId, sessionId: row.sessionId, appId: row.appId }
    },
  }
}

type Row = { userId: string; sessionId: string; appId: string; counts: boolean }
