import type { RegistryCredentialStore } from '@berth/people'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'
import { twiceIfLost } from './outcomes.ts'

export function registryCredentialStore(prisma: PrismaClient): RegistryCredentialStore {
  return {
    async list(teamId) {
      if (!isRecordId(teamId)) return []
      const rows = await prisma.registryCredential.findMany({ where: { teamId }, orderBy: { host: 'asc' } })
      return rows.map(({ id: _, ...row }) => row)
    },
    async set({ teamId, host, username, sealed, createdById }) {
      const changed = { username, sealed, createdById }
      await twiceIfLost(() =>
        prisma.registryCredential.upsert({
          where: { teamId_host: { teamId, host } },
          create: { teamId, host, ...changed },
          update: { ...changed, createdAt: new Date() },
        }),
      )
    },
    async remove(teamId, host) {
      if (!isRecordId(teamId)) return false
      return (await prisma.registryCredential.deleteMany({ where: { teamId, host } })).count > 0
    },
  }
}
