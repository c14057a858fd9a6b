import { setTimeout as sleep } from 'node:timers/promises'
import type { Settings } from '@berth/domain'
import pg from 'pg'
import { databaseError } from '../errors.ts'
import { isConnectionLost } from './connection-lost.ts'
import { connectionString } from './connection-string.ts'

/**
 * Returns as soon as PostgreSQL answers a query. What trying again cannot cure (a wrong password) is thrown at once.
 * @throws DATABASE.NOT_READY
 */
export async function waitUntilReady(
  settings: Pick<Settings, 'home' | 'run' | 'databaseUrl'>,
  options: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<void> {
  const timeoutMs = options.timeoutMs ?? 30_000
  const deadline = Date.now() + timeoutMs
  for (;;) {
    options.signal?.throwIfAborted()
    const problem = await answers(connectionString(settings))
    if (problem === null) return
    if (Date.now() > deadline)
      throw databaseError['DATABASE.NOT_READY']({ timeoutMs, reason: problem.message })
    await sleep(25)
  }
}

async function answers(url: string): Promise<Error | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined) // The query below reports it.
  try {
    await client.connect()
    await client.query('SELECT 1')
    return null
  } catch (error) {
    if (isConnectionLost(error)) return error as Error
    throw error
  } finally {
    await client.end().catch(() => undefined) // It may never have been open.
  }
}
