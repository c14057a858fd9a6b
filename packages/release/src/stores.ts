import type {
  App,
  AppLock,
  AppName,
  Build,
  ErrorRecord,
  Formation,
  ProcessLimits,
  Release,
} from '@berth/domain'

export interface AppStore {
  get(id: string): Promise<App | null>
  byName(name: AppName): Promise<App | null>
  listForTeams(teamIds: readonly string[]): Promise<App[]>
  all(): Promise<App[]>
  /** @throws APP.NAME_TAKEN */
  create(app: { name: AppName; teamId: string }): Promise<App>
  setDeployBranch(id: string, branch: string): Promise<void>
  formation(id: string): Promise<Formation>
  /** Only the types named are changed. */
  setFormation(id: string, formation: Formation): Promise<void>
  /** What the next release gives its process types; one that is missing has the platform's defaults. */
  limits(id: string): Promise<Record<string, ProcessLimits>>
  /** Null takes them away. */
  setLimits(id: string, type: string, limits: ProcessLimits | null): Promise<void>
  /** One that is stopped already stays so since then. */
  setStopped(id: string, stopped: boolean): Promise<void>
  /** False where it is locked already, or not locked: then nothing was changed. */
  setLock(id: string, lock: AppLock | null): Promise<boolean>
  /** @throws APP.NAME_TAKEN */
  rename(id: string, name: AppName): Promise<void>
  remove(id: string): Promise<void>
}

export interface BuildStore {
  get(id: string): Promise<Build>
  /** Of a push, unless something else is said. */
  create(
    appId: string,
    revisionId: string | null,
    asked?: Pick<Build, 'source' | 'createdById'>,
  ): Promise<Build>
  /** The commit that it turned out to be. False where it does not run. */
  setRevision(id: string, revisionId: string): Promise<boolean>
  start(id: string): Promise<boolean>
  succeed(id: string, imageDigest: string): Promise<boolean>
  end(id: string, state: 'failed' | 'cancelled', error: ErrorRecord | null): Promise<boolean>
  unfinished(): Promise<Build[]>
  list(appId: string, limit: number): Promise<Build[]>
}

export interface ReleaseStore {
  get(id: string): Promise<Release>
  latest(appId: string): Promise<Release | null>
  list(appId: string, limit: number): Promise<Release[]>
  /** Numbered by the database, without gaps or doubles, however many create at once. */
  create(release: Omit<Release, 'id' | 'version' | 'createdAt'>): Promise<Release>
  /** Digests that a release of any app still names: what cleaning must keep. */
  imagesInUse(): Promise<string[]>
}
