import type {
  App,
  AppLock,
  AppName,
  Build,
  CacheUse,
  Configuration,
  ErrorRecord,
  Formation,
  ProcessLimits,
  Release,
  ReleaseSummary,
} from '@berth/domain'
import type { NewRelease } from './make-release.ts'

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
  /** To another team; nothing else of it changes. */
  transfer(id: string, teamId: string): Promise<void>
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
  succeed(id: string, imageDigest: string, cache?: CacheUse | null): Promise<boolean>
  end(id: string, state: 'failed' | 'cancelled', error: ErrorRecord | null): Promise<boolean>
  unfinished(): Promise<Build[]>
  list(appId: string, limit: number): Promise<Build[]>
}

/** Opening what a release is told may fail: SECRET.UNREADABLE. */
export interface ReleaseStore {
  get(id: string): Promise<Release>
  latest(appId: string): Promise<Release | null>
  byVersion(appId: string, version: number): Promise<Release | null>
  list(appId: string, limit: number): Promise<ReleaseSummary[]>
  /** Numbered by the database, without gaps or doubles, however many create at once. */
  create(release: NewRelease): Promise<Release>
  /**
   * The app's next release and what it is told, decided from what is there while nobody else makes one: of two people who
   * change something at once, and of a push beside them, nothing is lost. Either both are kept or neither. `decide` may be
   * called twice. Null: it decided for no release. @throws RECORD.NOT_FOUND, and what `decide` throws
   */
  next(appId: string, decide: Decide): Promise<Release | null>
  /** Digests that a release of any app still names: what cleaning must keep. */
  imagesInUse(): Promise<string[]>
}

export type Decide = (now: {
  latest: Release | null
  current: Configuration
  /** When `current` became so; null: nobody has said anything yet. */
  changedAt: Date | null
}) => {
  release: NewRelease | null
  /** What is current from here on, and who changed it. Left out: it stays. */
  configuration?: { now: Configuration; changedById: string | null }
}

/** What an app's next release is told. `ReleaseStore.next` changes it. */
export interface ConfigurationStore {
  /** @throws SECRET.UNREADABLE */
  current(appId: string): Promise<Configuration>
  /** When it became so, and who did it; null: nobody has said anything yet. */
  changed(appId: string): Promise<{ at: Date; byId: string | null } | null>
}
