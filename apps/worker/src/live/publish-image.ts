import { Secret } from '@berth/command'
import { liveError } from '@berth/observe'
import type { Parts } from '../parts.ts'

/** Which release of which app is wanted in the registry; `token` lets us push it there, once. */
export type PublishRequest = { appId: string; version: number; token: string }

/** Releases are numbered without gaps; nobody asks for one that is so old that it is not among these. */
const mostReleases = 1_000

/**
 * Sends the image of a release to the registry on this machine, which asks for it when somebody wants to pull it: layers are
 * made into archives then, and not before. @throws LIVE.NOT_FOUND, IMAGE.NOT_FOUND, REGISTRY.…
 */
export async function publishImage(
  { stores, engine, settings }: Parts,
  { appId, version, token }: PublishRequest,
  signal: AbortSignal,
): Promise<void> {
  const [app, releases] = [await stores.apps.get(appId), await stores.releases.list(appId, mostReleases)]
  const release = releases.find((each) => each.version === version)
  if (app === null || release === undefined) throw liveError['LIVE.NOT_FOUND']({ what: 'such release' })
  await engine.images.push(release.imageDigest, {
    // Another team's FROM does not find it, not even by its digest.
    scope: app.teamId,
    name: `127.0.0.1:${settings.receiverPort}/${appId}:v${version}`,
    credentials: { username: 'worker', password: new Secret(token) },
    signal,
  })
}
