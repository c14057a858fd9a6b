import type { CommandRunner } from '@berth/command'
import type { DeploymentStore } from '@berth/deploy'
import type { Settings } from '@berth/domain'
import type { AuditLog, LiveClient } from '@berth/observe'
import type { PeopleStore } from '@berth/people'
import type { JobQueue } from '@berth/queue'
import type { AppStore, BuildStore, ReleaseStore } from '@berth/release'
import type { RevisionStore } from '@berth/source'
import type { Afterwards } from './afterwards.ts'
import type { Crowd } from './crowd.ts'
import type { Doorkeeper } from './doors.ts'
import type { Turns } from './turns.ts'

/** What the receiver works with. wiring.ts picks the drivers; tests hand in fakes. */
export type ReceiverParts = {
  settings: Settings
  records: {
    apps: AppStore
    revisions: RevisionStore
    builds: BuildStore
    releases: ReleaseStore
    deployments: DeploymentStore
    people: Pick<PeopleStore, 'person'>
    audit: AuditLog
  }
  queue: JobQueue
  live: LiveClient
  doorkeeper: Doorkeeper
  runner: CommandRunner
  turns: Turns
  /** Open git sessions, by visitor. */
  sessions: Crowd
  afterwards: Afterwards
  limits: ReceiverLimits
  /** Aborted when the receiver ends: pushes are broken off, with a word about why. */
  closing: AbortSignal
  /** The receiver's own log, not the pusher's. */
  log: (line: string) => void
}

export type ReceiverLimits = {
  /** One session, from its first word to its last. */
  sessionMs: number
  /** After a push was called off, until its git is ended that does not end by itself. */
  graceMs: number
  /** How long a push waits for a worker that does not answer. */
  patienceMs: number
  /** From a connection's beginning until the person is known. */
  loginMs: number
  maxPushBytes: number
}

export const receiverLimits: ReceiverLimits = {
  sessionMs: 2.5 * 60 * 60_000,
  graceMs: 3_000,
  patienceMs: 60_000,
  loginMs: 20_000,
  maxPushBytes: 2 * 1024 ** 3,
}
