import type { App, AppName, Build, ErrorRecord, Formation, Release } from '@berth/domain'

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
  remove(id: string): Promise<void>
}

export interface BuildStore {
  get(id: string): Promise<Build>
  create(appId: string, revisionId: string): Promise<Build>
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
