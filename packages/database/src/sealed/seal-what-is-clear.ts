import { isBerthError } from '@berth/domain'
import { platformSealing, type Sealing } from '@berth/people'
import type pg from 'pg'
import { z } from 'zod'
import { openConfiguration, sealConfiguration } from '../drivers/prisma/sealed-configuration.ts'
import { type Home, withSealingLock } from './with-sealing-lock.ts'

/**
 * What an earlier version of Berth kept in the clear is sealed, and the current configuration of its apps is what their newest
 * release was told. Done by whoever starts the platform, after `migrate` and before anything reads a release; row by row, so
 * that a crash leaves each row the one or the other. Returns how many were sealed.
 */
export function sealWhatIsClear(settings: Home): Promise<number> {
  return withSealingLock(settings, async (client) => {
    const sealing = platformSealing(settings)
    const sealed = await sealReleases(client, sealing)
    // What was there in the clear would stay in the table's file until something else is written over it.
    if (sealed > 0) await client.query('VACUUM FULL "Release"')
    await recordCurrent(client, sealing)
    return sealed
  })
}

const clearVariables = z.record(z.string(), z.string())

async function sealReleases(client: pg.Client, sealing: Sealing): Promise<number> {
  for (let total = 0; ; ) {
    const { rows } = await client.query<{ id: string; configuration: unknown }>(
      'SELECT id::text, configuration FROM "Release" WHERE sealed IS NULL LIMIT 100',
    )
    if (rows.length === 0) return total
    for (const { id, configuration } of rows) {
      const told = { variables: clearVariables.parse(configuration ?? {}), secretFiles: {} }
      const sealed = sealConfiguration(sealing, told, { table: 'Release', row: id })
      await client.query('UPDATE "Release" SET sealed = $1, configuration = NULL WHERE id = $2', [
        Buffer.from(sealed),
        id,
      ])
    }
    total += rows.length
  }
}

/** Apps from before there was a current configuration. */
async function recordCurrent(client: pg.Client, sealing: Sealing): Promise<void> {
  const { rows } = await client.query<{ appId: string; id: string; sealed: Buffer }>(
    `SELECT DISTINCT ON ("appId") "appId"::text AS "appId", id::text AS id, sealed FROM "Release"
     WHERE NOT EXISTS (SELECT FROM "AppConfiguration" WHERE "AppConfiguration"."appId" = "Release"."appId")
     ORDER BY "appId", version DESC`,
  )
  for (const { appId, id, sealed } of rows) {
    const told = openOrNull(sealing, sealed, id)
    if (told === null) continue
    const current = sealConfiguration(sealing, told, { table: 'AppConfiguration', row: appId })
    await client.query(
      'INSERT INTO "AppConfiguration" ("appId", sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [appId, Buffer.from(current)],
    )
  }
}

/** A lost key must not keep the platform from starting: whoever asks for the app's configuration is told then. */
function openOrNull(sealing: Sealing, sealed: Buffer, id: string) {
  try {
    return openConfiguration(sealing, sealed, { table: 'Release', row: id })
  } catch (error) {
    if (isBerthError(error, 'SECRET.UNREADABLE')) return null
    throw error
  }
}
