import type { ReleaseDifference } from '@berth/api'

/** Nothing that is known differs. */
export function isSame(difference: ReleaseDifference): boolean {
  const { variables, secretFiles, processes, limits, healthchecks, cron, sameImage } = difference
  const names = [variables, secretFiles].flatMap(({ added, removed, changed }) => [
    ...added,
    ...removed,
    ...changed,
  ])
  return sameImage && !healthchecks && !cron && names.length + processes.length + limits.length === 0
}
