import type { Role } from '@berth/domain'
import { peopleError, type SignOnStore } from '@berth/people'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'
import { isUniqueViolation } from './outcomes.ts'

export function signOnStore(prisma: PrismaClient): SignOnStore {
  return {
    async list() {
      const rows = await prisma.signOnProvider.findMany({ orderBy: { name: 'asc' } })
      return rows.map(({ newMemberRole, ...row }) => ({
        ...row,
        newMemberRole: newMemberRole as Role | null,
      }))
    },
    async add(provider) {
      try {
        await prisma.signOnProvider.create({ data: { ...provider, domains: [...provider.domains] } })
      } catch (error) {
        if (isUniqueViolation(error)) throw peopleError['SIGN_ON.TAKEN']({ name: provider.name })
        throw error
      }
    },
    async remove(id) {
      if (!isRecordId(id)) return false
      return (await prisma.signOnProvider.deleteMany({ where: { id } })).count > 0
    },
  }
}
