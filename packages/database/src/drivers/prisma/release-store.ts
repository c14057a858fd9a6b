import { randomUUID } from 'node:crypto'
import type { Release, ReleaseSummary } from '@berth/domain'
import type { Sealing } from '@berth/people'
import type { Decide, NewRelease, ReleaseStore } from '@berth/release'
import { isRecordId } from '../record-id.ts'
import type { Prisma, PrismaClient } from './client.ts'
import { readCurrent, writeCurrent } from './configuration-store.ts'
import { found, twiceIfLost } from './outcomes.ts'
import { readReleaseParts } from './release-columns.ts'
import { openConfiguration, sealConfiguration } from './sealed-configuration.ts'

export function releaseStore(prisma: PrismaClient, sealing: Sealing): ReleaseStore {
  const rows = releaseRows(sealing)
  return {
    async get(id) {
      const row = isRecordId(id) ? await prisma.release.findUnique({ where: { id } }) : null
      return rows.toRelease(found(row, 'release'))
    },
    async latest(appId) {
      return isRecordId(appId) ? await rows.latest(prisma, appId) : null
    },
    async byVersion(appId, version) {
      if (!isRecordId(appId) || !isVersion(version)) return null
      const row = await prisma.release.findUnique({ where: { appId_version: { appId, version } } })
      return row && rows.toRelease(row)
    },
    async list(appId, limit) {
      if (!isRecordId(appId)) return []
      return await prisma.release
        .findMany({ where: { appId }, orderBy: { version: 'desc' }, take: limit, omit: inTheClear })
        .then((found) => found.map(toSummary))
    },
    async create(release) {
      const id = randomUUID()
      const { appId } = release
      return await twiceIfLost((again) =>
        prisma.$transaction(async (transaction) => {
          await lockApp(transaction, appId)
          const made = again ? await rows.byId(transaction, id) : null
          if (made !== null) return made
          const { _max } = await transaction.release.aggregate({ where: { appId }, _max: { version: true } })
          return await rows.create(transaction, { id, version: (_max.version ?? 0) + 1 }, release)
        }),
      )
    },
    async next(appId, decide) {
      const id = randomUUID()
      return await twiceIfLost((again) =>
        prisma.$transaction(async (transaction) => {
          await lockApp(transaction, appId)
          const made = again ? await rows.byId(transaction, id) : null
          return made ?? (await makeNext(transaction, sealing, { id, appId, decide }))
        }),
      )
    },
    async imagesInUse() {
      const images = await prisma.release.findMany({
        distinct: ['imageDigest'],
        select: { imageDigest: true },
      })
      return images.map(({ imageDigest }) => imageDigest)
    },
  }
}

/** Never read for a list: what a release is told is opened for one release at a time. */
const inTheClear = { configuration: true, sealed: true } as const

/** PostgreSQL's integer. */
function isVersion(version: number): boolean {
  return Number.isInteger(version) && version > 0 && version < 2 ** 31
}

/**
 * Held to the end of the transaction, so that those who make releases of one app at the same time stand in line: no number is
 * skipped or given twice, and each decides from what the one before it has made. @throws RECORD.NOT_FOUND
 */
async function lockApp(transaction: Prisma.TransactionClient, appId: string): Promise<void> {
  const [row] = isRecordId(appId)
    ? await transaction.$queryRaw<{ id: string }[]>`
        SELECT id FROM "App" WHERE id = ${appId}::uuid FOR NO KEY UPDATE`
    : []
  found(row ?? null, 'app')
}

async function makeNext(
  transaction: Prisma.TransactionClient,
  sealing: Sealing,
  { id, appId, decide }: { id: string; appId: string; decide: Decide },
): Promise<Release | null> {
  const rows = releaseRows(sealing)
  const latest = await rows.latest(transaction, appId)
  const now = await readCurrent(transaction, sealing, appId)
  const { release, configuration } = decide({ latest, ...now })
  if (configuration) await writeCurrent(transaction, sealing, { appId, ...configuration })
  const version = (latest?.version ?? 0) + 1
  return release && (await rows.create(transaction, { id, version }, release))
}

type Reader = PrismaClient | Prisma.TransactionClient
type Row = Prisma.ReleaseGetPayload<object>

function releaseRows(sealing: Sealing) {
  function toRelease(row: Row): Release {
    // Who starts the platform seals what an earlier version left in the clear, before anybody reads a release.
    if (row.sealed === null) throw new Error(`the configuration of release ${row.id} was never sealed`)
    const told = openConfiguration(sealing, row.sealed, { table: 'Release', row: row.id })
    return { ...toSummary(row), configuration: told.variables, secretFiles: told.secretFiles }
  }

  return {
    toRelease,
    async byId(prisma: Reader, id: string): Promise<Release | null> {
      const row = await prisma.release.findUnique({ where: { id } })
      return row && toRelease(row)
    },
    async latest(prisma: Reader, appId: string): Promise<Release | null> {
      const row = await prisma.release.findFirst({ where: { appId }, orderBy: { version: 'desc' } })
      return row && toRelease(row)
    },
    async create(
      transaction: Prisma.TransactionClient,
      { id, version }: Pick<Release, 'id' | 'version'>,
      given: NewRelease,
    ): Promise<Release> {
      const { configuration: variables, secretFiles, ...release } = given
      const sealed = sealConfiguration(sealing, { variables, secretFiles }, { table: 'Release', row: id })
      return toRelease(await transaction.release.create({ data: { ...release, id, version, sealed } }))
    },
  }
}

function toSummary(row: Omit<Row, keyof typeof inTheClear>): ReleaseSummary {
  const { id, appId, version, imageDigest, revisionId, releaseCommand, reason, createdById, createdAt } = row
  const plain = {
    id,
    appId,
    version,
    imageDigest,
    revisionId,
    releaseCommand,
    reason,
    createdById,
    createdAt,
  }
  return { ...plain, ...readReleaseParts(row) }
}
