import { afterAll, beforeAll } from 'vitest'
import { type Database, openDatabase } from '../../connection/open-database.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../../temporary-database.ts'
import { describeDeathStore } from '../death-store.contract.ts'
import { describeDrainStore } from '../drain-store.contract.ts'

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

describeDeathStore(() => database)
describeDrainStore(() => database)
