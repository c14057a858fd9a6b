import type { PeopleStore, WaysIn } from '@berth/people'
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
    async waysIn(personId) {
      if (!isRecordId(personId)) return noWay
      const user = await prisma.user.findUnique({ where: { id: personId }, select: wayColumns })
      if (user === null) return noWay
      const { accounts, passkeys, twoFactorEnabled: authenticator } = user
      const providers = accounts.map(({ providerId }) => providerId)
      return {
        password: providers.includes('credential'),
        ...{ authenticator, passkeys },
        providerIds: providers.filter((id) => id !== 'credential'),
      }
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

const noWay: WaysIn = { password: false, authenticator: false, passkeys: [], providerIds: [] }
const wayColumns = {
  twoFactorEnabled: true,
  passkeys: { select: { id: true, name: true, createdAt: true }, orderBy: { createdAt: 'asc' } },
  accounts: { select: { providerId: true } },
} as const
