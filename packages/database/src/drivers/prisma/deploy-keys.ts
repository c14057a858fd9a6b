import type { DeployKey } from '@berth/domain'
import { type PeopleStore, peopleError } from '@berth/people'
import { isRecordId } from '../record-id.ts'
import type { Prisma, PrismaClient } from './client.ts'
import { isUniqueViolation } from './outcomes.ts'

/** In one table with people's keys: a key is one person's or one app's, which its unique fingerprint sees to. */
export function deployKeyMethods(prisma: PrismaClient) {
  return {
    async deployKeys(appId) {
      if (!isRecordId(appId)) return []
      const rows = await prisma.sshKey.findMany({ where: { appId }, orderBy: { createdAt: 'asc' } })
      return rows.flatMap((row) => toDeployKey(row) ?? [])
    },
    async deployKeyByFingerprint(fingerprint) {
      const row = await prisma.sshKey.findUnique({ where: { fingerprint } })
      return row === null ? null : toDeployKey(row)
    },
    async addDeployKey(key) {
      try {
        return toDeployKey(await prisma.sshKey.create({ data: key })) as DeployKey
      } catch (error) {
        if (isUniqueViolation(error)) throw peopleError['KEY.TAKEN']()
        throw error
      }
    },
    async removeDeployKey(appId, id) {
      if (!isRecordId(id)) return false
      return (await prisma.sshKey.deleteMany({ where: { id, appId } })).count > 0
    },
  } satisfies Partial<PeopleStore>
}

function toDeployKey({ userId: _, appId, ...row }: Prisma.SshKeyGetPayload<object>): DeployKey | null {
  return appId === null ? null : { ...row, appId }
}
