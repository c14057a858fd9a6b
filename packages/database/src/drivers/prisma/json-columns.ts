import type { BuildSource, ErrorRecord, Formation, ProcessLimits } from '@berth/domain'
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
const buildSource: z.ZodType<BuildSource> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('push') }),
  z.object({ kind: z.literal('image'), reference: z.string(), pull: z.boolean() }),
  z.object({ kind: z.literal('git'), url: z.string(), ref: z.string().nullable() }),
])
const formation = z.record(z.string(), z.number().int().min(0))

export function readError(value: unknown): ErrorRecord | null {
  return value === null ? null : errorRecord.parse(value)
}

/** SQL's NULL, not JSON's. */
export function writeError(error: ErrorRecord | null): ErrorRecord | typeof Prisma.DbNull {
  return error ?? Prisma.DbNull
}

export function readBuildSource(value: unknown): BuildSource {
  return buildSource.parse(value)
}

type ProcessRow = { type: string; quantity: number | null; memoryBytes: bigint | null; cpus: number | null }

/** A row may be there for its limits alone. */
export function readFormation(rows: readonly ProcessRow[]): Formation {
  const said = rows.filter(({ quantity }) => quantity !== null)
  return formation.parse(Object.fromEntries(said.map(({ type, quantity }) => [type, quantity])))
}

export function readLimits(rows: readonly ProcessRow[]): Record<string, ProcessLimits> {
  const said = rows.filter(({ memoryBytes, cpus }) => memoryBytes !== null || cpus !== null)
  return Object.fromEntries(
    said.map(({ type, memoryBytes, cpus }) => [
      type,
      { memoryBytes: memoryBytes === null ? null : Number(memoryBytes), cpus },
    ]),
  )
}
