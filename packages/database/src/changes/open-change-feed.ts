import type { Settings } from '@berth/domain'
import { type ChangeFeed, type RecordChange, Watchers } from '@berth/observe'
import pg from 'pg'
import { z } from 'zod'
import { connectionString } from '../connection/connection-string.ts'

/**
 * The feed of what the triggers of migration `tell_changes` tell, over one connection that is there only while somebody
 * watches: a dashboard that nobody looks at holds none. A lost connection is opened again for as long as somebody does.
 */
export function openChangeFeed(settings: Pick<Settings, 'home' | 'run' | 'databaseUrl'>): ChangeFeed {
  const connection = new Listening(connectionString(settings))
  return {
    watch: (signal) => connection.watchers.watch(signal),
    close: () => connection.close(),
  }
}

const channel = 'berth_changes'
/** The next page of the same visitor finds the connection still there. */
const lingerMs = 10_000
const longestWaitMs = 5_000

class Listening {
  readonly watchers = new Watchers((count) => this.#onCount(count))
  readonly #connectionString: string
  #client: pg.Client | null = null
  #timer: NodeJS.Timeout | undefined
  #waitMs = 100
  #isClosed = false

  constructor(connectionString: string) {
    this.#connectionString = connectionString
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.watchers.end()
    await this.#leave()
  }

  #onCount(count: number): void {
    if (this.#isClosed) return
    if (count === 0) this.#soon(lingerMs, () => this.#leave())
    else if (this.#client === null) this.#soon(0, () => this.#join())
    else clearTimeout(this.#timer)
  }

  #soon(waitMs: number, work: () => Promise<void>): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void work(), waitMs)
    this.#timer.unref()
  }

  async #join(): Promise<void> {
    if (this.#client !== null || this.watchers.count === 0) return
    const client = new pg.Client({
      connectionString: this.#connectionString,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    })
    this.#client = client
    client.on('notification', ({ payload }) => this.#hear(payload))
    client.on('error', () => this.#lost(client))
    client.on('end', () => this.#lost(client))
    try {
      await client.connect()
      await client.query(`LISTEN ${channel}`)
      this.#waitMs = 100
      this.watchers.hear(true)
    } catch {
      // The database is away; it is asked again.
      this.#lost(client)
    }
  }

  #hear(payload: string | undefined): void {
    const change = readChange(payload)
    if (change !== null) this.watchers.tell(change)
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client) return
    this.#client = null
    this.watchers.hear(false)
    void client.end().catch(() => undefined)
    if (this.#isClosed || this.watchers.count === 0) return
    this.#soon(this.#waitMs, () => this.#join())
    this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs)
  }

  async #leave(): Promise<void> {
    const client = this.#client
    this.#client = null
    this.watchers.hear(false)
    await client?.end().catch(() => undefined)
  }
}

const payloadShape = z.object({
  teamId: z.string(),
  appId: z.string().nullable(),
  app: z.string().nullable(),
})

/** Null: others may use the channel of a database that is not ours alone. */
function readChange(payload: string | undefined): RecordChange | null {
  try {
    const { teamId, appId, app } = payloadShape.parse(JSON.parse(payload ?? ''))
    return { teamId, app: appId === null || app === null ? null : { id: appId, name: app } }
  } catch {
    return null
  }
}
