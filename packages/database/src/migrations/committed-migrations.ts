import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** One folder `<timestamp>_<name>` under prisma/migrations; the names sort in the order in which they were written. */
export type Migration = { name: string; sql: string; checksum: string }

export const migrationsDirectory = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url))
export const schemaPath = fileURLToPath(new URL('../../../../prisma/schema.prisma', import.meta.url))

export async function committedMigrations(directory = migrationsDirectory): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(names.sort().map((name) => readMigration(directory, name)))
}

async function readMigration(directory: string, name: string): Promise<Migration> {
  const sql = await readFile(`${directory}/${name}/migration.sql`, 'utf8')
  return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
}
