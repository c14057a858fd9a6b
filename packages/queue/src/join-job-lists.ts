import { type JobList, type JobRecord, type JobState, jobStates } from './job-ledger.ts'

/** The lists of every kind as one, in the order that `JobLedger.list` promises. */
export function joinJobLists(lists: readonly JobList[], limit: number): JobList {
  const ofState = (state: JobState) =>
    lists
      .flatMap(({ jobs }) => jobs.filter((job) => job.state === state))
      .sort(orders[state])
      .slice(0, limit)
  const count = (state: JobState) => lists.reduce((sum, { counts }) => sum + counts[state], 0)
  return {
    counts: { running: count('running'), waiting: count('waiting'), failed: count('failed') },
    jobs: jobStates.flatMap(ofState),
  }
}

const orders: Record<JobState, (one: JobRecord, other: JobRecord) => number> = {
  running: (one, other) => at(one.startedAt) - at(other.startedAt),
  waiting: (one, other) => at(one.addedAt) - at(other.addedAt),
  failed: (one, other) => at(other.endedAt) - at(one.endedAt),
}

function at(date: Date | null): number {
  return date?.getTime() ?? 0
}
