import type { CronEntry } from '@berth/domain'
import { cronName } from './cron-name.ts'
import type { FollowedJob } from './cron-store.ts'

/** What a job has that says nothing of it: app.json cannot. */
export const cronDefaults = { overlap: 'skip', timeoutMs: 60 * 60_000 } as const

/** The jobs of a release. An entry that stands there twice is one job. */
export function followedJobs(entries: readonly CronEntry[]): FollowedJob[] {
  const jobs = entries.map((entry) => ({ ...entry, ...cronDefaults, name: cronName(entry) }))
  return [...new Map(jobs.map((job) => [job.name, job])).values()]
}
