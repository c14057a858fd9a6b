import type { Deployment, Release } from '@berth/domain'
import { assertUnlocked } from '@berth/release'
import type { ApiContext } from './context.ts'
import { apiError } from './errors.ts'

/** What a person follows after they asked for a release: its number, and the stage that tells how it goes. */
export type BegunDeployment = { version: number; deploymentId: string }

/**
 * A deployment of a release that is there. Where this process dies before the job is queued, the worker ends it as lost
 * (WORKER.JOB_LOST).
 */
export async function deployRelease(
  { stores, queue }: Pick<ApiContext, 'stores' | 'queue'>,
  { id, appId, version }: Pick<Release, 'id' | 'appId' | 'version'>,
  asked: Pick<Deployment, 'cause' | 'createdById'>,
): Promise<BegunDeployment> {
  const deployment = await stores.deployments.create(appId, id, asked)
  await queue.add('deploy', { deploymentId: deployment.id })
  return { version, deploymentId: deployment.id }
}

/** Asked before a release is made. @throws RELEASE.APP_LOCKED, APP.NOT_FOUND */
export async function assertDeployable({ stores }: Pick<ApiContext, 'stores'>, appId: string): Promise<void> {
  const app = await stores.apps.get(appId)
  if (app === null) throw apiError['APP.NOT_FOUND']({ name: appId })
  await assertUnlocked(app, (id) => stores.people.person(id))
}
