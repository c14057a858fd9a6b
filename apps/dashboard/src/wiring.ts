import 'server-only'
import type { ApiParts } from '@berth/api'
// Not the index: it brings migrations and the cluster, which read files of the checkout.
import { connectionString } from '@berth/database/connection/connection-string.ts'
import { openDatabase } from '@berth/database/connection/open-database.ts'
import { type Person, places, readSettings } from '@berth/domain'
import { openLiveClient } from '@berth/observe'
import { openPeople, openRegistryCredentials, type People, platformSealing, readSecret } from '@berth/people'
import { queueOnFirstUse } from '@berth/queue'
import { bearerToken } from './door/may-change.ts'
import { version } from './version.ts'

/**
 * Picks the drivers, once per process and not before the first request: building needs no database. Next loads a module
 * more than once (pages, route handlers), so the parts hang on the process.
 */
export type Parts = ApiParts & { people: People }

const key = Symbol.for('berth.dashboard.parts')
const holder = globalThis as { [key]?: Promise<Parts> }

export function parts(): Promise<Parts> {
  if (!holder[key]) {
    const opening = open()
    // What could not be opened is tried anew with the next request.
    opening.catch(() => delete holder[key])
    holder[key] = opening
  }
  return holder[key]
}

async function open(): Promise<Parts> {
  const settings = readSettings(process.env)
  const secret = await readSecret(settings)
  const sealing = platformSealing(settings)
  const database = openDatabase(settings)
  const people = openPeople({ database, settings, secret })
  return {
    stores: database,
    people,
    keys: people.keys,
    tokens: people.tokens,
    registryCredentials: openRegistryCredentials({ store: database.registryCredentials, sealing }),
    queue: queueOnFirstUse({ connectionString: connectionString(settings) }),
    live: openLiveClient(places(settings).workerSocket),
    settings,
    version,
  }
}

/** Whose request this is: a token counts alone, and the cookie only where no token was sent. */
export async function personOf(headers: Headers): Promise<Person | null> {
  const { people } = await parts()
  const token = bearerToken(headers)
  return token === null ? people.sessionOf(headers) : people.tokens.personByToken(token)
}
