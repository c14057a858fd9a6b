import type { NoticeKind } from '@berth/observe'

/** What a team may be told of, while nobody looks. */
export const noticeWords: Record<NoticeKind, { long: string; short: string }> = {
  'deployment-failed': { long: 'A deployment failed', short: 'failed deployments' },
  'build-failed': { long: 'A build failed', short: 'failed builds' },
  'deployment-succeeded': { long: 'A deployment is live', short: 'deployments that went live' },
  'crash-loop': { long: 'An instance crashes again and again', short: 'crash loops' },
  unhealthy: { long: 'An instance is unhealthy', short: 'unhealthy instances' },
  'cron-failed': { long: 'A scheduled job failed', short: 'failed jobs' },
  'certificate-expiring': { long: 'A certificate is about to expire', short: 'expiring certificates' },
  'certificate-failed': { long: 'A certificate could not be had', short: 'refused certificates' },
  'disk-filling': { long: 'The machine’s disk is filling up', short: 'a full disk' },
}

export const allKinds = Object.keys(noticeWords) as NoticeKind[]

/** What is done as it should be is nothing to be called for; the disk is the machine's. */
export const usualKinds = allKinds.filter(
  (kind) => kind !== 'deployment-succeeded' && kind !== 'disk-filling',
)

/** `crash loops, failed builds and a full disk` */
export function sayKinds(kinds: readonly NoticeKind[]): string {
  if (kinds.length === allKinds.length) return 'everything'
  const words = allKinds.filter((kind) => kinds.includes(kind)).map((kind) => noticeWords[kind].short)
  const last = words.pop() ?? ''
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`
}
