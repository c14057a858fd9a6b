import { setTimeout as sleep } from 'node:timers/promises'
import { isBerthError } from '@berth/domain'
import {
  addSealingKey,
  dropFormerSealingKeys,
  platformSealing,
  type Sealing,
  sealingKeys,
} from '@berth/people'
import type pg from 'pg'
import { type SealedColumn, sealedColumns } from '../sealed-columns.ts'
import { type Home, withSealingLock } from './with-sealing-lock.ts'

/**
 * A new key for everything that the database keeps sealed, while the platform runs: the new one is written before the former,
 * both open what they sealed, every value is sealed anew, and when nothing needs the former key any more it is dropped. A
 * crash anywhere leaves both keys; whoever calls this next goes on from there.
 *
 * What was sealed with the former key just before the new one came may still be on its way to the database: so it is looked
 * for again when `writesEndWithinMs` have passed. A value that no key opens is left as it is, and counted; while there is one,
 * the former key stays, in case that is what it needs, unless `dropFormer` says that it does not.
 */
export type TurnedKey = {
  /** An earlier turning was ended, and no new key made. */
  resumed: boolean
  /** How many were sealed anew. */
  values: number
  unreadable: number
  formerDropped: boolean
}

/** A write waits up to 10 s for a connection, has 15 s to be done, and is then tried once more (outcomes.ts). */
const writesEndWithinMs = 55_000

export function turnSealingKey(
  settings: Home,
  options: { writesEndWithinMs?: number; dropFormer?: boolean } = {},
): Promise<TurnedKey> {
  return withSealingLock(settings, async (client) => {
    const { added } = await addSealingKey(settings)
    const sealing = platformSealing(settings)
    const first = await resealAll(client, sealing)
    await sleep(options.writesEndWithinMs ?? writesEndWithinMs)
    const late = await resealAll(client, sealing)
    const formerDropped = late.unreadable === 0 || (options.dropFormer ?? false)
    if (formerDropped) await dropFormerSealingKeys(settings)
    const { unreadable } = late
    return { resumed: !added, values: first.values + late.values, unreadable, formerDropped }
  })
}

/** For whoever starts the platform, before anything else runs: ends what a crash left half done. */
export async function finishTurningSealingKey(settings: Home): Promise<void> {
  if (sealingKeys(settings)().length === 1) return
  await withSealingLock(settings, async (client) => {
    const { unreadable } = await resealAll(client, platformSealing(settings))
    if (unreadable === 0) await dropFormerSealingKeys(settings)
  })
}

async function resealAll(client: pg.Client, sealing: Sealing) {
  const total = { values: 0, unreadable: 0 }
  for (const column of sealedColumns) {
    for await (const row of rowsOf(client, column)) {
      const sealed = resealed(sealing, column, row)
      if (sealed === 'unreadable') total.unreadable += 1
      else if (sealed !== null) total.values += await replace(client, column, row, sealed)
    }
  }
  return total
}

type SealedRow = { key: string; row: string; teamId: string | null; sealed: Buffer }

const pageSize = 100

/** Read in pages by key: one may be large, and there may be many. */
async function* rowsOf(client: pg.Client, column: SealedColumn): AsyncGenerator<SealedRow> {
  const key = name(client, column.key)
  const teamId = column.teamId === null ? 'NULL' : name(client, column.teamId)
  const sealed = name(client, column.column)
  for (let last: string | null = null; ; ) {
    const { rows }: pg.QueryResult<SealedRow> = await client.query(
      `SELECT ${key}::text AS key, ${name(client, column.row)}::text AS row, ${teamId}::text AS "teamId", ${sealed} AS sealed
       FROM ${name(client, column.table)}
       WHERE ${sealed} IS NOT NULL ${last === null ? '' : `AND ${key} > $1`}
       ORDER BY ${key} LIMIT ${pageSize}`,
      last === null ? [] : [last],
    )
    yield* rows
    if (rows.length < pageSize) return
    last = rows.at(-1)?.key ?? null
  }
}

function resealed(sealing: Sealing, { table }: SealedColumn, { row, teamId, sealed }: SealedRow) {
  try {
    return sealing.reseal(sealed, { table, row, teamId })
  } catch (error) {
    if (isBerthError(error, 'SECRET.UNREADABLE')) return 'unreadable'
    throw error
  }
}

/** Only in place of what was read: somebody may have set another value meanwhile. 1 or 0. */
async function replace(
  client: pg.Client,
  column: SealedColumn,
  { key, sealed }: SealedRow,
  anew: Uint8Array,
): Promise<number> {
  const [table, by, at] = [column.table, column.key, column.column].map((word) => name(client, word))
  const { rowCount } = await client.query(`UPDATE ${table} SET ${at} = $1 WHERE ${by} = $2 AND ${at} = $3`, [
    Buffer.from(anew),
    key,
    sealed,
  ])
  return rowCount ?? 0
}

function name(client: pg.Client, word: string): string {
  return client.escapeIdentifier(word)
}
