import { mkdir, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { connectionString } from './connection/connection-string.ts'
import { migrationsDirectory } from './migrations/committed-migrations.ts'
import { schemaDifference } from './migrations/schema-difference.ts'
import { temporaryDatabase } from './temporary-database.ts'

/**
 * `node packages/database/src/make-migration.ts NAME`: writes the next migration, which is what schema.prisma says
 * beyond the committed ones. They are applied to a database made for the occasion; no other is touched.
 */
const { positionals } = parseArgs({ allowPositionals: true })
const [name] = positionals
if (name === undefined || !/^[a-z][a-z0-9_]{0,60}$/.test(name)) {
  throw new Error('Usage: make-migration.ts NAME, of lower-case letters, digits and underscores')
}

const database = await temporaryDatabase()
try {
  const sql = await schemaDifference(connectionString(database.settings))
  if (sql === '') console.log('The committed migrations make this schema already: nothing to write.')
  else await write(name, sql)
} finally {
  await database.remove()
}

async function write(name: string, sql: string): Promise<void> {
  const timestamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const directory = `${migrationsDirectory}/${timestamp}_${name}`
  await mkdir(directory)
  await writeFile(`${directory}/migration.sql`, sql)
  console.log(`Wrote ${directory}/migration.sql. Read it: a dropped column is data lost.`)
}
