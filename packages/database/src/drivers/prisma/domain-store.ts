import { databaseError } from '../../errors.ts'
import type { DomainStore } from '../../stores.ts'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'
import { isUniqueViolation, twiceIfLost } from './outcomes.ts'

export function domainStore(prisma: PrismaClient): DomainStore {
  return {
    async list(appId) {
      if (!isRecordId(appId)) return []
      return await prisma.domain.findMany({ where: { appId }, orderBy: { host: 'asc' } })
    },
    async all() {
      return await prisma.domain.findMany({ orderBy: { host: 'asc' } })
    },
    async add(appId, host, redirectTo = null) {
      try {
        return await prisma.domain.create({ data: { appId, host, redirectTo } })
      } catch (error) {
        if (isUniqueViolation(error)) throw databaseError['DOMAIN.TAKEN']({ host })
        throw error
      }
    },
    async verified(id, verifiedAt) {
      await twiceIfLost(() => prisma.domain.updateMany({ where: { id }, data: { verifiedAt } }))
    },
    async redirect(appId, host, redirectTo) {
      const change = () => prisma.domain.updateMany({ where: { appId, host }, data: { redirectTo } })
      return (await twiceIfLost(change)).count > 0
    },
    async remove(appId, host) {
      return (await prisma.domain.deleteMany({ where: { appId, host } })).count > 0
    },
  }
}
