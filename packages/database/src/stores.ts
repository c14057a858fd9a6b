import type { DeploymentStore } from '@berth/deploy'
import type { AppPort, Domain } from '@berth/domain'
import type { AuditLog, DeathStore, DrainStore, NotificationStore } from '@berth/observe'
import type {
  AttemptStore,
  PeopleStore,
  RegistryCredentialStore,
  SignOnStore,
  TicketStore,
} from '@berth/people'
import type { AppStore, BuildStore, ConfigurationStore, CronStore, ReleaseStore } from '@berth/release'
import type { CertificateStore, DoorStore } from '@berth/route'
import type { RevisionStore } from '@berth/source'

/**
 * Every store that the stages declare. Two drivers pass the same contract tests: Prisma's, and a fake in memory.
 *
 * Contract, beyond each port's own:
 * - `get` without null in its type throws RECORD.NOT_FOUND. An id that is no UUID belongs to nothing.
 * - A state changes only along its table in @berth/domain; otherwise the answer is false and nothing was changed.
 * - `list` has the newest first; `unfinished` the oldest first.
 * - While the database is away, calls wait up to 10 s for it, then throw DATABASE.UNAVAILABLE (retryable).
 */
export type Stores = {
  apps: AppStore
  domains: DomainStore
  ports: PortStore
  certificates: CertificateStore
  doors: DoorStore
  revisions: RevisionStore
  builds: BuildStore
  releases: ReleaseStore
  configurations: ConfigurationStore
  deployments: DeploymentStore
  cron: CronStore
  deaths: DeathStore
  drains: DrainStore
  people: PeopleStore
  audit: AuditLog
  attempts: AttemptStore
  signOn: SignOnStore
  tickets: TicketStore
  registryCredentials: RegistryCredentialStore
  notifications: NotificationStore
}

export interface DomainStore {
  list(appId: string): Promise<Domain[]>
  all(): Promise<Domain[]>
  /** @throws DOMAIN.TAKEN */
  add(appId: string, host: string, redirectTo?: string | null): Promise<Domain>
  /** It was seen to lead here, or (null) elsewhere. */
  verified(id: string, at: Date | null): Promise<void>
  /** Null: it answers itself. False: the app has no such domain. */
  redirect(appId: string, host: string, to: string | null): Promise<boolean>
  remove(appId: string, host: string): Promise<boolean>
}

export interface PortStore {
  list(appId: string): Promise<AppPort[]>
  /** Null: it has no owner. */
  find(port: number): Promise<AppPort | null>
  /** A port has one owner. @throws PORT.TAKEN */
  add(port: Omit<AppPort, 'createdAt'>): Promise<AppPort>
  remove(appId: string, port: number): Promise<boolean>
}
