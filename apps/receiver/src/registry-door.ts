import { type App, isBerthError, type Person, parseAppName, places } from '@berth/domain'
import {
  type Access,
  createRegistry,
  openFileStore,
  parseRepositoryName,
  type Registry,
  type RegistryAction,
  type RepositoryName,
} from '@berth/registry'
import type { Visit } from './http-door.ts'
import type { ReceiverParts } from './parts.ts'
import { openPublishing } from './publishing.ts'

/**
 * Images under `/v2/APP` and `/v2/APP/anything`, for docker and its like: whoever may clone an app may pull its images,
 * whoever may push to it may push them, and whoever may change it may delete them. They are kept under the app's id. An app of
 * others and an app that is not there get the same answer.
 */
export type RegistryDoor = {
  answer(visit: Visit, visitor: Person | Publisher): Promise<void>
  /** The worker, that was asked to bring an image, and has shown the token that it was given for it. */
  publisher(token: string): Publisher | null
  close(): void
}

/** May push into this repository, under the name of its key. */
export type Publisher = { publishes: RepositoryName }

const actions = { pull: 'app.pull', push: 'app.push', delete: 'app.change' } as const
const cleanEveryMs = 60 * 60_000

export async function openRegistryDoor(parts: ReceiverParts): Promise<RegistryDoor> {
  const store = await openFileStore(places(parts.settings).registry)
  const onBug = (error: unknown) => parts.log(`registry: ${error instanceof Error ? error.stack : error}`)
  const publishing = openPublishing(parts)
  const registry: Registry = createRegistry({ store, deletes: true, onBug, make: publishing.make })
  const clean = async () => {
    const apps = new Set((await parts.records.apps.all()).map((app) => app.id))
    for (const key of await store.repositories()) {
      if (!apps.has(key.split('/')[0] ?? '')) await store.removeRepository(key)
    }
    await store.collectGarbage(new Date())
  }
  const cleaning = setInterval(() => clean().catch(onBug), cleanEveryMs)
  cleaning.unref()
  return {
    answer: ({ request, response }, visitor) =>
      registry.answer(
        request,
        response,
        'publishes' in visitor ? publisherAccess(visitor) : accessOf(parts, visitor),
      ),
    publisher: publishing.publisher,
    close: () => clearInterval(cleaning),
  }
}

function accessOf(parts: ReceiverParts, person: Person): Access {
  return async (repository, action) => {
    const [name = '', ...rest] = repository.split('/')
    const app = await appNamed(parts, name)
    if (app === null || !(await may(parts, person, { app, action: 'pull' }))) return 'unknown'
    if (action !== 'pull' && !(await may(parts, person, { app, action }))) return 'denied'
    return { key: parseRepositoryName([app.id, ...rest].join('/')) }
  }
}

function publisherAccess({ publishes }: Publisher): Access {
  return async (repository) => (repository === publishes ? { key: publishes } : 'unknown')
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
