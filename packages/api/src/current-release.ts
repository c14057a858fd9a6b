import type { Release } from '@berth/domain'
import type { ApiContext } from './context.ts'

/** An app whose last so many deployments all failed is looked up by what is live. */
const recent = 20

/** What runs, or is about to: what a change begins with. Null: nothing was deployed yet. */
export async function currentRelease(
  { stores }: Pick<ApiContext, 'stores'>,
  appId: string,
): Promise<Release | null> {
  const newest = (await stores.deployments.list(appId, recent)).find(
    ({ state }) => state !== 'failed' && state !== 'cancelled',
  )
  const deployment = newest ?? (await stores.deployments.live(appId))
  return deployment && (await stores.releases.get(deployment.releaseId))
}
