import type { IncomingMessage } from 'node:http'
import { type App, type AuditEnding, isBerthError, parseAppName, places } from '@berth/domain'
import {
  type Access,
  createRegistry,
  openFileStore,
  parseRepositoryName,
  type Registry,
  type RegistryAction,
  type RepositoryName,
  type Tag,
} from '@berth/registry'
import { audited } from './audit-visit.ts'
import type { Visitor } from './doors.ts'
import { fromOf, type Visit } from './http-door.ts'
import type { ReceiverParts } from './parts.ts'
import { isReleaseTag, openPublishing } from './publishing.ts'
import { startCleaning } from './registry-cleaning.ts'

/**
 * Images under `/v2/APP` and `/v2/APP/anything`, for docker and its like: whoever may clone an app may pull its images,
 * whoever may push to it may push them, and whoever may change it may delete them; but the tags of releases, `APP:v7`, are
 * the worker's alone. They are kept under the app's id. An app of others and an app that is not there get the same answer.
 */
export type RegistryDoor = {
  answer(visit: Visit, visitor: Visitor | Publisher): Promise<void>
  /** The worker, that was asked to bring an image, and has shown the token that it was given for it. */
  publisher(token: string): Publisher | null
  close(): void
}

/** May push this tag, and what it needs, into this repository, under the name of its key. */
export type Publisher = { publishes: RepositoryName; tag: Tag }

const actions = { pull: 'app.pull', push: 'app.push', delete: 'app.change' } as const

export async function openRegistryDoor(parts: ReceiverParts): Promise<RegistryDoor> {
  const store = await openFileStore(places(parts.settings).registry)
  const onBug = (error: unknown) => parts.log(`registry: ${error instanceof Error ? error.stack : error}`)
  const publishing = openPublishing(parts)
  const registry: Registry = createRegistry({ store, deletes: true, onBug, make: publishing.make })
  const cleaning = startCleaning({ store, apps: parts.records.apps, onBug })
  return {
    async answer(visit, visitor) {
      const { request, response } = visit
      if ('publishes' in visitor) return registry.answer(request, response, publisherAccess(visitor))
      const answer = () => registry.answer(request, response, accessOf(parts, visitor))
      const change = changeOf(request)
      const app = change && (await appNamed(parts, change.app))
      // Who may not even see the app is told nothing of it, and leaves no line in its team's log.
      if (!change || !app || !(await may(parts, visitor, { app, action: 'pull' }))) return answer()
      const { action, after } = change
      const doing = { visitor, from: fromOf(visit, 'registry'), app, action, after }
      return audited(parts, doing, answer, () => outcomeOf(response.statusCode))
    },
    publisher: publishing.publisher,
    close: cleaning.stop,
  }
}

/** A name that is given to an image, or taken away; the blobs below it are nothing that anybody would look for. */
function changeOf({ method = '', url = '' }: IncomingMessage) {
  const action = { PUT: 'registry push', DELETE: 'registry delete' }[method]
  const named = /^\/v2\/([^/?]+)(\/[^?]*)?\/manifests\/([^/?]+)/.exec(url)
  if (action === undefined || named === null) return null
  const [, app = '', rest = '', reference = ''] = named
  return { app, action, after: { image: `${app}${rest}`, reference } }
}

function outcomeOf(status: number): Pick<AuditEnding, 'outcome' | 'error'> {
  if (status < 400) return { outcome: 'done' }
  return { outcome: status < 500 ? 'refused' : 'failed', error: `HTTP ${status}` }
}

function accessOf(parts: ReceiverParts, visitor: Visitor): Access {
  return async (repository, action, tag) => {
    const [name = '', ...rest] = repository.split('/')
    const app = await appNamed(parts, name)
    if (app === null || !(await may(parts, visitor, { app, action: 'pull' }))) return 'unknown'
    if (action !== 'pull' && !(await may(parts, visitor, { app, action }))) return 'denied'
    if (tag !== null && rest.length === 0 && isReleaseTag(tag)) return 'reserved'
    return { key: parseRepositoryName([app.id, ...rest].join('/')) }
  }
}

function publisherAccess({ publishes, tag: own }: Publisher): Access {
  return async (repository, action, tag) => {
    if (repository !== publishes) return 'unknown'
    return action === 'delete' || (tag !== null && tag !== own) ? 'denied' : { key: publishes }
  }
}

async function appNamed({ records }: ReceiverParts, name: string): Promise<App | null> {
  try {
    return await records.apps.byName(parseAppName(name))
  } catch (error) {
    if (isBerthError(error, 'NAME.INVALID', 'NAME.RESERVED')) return null
    throw error
  }
}

function may(
  { doorkeeper }: ReceiverParts,
  visitor: Visitor,
  { app, action }: { app: App; action: RegistryAction },
): Promise<boolean> {
  return doorkeeper.may(visitor, actions[action], app)
}
