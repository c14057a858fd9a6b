import type { Stores } from '@berth/database'
import type { DeployTimes } from '@berth/deploy'
import type { App, Settings, SourceTree } from '@berth/domain'
import type { Engine } from '@berth/engine'
import type { AppLogs, Drains, MachineView, Notify, StageLogs, Targets, WaysOut } from '@berth/observe'
import type { RegistryCredentials } from '@berth/people'
import type { JobQueue } from '@berth/queue'
import type { AccessLog, Authority, FrontDoor } from '@berth/route'
import type { CommitSummary } from '@berth/source'
import type { SecretFiles } from './app/secret-files.ts'
import type { FetchedSource, SourceRequest } from './fetch-source.ts'

/** What the worker is made of. wiring.ts picks the drivers; tests pick fakes. */
export type Parts = {
  settings: Settings
  secretFiles: SecretFiles
  stores: Stores
  engine: Engine
  frontDoor: FrontDoor
  /** Whoever gives certificates; null: nobody is asked. */
  authority: Authority | null
  queue: JobQueue
  registryCredentials: Pick<RegistryCredentials, 'accounts'>
  logs: StageLogs
  appLogs: AppLogs
  drains: Pick<Drains, 'find' | 'open'>
  /** Requests, as the front door tells of them. */
  accessLog: AccessLog
  /** Tells teams of what they want to hear of. */
  notify: Notify
  /** Where notifications go, and how they get there. */
  targets: Pick<Targets, 'open'>
  waysOut: WaysOut
  times: DeployTimes
  /** Of what the platform stands on. */
  versions(): Promise<MachineView['versions']>
  sourceTree(app: App, commit: string, quarantine: string | null): SourceTree
  /** A commit of another repository, fetched for one build. */
  fetchSource(request: SourceRequest): Promise<FetchedSource>
  /** What a crash left of such. */
  clearFetched(): Promise<void>
  removeRepository(app: App): Promise<void>
  /** Null: the app's repository does not hold both. */
  commitsBetween(app: App, range: { from: string; to: string; most: number }): Promise<CommitSummary[] | null>
  /** Aborted when the worker closes: what is unfinished then is left to the next one. */
  closing: AbortSignal
  report: Report
}

/** For the worker's own log: what was being done, and what went wrong. */
export type Report = (doing: string, error: unknown) => void
