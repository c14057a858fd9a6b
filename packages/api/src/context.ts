import type { DeploymentStore } from '@berth/deploy'
import type { Person, Settings } from '@berth/domain'
import type { LiveClient } from '@berth/observe'
import type { Keys, PeopleStore, RegistryCredentials, Tokens } from '@berth/people'
import type { JobQueue } from '@berth/queue'
import type { AppStore, BuildStore, ReleaseStore } from '@berth/release'
import type { RevisionStore } from '@berth/source'

export type ApiStores = {
  people: PeopleStore
  apps: AppStore
  revisions: RevisionStore
  builds: BuildStore
  releases: ReleaseStore
  deployments: DeploymentStore
}

/** What the door opens once per process. */
export type ApiParts = {
  stores: ApiStores
  queue: Pick<JobQueue, 'add'>
  live: LiveClient
  settings: Settings
  keys: Keys
  tokens: Tokens
  registryCredentials: Pick<RegistryCredentials, 'list' | 'set' | 'remove'>
  version: string
}

export type ApiContext = ApiParts & {
  /** Null: nobody is signed in. */
  person: Person | null
  /** What a procedure says of the change it made, for the audit log. No secret stands in it. */
  change: Change
}

/** Of whatever was changed, as people would write it; undefined where there is nothing to say. */
export type Change = { before?: unknown; after?: unknown }

/** The context of one request: the parts, and who asks. */
export function createContext(parts: ApiParts, person: Person | null): ApiContext {
  return { ...parts, person, change: {} }
}
