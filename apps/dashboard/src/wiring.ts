import 'server-only'
import type { ApiParts, Asking } from '@berth/api'
// Not the index: it brings migrations and the cluster, which read files of the checkout.
import { openChangeFeed } from '@berth/database/changes/open-change-feed.ts'
import { connectionString } from '@berth/database/connection/connection-string.ts'
import { openDatabase } from '@berth/database/connection/open-database.ts'
import { places, readSettings } from '@berth/domain'
import { openDrains, openLiveClient, openMail, openTargets } from '@berth/observe'
import { openPeople, openRegistryCredentials, type People, platformSealing, readSecret } from '@berth/people'
import { queueOnFirstUse } from '@berth/queue'
import { dashboardUrl } from '@berth/route/certificates/dashboard-url.ts'
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
  const sendText = settings.smtpUrl === null ? null : openMail(settings)
  const queue = queueOnFirstUse({ connectionString: connectionString(settings) })
  const people = openPeople({
    ...{ database, settings, secret, sealing, sendText },
    dashboardUrl: () => dashboardUrl(settings, database.certificates),
  })
  return {
    stores: database,
    people,
    keys: people.keys,
    tokens: people.tokens,
    invitations: people.invitations,
    signOn: people.signOn,
    registryCredentials: openRegistryCredentials({ store: database.registryCredentials, sealing }),
    targets: openTargets({ store: database.notifications, sealing }),
    drains: openDrains({ store: database.drains, sealing }),
    queue,
    ledger: queue,
    live: openLiveClient(places(settings).workerSocket),
    changes: openChangeFeed(settings),
    settings,
    version,
  }
}

/** Whose request this is: a token counts alone, and the cookie only where no token was sent. */
export async function askingOf(headers: Headers): Promise<Asking> {
  const { people } = await parts()
  const secret = bearerToken(headers)
  const address = headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() || null
  const place = { address, userAgent: headers.get('user-agent') }
  if (secret === null) {
    const open = await people.sessionOf(headers)
    const { person = null, session = null } = open ?? {}
    return { person, session, token: null, from: { door: 'dashboard', ...place } }
  }
  const held = await people.tokens.byToken(secret)
  const { person = null, token = null } = held ?? {}
  return { person, token, session: null, from: { door: 'api', ...place } }
}
