import type { Parts } from '../parts.ts'

/** As far back as the API lists them. */
const mostReleases = 200

/** The versions whose images are here: what an app can go back to. */
export async function availableReleases(
  { stores, engine }: Pick<Parts, 'stores' | 'engine'>,
  appId: string,
): Promise<number[]> {
  const releases = await stores.releases.list(appId, mostReleases)
  const present = new Set((await engine.images.list()).map(({ digest }) => digest))
  return releases.filter(({ imageDigest }) => present.has(imageDigest)).map(({ version }) => version)
}
