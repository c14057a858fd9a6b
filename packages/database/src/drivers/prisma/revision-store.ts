import { randomUUID } from 'node:crypto'
import type { Revision } from '@berth/domain'
import type { RevisionStore } from '@berth/source'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'
import { found, twiceIfLost } from './outcomes.ts'

export function revisionStore(prisma: PrismaClient): RevisionStore {
  return {
    async get(id): Promise<Revision> {
      const row = isRecordId(id) ? await prisma.revision.findUnique({ where: { id } }) : null
      return found(row, 'revision')
    },
    async many(ids) {
      return await prisma.revision.findMany({ where: { id: { in: ids.filter(isRecordId) } } })
    },
    async create(revision) {
      const id = randomUUID()
      return await twiceIfLost(() =>
        prisma.revision.upsert({ where: { id }, create: { ...revision, id }, update: { id } }),
      )
    },
  }
}
