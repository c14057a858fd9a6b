import type { App, ErrorRecord } from '@berth/domain'

/**
 * What a team may want to hear of while nobody looks: each has a moment at which it is told, through `Notify`. What lasts
 * (a crash loop, a full disk) is told when it begins and when it is over; telling again meanwhile is harmless, and reaches
 * nobody. Texts that come from an app or its people are written as they are: each way out makes them fit for itself.
 * No secret stands in a notice: it leaves the machine.
 */
export type Notice =
  | (OfApp & { kind: 'deployment-succeeded'; deploymentId: string; version: number; durationMs: number })
  | (OfApp & { kind: 'deployment-failed'; deploymentId: string; version: number; error: ErrorRecord })
  | (OfApp & { kind: 'build-failed'; buildId: string; commit: string | null; error: ErrorRecord })
  | (OfApp & Lasting & { kind: 'crash-loop'; instance: string; exit: string | null })
  | (OfApp & Lasting & { kind: 'unhealthy'; instance: string; reason: string | null })
  | (OfApp & { kind: 'certificate-expiring'; hosts: readonly string[]; expiresAt: Date })
  | (OfApp & { kind: 'certificate-failed'; hosts: readonly string[]; error: ErrorRecord })
  | (OfApp & { kind: 'cron-failed'; runId: string; schedule: string; command: string; error: ErrorRecord })
  | (Lasting & { kind: 'disk-filling'; app: null; path: string; usedFraction: number; freeBytes: number })

type OfApp = { app: Pick<App, 'id' | 'name' | 'teamId'> }

/** `instance` reads `web.1`, `exit` as people read it: `exit code 1`, `out of memory`. */
type Lasting = { phase: 'begun' | 'ended' }

export type NoticeKind = Notice['kind']

export const noticeKinds = [
  'deployment-succeeded',
  'deployment-failed',
  'build-failed',
  'crash-loop',
  'unhealthy',
  'certificate-expiring',
  'certificate-failed',
  'cron-failed',
  'disk-filling',
] as const satisfies readonly NoticeKind[]

/** Returns at once and never throws: who tells something has other things to do, and none of them may fail for it. */
export type Notify = (notice: Notice) => void

/** What it is about: two notices with one key are the same thing, told twice. */
export function noticeKey(notice: Notice): string {
  switch (notice.kind) {
    case 'deployment-succeeded':
    case 'deployment-failed':
      return `${notice.kind}/${notice.deploymentId}`
    case 'build-failed':
      return `${notice.kind}/${notice.buildId}`
    case 'crash-loop':
    case 'unhealthy':
      return `${notice.kind}/${notice.app.id}/${notice.instance}`
    case 'certificate-expiring':
      return `${notice.kind}/${notice.hosts.join()}/${notice.expiresAt.toISOString()}`
    case 'certificate-failed':
      return `${notice.kind}/${notice.hosts.join()}`
    case 'cron-failed':
      return `${notice.kind}/${notice.runId}`
    case 'disk-filling':
      return `${notice.kind}/${notice.path}`
  }
}
