import type { Deployment, Release } from '@berth/domain'
import { assertUnlocked, type NewRelease, toldTo } from '@berth/release'
import type { ApiContext } from './context.ts'
import { apiError } from './errors.ts'

/** What a person follows after they asked for a release: its number, and the stage that tells how it goes. */
export type BegunDeployment = { version: number; deploymentId: string }

type Beginning = Pick<ApiContext, 'stores' | 'queue'>

/**
 * A release that a person asked for, with what is its app's configuration by now, and its deployment, which the worker carries
 * out. Where this process dies before
 * the job is queued, the worker ends the deployment as lost (WORKER.JOB_LOST).
 * @throws RELEASE.APP_LOCKED
 */
export async function beginDeployment(ctx: Beginning, release: NewRelease): Promise<BegunDeployment> {
  await assertDeployable(ctx, release.appId)
  const made = await ctx.stores.releases.next(release.appId, ({ current }) => ({
    release: { ...release, ...toldTo(current) },
  }))
  if (made === null) throw new Error('a release was decided for')
  return await deployRelease(ctx, made, { cause: 'change', createdById: made.createdById })
}

/** For whoever makes a release in another way: asked before it is made. @throws RELEASE.APP_LOCKED */
export async function assertDeployable({ stores }: Pick<ApiContext, 'stores'>, appId: string): Promise<void> {
  const app = await stores.apps.get(appId)
  if (app === null) throw apiError['APP.NOT_FOUND']({ name: appId })
  await assertUnlocked(app, (id) => stores.people.person(id))
}

/** A deployment of a release that is there. */
export async function deployRelease(
  { stores, queue }: Beginning,
  { id, appId, version }: Pick<Release, 'id' | 'appId' | 'version'>,
  asked: Pick<Deployment, 'cause' | 'createdById'>,
): Promise<BegunDeployment> {
  const deployment = await stores.deployments.create(appId, id, asked)
  await queue.add('deploy', { deploymentId: deployment.id })
  return { version, deploymentId: deployment.id }
}
