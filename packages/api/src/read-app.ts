import type { App } from '@berth/domain'
import { isBerthError } from '@berth/domain'
import type { InstanceView } from '@berth/observe'
import { type Attempt, joinAttempts } from './attempt.ts'
import type { ApiContext } from './context.ts'
import { type AppView, appView, type DeploymentView, deploymentView, type ViewSources } from './views.ts'

/** Reads the records of one app and puts them together as views. */

type Reader = Pick<ApiContext, 'stores' | 'live' | 'settings'>

/** So many attempts are looked at to say how an app is. */
const recentAttempts = 10

export async function readApp(ctx: Reader, app: App): Promise<AppView> {
  const [attempts, instances, liveRecord] = await Promise.all([
    readAttempts(ctx, app.id, recentAttempts),
    readInstances(ctx, app.id),
    ctx.stores.deployments.live(app.id),
  ])
  const views = await toDeploymentViews(ctx, attempts)
  const live =
    views.find((view) => view.state === 'live') ?? (liveRecord && (await oldLive(ctx, app.id, liveRecord.id)))
  const team = await ctx.stores.people.team(app.teamId)
  const lockedBy = app.lock?.byId ? await ctx.stores.people.person(app.lock.byId) : null
  return appView(app, ctx.settings, {
    attempts: views,
    live: live ?? null,
    instances,
    lockedBy: lockedBy?.name ?? null,
    team: team?.name ?? '',
  })
}

/** Newest first. */
export async function readDeployments(ctx: Reader, appId: string, limit: number): Promise<DeploymentView[]> {
  return toDeploymentViews(ctx, await readAttempts(ctx, appId, limit))
}

/** By the id of its build or of its deployment, or by the number of its release. */
export async function readDeployment(
  ctx: Reader,
  appId: string,
  wanted: { id: string } | { version: number },
): Promise<DeploymentView | null> {
  const attempts = await readAttempts(ctx, appId, searchedAttempts)
  const found = attempts.find((attempt) =>
    'id' in wanted
      ? attempt.build?.id === wanted.id || attempt.deployment?.id === wanted.id
      : attempt.release?.version === wanted.version,
  )
  return found ? ((await toDeploymentViews(ctx, [found]))[0] ?? null) : null
}

/** How far back a deployment can be opened. */
const searchedAttempts = 1000

/** Null: the worker does not answer. The pages say so; the rest of them still holds. */
export async function readInstances(
  ctx: Pick<ApiContext, 'live'>,
  appId: string,
): Promise<InstanceView[] | null> {
  try {
    return await ctx.live.instances(appId)
  } catch (error) {
    if (isBerthError(error, 'LIVE.UNAVAILABLE', 'LIVE.BUSY')) return null
    throw error
  }
}

/** Names and revisions for releases and attempts, each read once. */
export async function readSources(
  ctx: Reader,
  revisionIds: Iterable<string | null | undefined>,
  personIds: Iterable<string | null | undefined>,
): Promise<ViewSources> {
  const ids = [...new Set(revisionIds)].filter((id): id is string => typeof id === 'string')
  const found = await ctx.stores.revisions.many(ids)
  const revisions = new Map(found.map((revision) => [revision.id, revision]))
  const pushers = found.map(({ pushedById }) => pushedById)
  const people = await readEach([...personIds, ...pushers], (id) => ctx.stores.people.person(id))
  return { revisions, people: new Map([...people].map(([id, person]) => [id, person.name])) }
}

export async function readAttempts(ctx: Reader, appId: string, limit: number): Promise<Attempt[]> {
  const [builds, releases, deployments] = await Promise.all([
    ctx.stores.builds.list(appId, limit),
    ctx.stores.releases.list(appId, limit),
    ctx.stores.deployments.list(appId, limit),
  ])
  return joinAttempts({ builds, releases, deployments }).slice(0, limit)
}

export async function toDeploymentViews(
  ctx: Reader,
  attempts: readonly Attempt[],
): Promise<DeploymentView[]> {
  const sources = await readSources(
    ctx,
    attempts.flatMap(({ build, release }) => [build?.revisionId, release?.revisionId]),
    attempts.flatMap(({ release, build, deployment }) => [
      release?.createdById,
      build?.createdById,
      deployment?.createdById,
    ]),
  )
  return attempts.map((attempt) => deploymentView(attempt, sources))
}

/** After many failed attempts, the live deployment is not among the recent ones. */
function oldLive(ctx: Reader, appId: string, deploymentId: string): Promise<DeploymentView | null> {
  return readDeployment(ctx, appId, { id: deploymentId })
}

async function readEach<Value>(
  ids: Iterable<string | null | undefined>,
  read: (id: string) => Promise<Value | null>,
): Promise<Map<string, Value>> {
  const unique = [...new Set(ids)].filter((id): id is string => typeof id === 'string')
  const values = await Promise.all(unique.map(read))
  return new Map(unique.flatMap((id, at) => (values[at] ? [[id, values[at]] as const] : [])))
}
