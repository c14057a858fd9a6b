import type { NewRelease } from '@berth/release'
import type { ApiContext } from './context.ts'

/** What a person follows after they asked for a release: its number, and the stage that tells how it goes. */
export type BegunDeployment = { version: number; deploymentId: string }

/**
 * A release that a person asked for, and its deployment, which the worker carries out. Where this process dies before
 * the job is queued, the worker ends the deployment as lost (WORKER.JOB_LOST).
 */
export async function beginDeployment(
  { stores, queue }: Pick<ApiContext, 'stores' | 'queue'>,
  release: NewRelease,
): Promise<BegunDeployment> {
  const made = await stores.releases.create(release)
  const deployment = await stores.deployments.create(made.appId, made.id)
  await queue.add('deploy', { deploymentId: deployment.id })
  return { version: made.version, deploymentId: deployment.id }
}
