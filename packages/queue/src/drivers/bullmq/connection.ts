import { setTimeout as sleep } from 'node:timers/promises'
import { runMigrations } from 'bullmq'
import pg from 'pg'

/** BullMQ's tables lie in a schema of their own, in the same database as the records. The name is BullMQ's default. */
const schema = 'bullmq'

export type QueueConnection = { connectionString: string }

/** One pool for all queues of a process. BullMQ's statements name no schema: `search_path` does. */
export function openPool({ connectionString }: QueueConnection, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    options: `-c search_path=${schema}`,
  })
  // A connection that broke while idle: the next one to ask gets a new one. In somebody's hands: the next statement fails.
  pool.on('error', () => undefined)
  // Every queue of the process listens to it.
  pool.setMaxListeners(50)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** Waits for a database that restarts, up to `retryForMs`. Several processes may prepare at the same time. */
export async function prepareSchema(pool: pg.Pool, retryForMs = 30_000): Promise<void> {
  await whileAway(retryForMs, async () => {
    const client = await pool.connect()
    try {
      await runMigrations(client, schema)
    } finally {
      // What the server loaded for it (4 MB) goes with the connection.
      client.release(true)
    }
  })
}

/** Tries again while the database is away; the last error is thrown. */
export async function whileAway<Result>(retryForMs: number, attempt: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + retryForMs
  for (let waitMs = 20; ; waitMs = Math.min(waitMs * 2, 500)) {
    try {
      return await attempt()
    } catch (error) {
      if (!isConnectionLost(error) || Date.now() + waitMs > deadline) throw error
    }
    await sleep(waitMs)
  }
}

/**
 * The database is away (restarting, killed, not there yet). SQLSTATE class 08 and 57P01-57P03, 53300:
 * https://www.postgresql.org/docs/18/errcodes-appendix.html; pg's own messages carry no code.
 */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && lostCodes.test(code)) return true
  return /Connection terminated|connection error|timeout exceeded when trying to connect/.test(error.message)
}

const lostCodes = /^(?:08...|57P0[123]|53300|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT)$/
