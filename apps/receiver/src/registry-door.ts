import { type App, isBerthError, type Person, parseAppName, places } from '@berth/domain'
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
import type { Visit } from './http-door.ts'
import type { ReceiverParts } from './parts.ts'
import { isReleaseTag, openPublishing } from './publishing.ts'
import { startCleaning } from './registry-cleaning.ts'

/**
 * Images under `/v2/APP` and `/v2/APP/anything`, for docker and its like: whoever may clone an app may pull its images,
 * whoever may push to it may push them, and whoever may change it may delete them; but the tags of releases, `APP:v7`, are
 * the worker's alone. They are kept under the app's id. An app of others and an app that is not there get the same answer.
 */
export type RegistryDoor = {
  answer(visit: Visit, visitor: Person | Publisher): Promise<void>
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
    answer: ({ request, response }, visitor) =>
      registry.answer(
        request,
        response,
        'publishes' in visitor ? publisherAccess(visitor) : accessOf(parts, visitor),
      ),
    publisher: publishing.publisher,
    close: cleaning.stop,
  }
}

function accessOf(parts: ReceiverParts, person: Person): Access {
  return async (repository, action, tag) => {
    const [name = '', ...rest] = repository.split('/')
    const app = await appNamed(parts, name)
    if (app === null || !(await may(parts, person, { app, action: 'pull' }))) return 'unknown'
    if (action !== 'pull' && !(await may(parts, person, { app, action }))) return 'denied'
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
  person: Person,
  { app, action }: { app: App; action: RegistryAction },
): Promise<boolean> {
  return doorkeeper.may(person, actions[action], app)
}
