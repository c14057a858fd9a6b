import { randomUUID } from 'node:crypto'
import type { Release } from '@berth/domain'
import type { ReleaseStore } from '@berth/release'
import { isRecordId } from '../record-id.ts'
import type { PrismaClient } from './client.ts'
import { found, twiceIfLost } from './outcomes.ts'
import { readReleaseParts } from './release-columns.ts'

export function releaseStore(prisma: PrismaClient): ReleaseStore {
  return {
    async get(id) {
      const row = isRecordId(id) ? await prisma.release.findUnique({ where: { id } }) : null
      return toRelease(found(row, 'release'))
    },
    async latest(appId) {
      if (!isRecordId(appId)) return null
      const row = await prisma.release.findFirst({ where: { appId }, orderBy: { version: 'desc' } })
      return row === null ? null : toRelease(row)
    },
    async list(appId, limit) {
      if (!isRecordId(appId)) return []
      const where = { appId }
      const rows = await prisma.release.findMany({ where, orderBy: { version: 'desc' }, take: limit })
      return rows.map(toRelease)
    },
    async create(release) {
      const id = randomUUID()
      return toRelease(await twiceIfLost((again) => createNumbered(prisma, { ...release, id }, again)))
    },
    async imagesInUse() {
      const rows = await prisma.release.findMany({
        distinct: ['imageDigest'],
        select: { imageDigest: true },
      })
      return rows.map(({ imageDigest }) => imageDigest)
    },
  }
}

/**
 * The app's row is locked until the release is there, so those who create at the same time stand in line and no number
 * is skipped or given twice. `again`: it returns what the first call with this id made.
 */
function createNumbered(
  prisma: PrismaClient,
  release: Omit<Release, 'version' | 'createdAt'>,
  again: boolean,
): Promise<Row> {
  return prisma.$transaction(async (transaction) => {
    const { id, appId } = release
    await transaction.$queryRaw`SELECT id FROM "App" WHERE id = ${appId}::uuid FOR NO KEY UPDATE`
    const made = again ? await transaction.release.findUnique({ where: { id } }) : null
    if (made !== null) return made
    const { _max } = await transaction.release.aggregate({ where: { appId }, _max: { version: true } })
    return await transaction.release.create({ data: { ...release, version: (_max.version ?? 0) + 1 } })
  })
}

type Row = Omit<Release, keyof ReturnType<typeof readReleaseParts>> & Parameters<typeof readReleaseParts>[0]

function toRelease(row: Row): Release {
  return { ...row, ...readReleaseParts(row) }
}
