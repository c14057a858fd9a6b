import type { SealedPlace, Sealing } from '@berth/people'
import { type DoorSettings, type DoorStore, plainDoor } from '@berth/route/door-settings.ts'
import { z } from 'zod'
import { isRecordId } from '../record-id.ts'
import type { Prisma, PrismaClient } from './client.ts'

const settings = z.object({
  autoCertificates: z.boolean(),
  httpsRedirect: z.boolean(),
  hsts: z
    .object({ maxAgeSeconds: z.number(), includeSubdomains: z.boolean(), preload: z.boolean() })
    .nullable(),
  maintenance: z.boolean(),
  maxBodyBytes: z.number().nullable(),
  timeoutSeconds: z.number().nullable(),
  sticky: z.boolean(),
  pages: z.partialRecord(z.enum(['502', '503', '504', 'maintenance']), z.string()),
})

const users = z.object({
  key: z.string(),
  people: z.array(z.object({ name: z.string(), verifier: z.string() })),
})

export function doorStore(prisma: PrismaClient, sealing: Sealing): DoorStore {
  return {
    async current(appId) {
      if (!isRecordId(appId)) return plainDoor
      return await read(prisma, sealing, appId)
    },
    async manual() {
      const where = { settings: { path: ['autoCertificates'], equals: false } }
      return (await prisma.appDoor.findMany({ where, select: { appId: true } })).map(({ appId }) => appId)
    },
    async change(appId, change) {
      return await prisma.$transaction(async (within) => {
        // Changes of one app wait for each other here, whether it has a row yet or not.
        await within.$queryRaw`SELECT 1 FROM "App" WHERE id = ${appId}::uuid FOR UPDATE`
        const now = change(await read(within, sealing, appId))
        const { users: people, ...rest } = now
        const sealed = people === null ? null : sealing.seal(JSON.stringify(people), placeOf(appId))
        const row = { settings: { ...rest }, sealed }
        await within.appDoor.upsert({ where: { appId }, create: { appId, ...row }, update: row })
        return now
      })
    },
  }
}

async function read(
  prisma: PrismaClient | Prisma.TransactionClient,
  sealing: Sealing,
  appId: string,
): Promise<DoorSettings> {
  const row = await prisma.appDoor.findUnique({ where: { appId } })
  if (row === null) return plainDoor
  const people =
    row.sealed === null ? null : users.parse(JSON.parse(sealing.unseal(row.sealed, placeOf(appId))))
  return { ...settings.parse(row.settings), users: people }
}

function placeOf(appId: string): SealedPlace {
  return { table: 'AppDoor', row: appId, teamId: null }
}
