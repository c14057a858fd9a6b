import { randomUUID } from 'node:crypto'
import type { Settings } from '@berth/domain'
import pg from 'pg'
import { connectionString } from '../connection/connection-string.ts'
import { databaseError } from '../errors.ts'
import { committedMigrations, type Migration } from './committed-migrations.ts'

/**
 * Brings the database up to the committed migrations: in order, each in a transaction together with its own record, so
 * that a crash leaves it applied or untouched. Several starters wait for each other. The records are kept as
 * `prisma migrate` keeps them, so its tools read them; nothing is downloaded to apply them.
 * Returns the names of what was applied.
 * @throws DATABASE.MIGRATION_CHANGED, DATABASE.MIGRATION_MISSING, DATABASE.MIGRATION_FAILED
 */
export async function migrate(
  settings: Pick<Settings, 'home' | 'run' | 'databaseUrl'>,
  migrations?: readonly Migration[],
): Promise<string[]> {
  const wanted = migrations ?? (await committedMigrations())
  const client = new pg.Client({
    connectionString: connectionString(settings),
    connectionTimeoutMillis: 10_000,
  })
  client.on('error', () => undefined) // The statement under way reports it.
  await client.connect()
  try {
    // Held by the session: it goes with the connection, also when this process is killed.
    await client.query('SELECT pg_advisory_lock($1)', [lockKey])
    await client.query(recordTable)
    const pending = pendingMigrations(wanted, await recorded(client))
    for (const migration of pending) await apply(client, migration)
    return pending.map(({ name }) => name)
  } finally {
    await client.end()
  }
}

/** Arbitrary, and the same in every version of Berth. */
const lockKey = 0x62657274

/** Prisma's own definition of its table. */
const recordTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`

type Recorded = { name: string; checksum: string }

async function recorded(client: pg.Client): Promise<Recorded[]> {
  const { rows } = await client.query<Recorded>(
    `SELECT migration_name AS name, checksum FROM "_prisma_migrations"
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
  )
  return rows
}

function pendingMigrations(wanted: readonly Migration[], done: readonly Recorded[]): Migration[] {
  for (const { name, checksum } of done) {
    const known = wanted.find((migration) => migration.name === name)
    if (known === undefined) throw databaseError['DATABASE.MIGRATION_MISSING']({ name })
    if (known.checksum !== checksum) throw databaseError['DATABASE.MIGRATION_CHANGED']({ name })
  }
  const names = new Set(done.map(({ name }) => name))
  return wanted.filter(({ name }) => !names.has(name))
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN')
    await client.query(sql)
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    )
    await client.query('COMMIT')
  } catch (error) {
    throw databaseError['DATABASE.MIGRATION_FAILED'](
      { name, reason: error instanceof Error ? error.message : 'unknown' },
      { cause: error },
    )
  }
}
