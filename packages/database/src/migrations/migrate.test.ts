import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectionString } from '../connection/connection-string.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../temporary-database.ts'
import { committedMigrations, type Migration } from './committed-migrations.ts'
import { migrate } from './migrate.ts'
import { schemaDifference } from './schema-difference.ts'

/** In order: one database's life. */
let database: TemporaryDatabase
let committed: Migration[]
beforeAll(async () => {
  database = await temporaryDatabase({ migrated: false })
  committed = await committedMigrations()
})
afterAll(() => database.remove())

const extra = (name: string, sql: string): Migration => ({ name, sql, checksum: `checksum of ${name}` })

async function tables(): Promise<string[]> {
  const client = new pg.Client({ connectionString: connectionString(database.settings) })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  )
  await client.end()
  return rows.map(({ name }) => name)
}

test('several starters at once apply each migration once', async () => {
  const applied = await Promise.all([1, 2, 3].map(() => migrate(database.settings)))
  expect(applied.flat()).toEqual(committed.map(({ name }) => name))
  expect(await migrate(database.settings)).toEqual([])
})

test('the committed migrations make exactly the schema of schema.prisma', async () => {
  expect(await schemaDifference(connectionString(database.settings))).toBe('')
})

test('a migration that fails leaves nothing behind', async () => {
  const broken = extra('99990101000000_broken', 'CREATE TABLE "Half" (id int); SELECT no_such_thing;')
  await expect(migrate(database.settings, [...committed, broken])).rejects.toMatchObject({
    code: 'DATABASE.MIGRATION_FAILED',
    message: expect.stringContaining('no_such_thing'),
  })
  expect(await tables()).not.toContain('Half')
})

test('a migration on record that was edited is refused', async () => {
  const edited = committed.map((migration) => ({ ...migration, checksum: 'another' }))
  await expect(migrate(database.settings, edited)).rejects.toMatchObject({
    code: 'DATABASE.MIGRATION_CHANGED',
  })
})

test('a database of a newer Berth is refused, with nothing changed', async () => {
  const newer = extra('99990101000000_newer', 'CREATE TABLE "Newer" (id int)')
  await migrate(database.settings, [...committed, newer])
  await expect(migrate(database.settings)).rejects.toMatchObject({ code: 'DATABASE.MIGRATION_MISSING' })
  expect(await tables()).toContain('Newer')
})
