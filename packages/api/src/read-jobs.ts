import type { App, Person } from '@berth/domain'
import { type Actor, may } from '@berth/people'
import type { JobRecord, JobState } from '@berth/queue'
import { z } from 'zod'
import type { ApiContext } from './context.ts'
import { readRecord } from './read-record.ts'
import { iso } from './views.ts'

/** A job as whoever looks after the machine sees it. */
export type JobView = {
  jobId: string
  name: JobRecord['name']
  state: JobState
  /** What it is about; null: no app, or one of a team that the asking person is not in. */
  app: string | null
  /** The build or deployment that it carries out, of an app that is named. */
  deployment: string | null
  attemptsMade: number
  attempts: number
  addedAt: string
  startedAt: string | null
  endedAt: string | null
  /** What the last attempt ended with. `code`: of an expected error. */
  error: { code: string | null; message: string } | null
}

type Reader = Pick<ApiContext, 'stores'> & { person: Person }

/** What payloads have in common: what the job is about. */
const about = z.object({
  appId: z.uuid().optional(),
  buildId: z.uuid().optional(),
  deploymentId: z.uuid().optional(),
})

export async function jobView(ctx: Reader, actor: Actor, job: JobRecord): Promise<JobView> {
  const { app, stageId } = await subjectOf(ctx, job.payload)
  const shown = app !== null && may(actor, 'app.view', app)
  const { jobId, name, state, attemptsMade, attempts } = job
  return {
    ...{ jobId, name, state, attemptsMade, attempts },
    app: shown ? app.name : null,
    deployment: shown ? stageId : null,
    addedAt: job.addedAt.toISOString(),
    startedAt: iso(job.startedAt),
    endedAt: iso(job.endedAt),
    error: job.reason === null ? null : errorIn(job.reason),
  }
}

async function subjectOf(
  { stores }: Reader,
  payload: unknown,
): Promise<{ app: App | null; stageId: string | null }> {
  const { appId, buildId, deploymentId } = about.safeParse(payload).data ?? {}
  const build = buildId === undefined ? null : await readRecord(() => stores.builds.get(buildId))
  const deployment =
    deploymentId === undefined ? null : await readRecord(() => stores.deployments.get(deploymentId))
  const id = appId ?? build?.appId ?? deployment?.appId
  return {
    app: id === undefined ? null : await stores.apps.get(id),
    stageId: build?.id ?? deployment?.id ?? null,
  }
}

const mostWords = 500

/** `CODE: message`, as the queue keeps an expected error. */
function errorIn(reason: string): JobView['error'] {
  const [, code = null, message = reason] = /^([A-Z][A-Z_]*\.[A-Z_]+): (.*)$/s.exec(reason) ?? []
  return { code, message: message.slice(0, mostWords) }
}
