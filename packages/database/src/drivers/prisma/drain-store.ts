import type { DrainStore } from '@berth/observe'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'

const oldestFirst = { createdAt: 'asc' } as const

export function drainStore(prisma: PrismaClient): DrainStore {
  return {
    async list(appId) {
      if (!isRecordId(appId)) return []
      return await prisma.drain.findMany({ where: { appId }, orderBy: oldestFirst })
    },
    async all() {
      return await prisma.drain.findMany({ where: { app: { removedAt: null } }, orderBy: oldestFirst })
    },
    async add(drain) {
      await prisma.drain.create({ data: drain })
    },
    async remove(appId, id) {
      if (!isRecordId(appId) || !isRecordId(id)) return false
      return (await prisma.drain.deleteMany({ where: { appId, id } })).count > 0
    },
  }
}
