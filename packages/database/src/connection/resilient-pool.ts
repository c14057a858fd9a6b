import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { databaseError } from '../errors.ts'
import { isConnectionLost } from './connection-lost.ts'

/**
 * A pool that outlives its server. Getting a connection is tried again for `retryForMs` while the database is away,
 * because nothing was sent yet; so is a SELECT outside a transaction whose connection broke, because it changes
 * nothing. Any other statement that was under way is reported as DATABASE.UNAVAILABLE: whether it took effect is for
 * the caller to find out. A killed server never ends this process.
 */
export class ResilientPool extends pg.Pool {
  readonly #retryForMs: number

  constructor(config: pg.PoolConfig & { retryForMs?: number }) {
    const { retryForMs = 10_000, ...rest } = config
    super({ connectionTimeoutMillis: 10_000, idleTimeoutMillis: 30_000, ...rest })
    this.#retryForMs = retryForMs
    // A connection that breaks while idle has left the pool already; the next one to ask gets a new one.
    this.on('error', () => undefined)
    // One that breaks in somebody's hands, between two statements, tells the next statement; nobody listens to it then.
    this.on('connect', (client) => client.on('error', () => undefined))
  }

  override connect(): Promise<pg.PoolClient>
  override connect(callback: ConnectCallback): void
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | undefined {
    const connected = this.#again(() => super.connect())
    if (callback === undefined) return connected
    connected.then(
      (client) => callback(undefined, client, (release) => client.release(release)),
      (error: Error) => callback(error, undefined, () => undefined),
    )
  }

  // biome-ignore lint/suspicious/noExplicitAny: pg declares eight overloads; this passes all of them through.
  override query(...args: any[]): any {
    const send = super.query.bind(this) as (...args: unknown[]) => unknown
    if (typeof args.at(-1) === 'function' || !isSelect(args[0])) return send(...args)
    return this.#again(() => send(...args) as Promise<pg.QueryResult>)
  }

  async #again<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const deadline = Date.now() + this.#retryForMs
    for (let waitMs = 20; ; waitMs = Math.min(waitMs * 2, 500)) {
      try {
        return await attempt()
      } catch (error) {
        if (!isConnectionLost(error)) throw error
        if (this.ending || Date.now() + waitMs > deadline) {
          throw databaseError['DATABASE.UNAVAILABLE'](undefined, { cause: error })
        }
      }
      await sleep(waitMs)
    }
  }
}

type ConnectCallback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void

function isSelect(query: unknown): boolean {
  const text = typeof query === 'string' ? query : (query as { text?: unknown } | null)?.text
  return typeof text === 'string' && /^\s*SELECT\b/i.test(text) && !/\bFOR UPDATE\b|\bpg_/i.test(text)
}
