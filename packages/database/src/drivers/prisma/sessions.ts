import type { PeopleStore } from '@berth/people'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'

/** better-auth writes them; what it calls the time of their update is when they were used last, at most a day ago. */
export function sessionMethods(prisma: PrismaClient) {
  return {
    async sessions(personId) {
      if (!isRecordId(personId)) return []
      const rows = await prisma.session.findMany({
        where: { userId: personId, expiresAt: { gt: new Date() } },
        orderBy: { updatedAt: 'desc' },
      })
      return rows.map(({ id, createdAt, updatedAt, ipAddress, userAgent, method }) => ({
        ...{ id, createdAt, lastUsedAt: updatedAt, address: ipAddress || null },
        ...{ userAgent: userAgent || null, method },
      }))
    },
    async endSession(personId, id) {
      if (!isRecordId(id)) return false
      return (await prisma.session.deleteMany({ where: { id, userId: personId } })).count > 0
    },
    async removeSecondFactor(userId) {
      await prisma.$transaction([
        prisma.twoFactor.deleteMany({ where: { userId } }),
        prisma.passkey.deleteMany({ where: { userId } }),
        prisma.user.updateMany({ where: { id: userId }, data: { twoFactorEnabled: false } }),
      ])
    },
    async forgetOneTimeValues(personId) {
      await prisma.verification.deleteMany({ where: { value: personId } })
    },
    async endSessions(personId, except) {
      const where = { userId: personId, ...(except === null ? {} : { id: { not: except } }) }
      return (await prisma.session.deleteMany({ where })).count
    },
  } satisfies Partial<PeopleStore>
}
