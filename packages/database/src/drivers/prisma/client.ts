import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../../../generated/client.ts'
import type { ResilientPool } from '../../connection/resilient-pool.ts'

/** The one place that imports what `npm run generate` writes. */
export type { PrismaClient } from '../../../generated/client.ts'
export { Prisma } from '../../../generated/client.ts'

export function prismaClient(pool: ResilientPool): PrismaClient {
  return new PrismaClient({
    adapter: new PrismaPg(pool),
    // Getting a connection may take as long as the pool waits for a database that restarts.
    transactionOptions: { maxWait: 12_000, timeout: 15_000 },
  })
}
