import type { Settings } from '@berth/domain'
import pg from 'pg'
import { connectionString } from '../connection/connection-string.ts'

export type Home = Pick<Settings, 'home' | 'run' | 'databaseUrl'>

/** Arbitrary, and the same in every version of Berth. */
const lockKey = 0x7365616c

/**
 * For work on whole tables that one process at a time does. The lock is held by the session: it goes with the connection,
 * also when this process is killed.
 */
export async function withSealingLock<Result>(
  settings: Home,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    connectionString: connectionString(settings),
    connectionTimeoutMillis: 10_000,
  })
  client.on('error', () => undefined) // The statement under way reports it.
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockKey])
    return await work(client)
  } finally {
    await client.end()
  }
}
