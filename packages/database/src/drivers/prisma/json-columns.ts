import type { ErrorRecord, Formation } from '@berth/domain'
import { z } from 'zod'
import { Prisma } from './client.ts'

/** What JSON columns hold, parsed whenever it is read: PostgreSQL knows only that it is JSON. */

const errorRecord = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  fault: z.enum(['user', 'system']),
  retryable: z.boolean(),
})
const formation = z.record(z.string(), z.number().int().min(0))

export function readError(value: unknown): ErrorRecord | null {
  return value === null ? null : errorRecord.parse(value)
}

/** SQL's NULL, not JSON's. */
export function writeError(error: ErrorRecord | null): ErrorRecord | typeof Prisma.DbNull {
  return error ?? Prisma.DbNull
}

export function readFormation(rows: readonly { type: string; quantity: number }[]): Formation {
  return formation.parse(Object.fromEntries(rows.map(({ type, quantity }) => [type, quantity])))
}
