import type { DomainStore, PortStore } from '@berth/database'
import type { DeploymentStore } from '@berth/deploy'
import type { ApiToken, App, AuditBeginning, Person, Settings, Team } from '@berth/domain'
import type {
  AuditLog,
  ChangeFeed,
  DeathStore,
  Drains,
  LiveClient,
  NotificationStore,
  Targets,
} from '@berth/observe'
import type {
  Invitations,
  Keys,
  PeopleStore,
  RegistryCredentials,
  SignOn,
  TicketStore,
  Tokens,
} from '@berth/people'
import type { JobLedger, JobQueue } from '@berth/queue'
import type { AppStore, BuildStore, ConfigurationStore, CronStore, ReleaseStore } from '@berth/release'
import type { CertificateStore, DoorStore } from '@berth/route'
import type { RevisionStore } from '@berth/source'

export type ApiStores = {
  people: PeopleStore
  tickets: TicketStore
  audit: AuditLog
  apps: AppStore
  revisions: RevisionStore
  builds: BuildStore
  releases: ReleaseStore
  configurations: ConfigurationStore
  deployments: DeploymentStore
  notifications: NotificationStore
  domains: DomainStore
  ports: PortStore
  certificates: CertificateStore
  doors: DoorStore
  cron: CronStore
  deaths: DeathStore
}

/** What the door opens once per process. */
export type ApiParts = {
  stores: ApiStores
  queue: Pick<JobQueue, 'add'>
  ledger: Pick<JobLedger, 'list' | 'retry'>
  live: LiveClient
  changes: ChangeFeed
  settings: Settings
  keys: Keys
  tokens: Tokens
  invitations: Invitations
  signOn: Pick<SignOn, 'list'>
  registryCredentials: Pick<RegistryCredentials, 'list' | 'set' | 'remove'>
  targets: Pick<Targets, 'list' | 'add' | 'change' | 'remove'>
  drains: Pick<Drains, 'list' | 'add' | 'remove' | 'find'>
  version: string
}

export type ApiContext = ApiParts &
  Asking & {
    /** What a procedure says of the change it made, for the audit log. No secret stands in it. */
    change: Change
  }

/** Who asks, and from where. */
export type Asking = {
  /** Null: nobody is signed in. */
  person: Person | null
  /** What stands for the person in place of a session. */
  token: ApiToken | null
  /** The session, where there is no token. `method`: how it was begun (packages/people, sessions). */
  session: { id: string; method: string | null } | null
  from: Pick<AuditBeginning, 'door' | 'address' | 'userAgent'>
}

/**
 * Of whatever was changed, as people would write it; undefined where there is nothing to say. `app`, `team`: the object,
 * where the call has made it or comes upon it late; a procedure that is about one from the start need not say so.
 */
export type Change = {
  before?: unknown
  after?: unknown
  app?: Pick<App, 'id' | 'name' | 'teamId'>
  team?: Team
}

const unknownPlace = { door: 'api', address: null, userAgent: null } as const

/** The context of one request: the parts, and who asks. */
export function createContext(
  parts: ApiParts,
  person: Person | null,
  { token = null, session = null, from = unknownPlace }: Partial<Asking> = {},
): ApiContext {
  return { ...parts, person, token, session, from, change: {} }
}
