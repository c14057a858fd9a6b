import { isBerthError } from '@berth/domain'
import { isConnectionLost } from '../../connection/connection-lost.ts'
import { databaseError } from '../../errors.ts'
import { Prisma } from './client.ts'

/** What calls of the database come to, told apart for the stores. */

/** Every method reports a database that is away as DATABASE.UNAVAILABLE. */
export function reportingLoss<Store extends object>(store: Store): Store {
  const methods = Object.entries(store).map(([name, method]) => [
    name,
    (...args: unknown[]) => (method as AnyMethod)(...args).catch(rethrow),
  ])
  return Object.fromEntries(methods)
}

type AnyMethod = (...args: unknown[]) => Promise<unknown>

function rethrow(error: unknown): never {
  if (isBerthError(error) || !isConnectionLost(error)) throw error
  throw databaseError['DATABASE.UNAVAILABLE'](undefined, { cause: error })
}

/**
 * Carries out a change that may be carried out twice. When the connection breaks under it nobody knows whether it took
 * effect, so it is tried once more.
 *
 * Rows are made by an upsert with `update: { id }`, which changes nothing: Prisma sends it as one INSERT … ON CONFLICT,
 * and with `update: {}` as five statements.
 */
export async function twiceIfLost<Result>(change: (again: boolean) => Promise<Result>): Promise<Result> {
  try {
    return await change(false)
  } catch (error) {
    if (!isConnectionLost(error)) throw error
    return await change(true)
  }
}

/**
 * A guarded update, which tells whether it changed a row. Tried again after a broken connection it may find its own
 * work done: `holds` says whether the record is as wanted.
 */
export async function changed(
  update: () => Promise<{ count: number }>,
  holds: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return (await update()).count > 0
  } catch (error) {
    if (!isConnectionLost(error)) throw error
    return (await update()).count > 0 || (await holds())
  }
}

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}

/** The row, or RECORD.NOT_FOUND. */
export function found<Row>(row: Row | null, what: string): Row {
  if (row === null) throw databaseError['RECORD.NOT_FOUND']({ what })
  return row
}
