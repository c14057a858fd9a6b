import { type Configuration, noConfiguration } from '@berth/domain'
import type { Sealing } from '@berth/people'
import type { ConfigurationStore } from '@berth/release'
import { isRecordId } from '../record-id.ts'
import type { Prisma, PrismaClient } from './client.ts'
import { openConfiguration, sealConfiguration } from './sealed-configuration.ts'

export function configurationStore(prisma: PrismaClient, sealing: Sealing): ConfigurationStore {
  return {
    async current(appId) {
      return isRecordId(appId) ? (await readCurrent(prisma, sealing, appId)).current : noConfiguration
    },
    async changed(appId) {
      const select = { changedAt: true, changedById: true }
      const row = isRecordId(appId)
        ? await prisma.appConfiguration.findUnique({ where: { appId }, select })
        : null
      return row && { at: row.changedAt, byId: row.changedById }
    },
  }
}

type Reader = PrismaClient | Prisma.TransactionClient

type Current = { current: Configuration; changedAt: Date | null }

export async function readCurrent(prisma: Reader, sealing: Sealing, appId: string): Promise<Current> {
  const row = await prisma.appConfiguration.findUnique({ where: { appId } })
  if (row === null) return { current: noConfiguration, changedAt: null }
  const current = openConfiguration(sealing, row.sealed, { table: 'AppConfiguration', row: appId })
  return { current, changedAt: row.changedAt }
}

export async function writeCurrent(
  prisma: Prisma.TransactionClient,
  sealing: Sealing,
  given: { appId: string; now: Configuration; changedById: string | null },
): Promise<void> {
  const { appId, now, changedById } = given
  const sealed = sealConfiguration(sealing, now, { table: 'AppConfiguration', row: appId })
  const change = { sealed, changedById, changedAt: new Date() }
  await prisma.appConfiguration.upsert({ where: { appId }, create: { appId, ...change }, update: change })
}
