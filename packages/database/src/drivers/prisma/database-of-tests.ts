import { afterAll, beforeAll } from 'vitest'
import { type Database, openDatabase } from '../../connection/open-database.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../../temporary-database.ts'

/** A real database for the tests of one file, gone with them: said once, at its top. */
export function databaseOfTests(): () => Database {
  let temporary: TemporaryDatabase
  let database: Database

  beforeAll(async () => {
    temporary = await temporaryDatabase()
    database = openDatabase(temporary.settings)
  })

  afterAll(async () => {
    await database.close()
    await temporary.remove()
  })

  return () => database
}
