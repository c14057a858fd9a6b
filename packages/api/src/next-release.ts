import type { Release } from '@berth/domain'
import type { Decide, NewRelease } from '@berth/release'
import type { ApiContext } from './context.ts'
import { currentRelease } from './current-release.ts'
import { apiError } from './errors.ts'

type Told = Omit<Parameters<Decide>[0], 'latest'>
type Next = (base: Release | null, told: Told) => ReturnType<Decide> | { release: NewRelease | null }

const mostTries = 5

/**
 * An app's next release, made of what runs or is about to: where somebody makes another meanwhile, with another image, say, it
 * is decided again, so that nothing is taken back. `base` null: nothing is deployed yet. Null: it was decided for no release.
 * @throws RELEASE.TOO_MANY_AT_ONCE
 */
export async function nextRelease(
  { stores }: Pick<ApiContext, 'stores'>,
  appId: string,
  decide: Next,
): Promise<Release | null> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const [seen] = await stores.releases.list(appId, 1)
    const base = await baseOf({ stores }, appId, seen)
    let movedOn = false
    const made = await stores.releases.next(appId, ({ latest, ...told }) => {
      movedOn = latest?.id !== seen?.id
      return movedOn ? { release: null } : decide(base, told)
    })
    if (!movedOn) return made
  }
  throw apiError['RELEASE.TOO_MANY_AT_ONCE']()
}

/** A release gets its deployment a moment after it was made. */
const untilDeployedMs = 60_000

/** Never a release that failed: its image would fail again. */
async function baseOf(
  { stores }: Pick<ApiContext, 'stores'>,
  appId: string,
  latest: Pick<Release, 'id' | 'createdAt'> | undefined,
): Promise<Release | null> {
  if (latest && Date.now() - latest.createdAt.getTime() < untilDeployedMs) {
    const deployments = await stores.deployments.list(appId, 20)
    if (!deployments.some(({ releaseId }) => releaseId === latest.id))
      return await stores.releases.get(latest.id)
  }
  return await currentRelease({ stores }, appId)
}
