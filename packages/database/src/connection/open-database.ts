import type { Settings } from '@berth/domain'
import { platformSealing } from '@berth/people'
import { type PrismaClient, prismaClient } from '../drivers/prisma/client.ts'
import { prismaStores } from '../drivers/prisma/prisma-stores.ts'
import type { Stores } from '../stores.ts'
import { connectionString } from './connection-string.ts'
import { ResilientPool } from './resilient-pool.ts'

export type Database = Stores & {
  /** For better-auth's adapter, and for nothing else: records are reached through the stores. */
  prisma: PrismaClient
  /** Of PostgreSQL, as it calls itself: `18.1`. */
  serverVersion(): Promise<string>
  close(): Promise<void>
}

/**
 * Connects when first used; the database may still be on its way. `migrate` and `sealWhatIsClear` come before, once per
 * start. What is sealed is opened with the platform's key file, which is read when first needed.
 */
export function openDatabase(
  settings: Pick<Settings, 'home' | 'run' | 'databaseUrl'>,
  options: { maxConnections?: number; retryForMs?: number } = {},
): Database {
  const pool = new ResilientPool({
    connectionString: connectionString(settings),
    max: options.maxConnections ?? 6,
    retryForMs: options.retryForMs,
  })
  const prisma = prismaClient(pool)
  return {
    ...prismaStores(prisma, platformSealing(settings)),
    prisma,
    serverVersion: async () => {
      const [row] = await prisma.$queryRaw<{ server_version: string }[]>`SHOW server_version`
      return row?.server_version ?? ''
    },
    close: async () => {
      await prisma.$disconnect()
      await pool.end()
    },
  }
}
