import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TemporaryDatabase, temporaryDatabase } from '../temporary-database.ts'
import { connectionString } from './connection-string.ts'
import { ResilientPool } from './resilient-pool.ts'

let temporary: TemporaryDatabase
beforeAll(async () => {
  temporary = await temporaryDatabase({ migrated: false })
})
afterAll(() => temporary.remove())

test('a connection that breaks between two statements of who has it ends no process', async () => {
  const pool = new ResilientPool({ connectionString: connectionString(temporary.settings) })
  const client = await pool.connect()
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
  const ended = new Promise((resolve) => client.once('end', resolve))
  await pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid])
  await ended
  await expect(client.query('SELECT 1')).rejects.toThrow()
  client.release(true)
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await pool.end()
})
