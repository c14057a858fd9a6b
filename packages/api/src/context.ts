import type { DeploymentStore } from '@berth/deploy'
import type { ApiToken, Person, Settings, SshKey } from '@berth/domain'
import type { LiveClient } from '@berth/observe'
import type { PeopleStore } from '@berth/people'
import type { JobQueue } from '@berth/queue'
import type { AppStore, BuildStore, ReleaseStore } from '@berth/release'
import type { RevisionStore } from '@berth/source'
import type { MayInTeam } from './permissions.ts'

export type ApiStores = {
  people: PeopleStore
  apps: AppStore
  revisions: RevisionStore
  builds: BuildStore
  releases: ReleaseStore
  deployments: DeploymentStore
}

/** What the API asks of packages/people: to read a key, to make a token. */
export type Credentials = {
  /** @throws KEY.INVALID, KEY.TAKEN */
  addKey(personId: string, key: { name: string; publicKey: string }): Promise<SshKey>
  /** The token is in the answer and nowhere else. */
  createToken(
    personId: string,
    token: { name: string; expiresAt: Date | null },
  ): Promise<{ token: string; record: ApiToken }>
}

/** What the door opens once per process. */
export type ApiParts = {
  stores: ApiStores
  queue: JobQueue
  live: LiveClient
  settings: Settings
  credentials: Credentials
  mayInTeam: MayInTeam
  version: string
}

export type ApiContext = ApiParts & {
  /** Null: nobody is signed in. */
  person: Person | null
}

/** The context of one request: the parts, and who asks. */
export function createContext(parts: ApiParts, person: Person | null): ApiContext {
  return { ...parts, person }
}
