import type { App, Configuration, Release } from '@berth/domain'
import { changeRelease, type NewRelease, toldTo } from '@berth/release'
import { compareReleases, type ReleaseDifference, recordedDifference } from './compare-releases.ts'
import type { ApiContext } from './context.ts'
import { currentRelease } from './current-release.ts'
import { assertDeployable, type BegunDeployment, deployRelease } from './deploy-release.ts'
import { apiError } from './errors.ts'

export type RolledBack = BegunDeployment & { from: number }

type Asked = { app: App; by: string; version: number | null; keepConfiguration: boolean }

/**
 * A new release with what an earlier one had: its image, its process types, its checks, and unless `keepConfiguration` what
 * it was told, which is current from then on. Limits stay as they are: they belong to the machine's load, not to the code.
 * @throws RELEASE.NOT_FOUND, RELEASE.NO_EARLIER, RELEASE.LIVE_ALREADY, RELEASE.IMAGE_GONE, RELEASE.APP_LOCKED
 */
export async function rollBack(ctx: ApiContext, asked: Asked): Promise<RolledBack> {
  const { stores } = ctx
  const { app, by, keepConfiguration } = asked
  await assertDeployable(ctx, app.id)
  const target = await targetOf(ctx, asked)
  const limits = await stores.apps.limits(app.id)
  const made = await stores.releases.next(app.id, ({ current }) => {
    const release = releaseLike(target, { ...asked, limits, current })
    if (keepConfiguration) return { release }
    const now = { variables: target.configuration, secretFiles: target.secretFiles }
    return { release, configuration: { now, changedById: by } }
  })
  if (made === null) throw new Error('going back always makes a release')
  ctx.change.after = { release: made.version, like: target.version, keepConfiguration }
  return { ...(await deployRelease(ctx, made, { cause: 'change', createdById: by })), from: target.version }
}

/**
 * What `rollBack` would change of what runs now, and nothing done.
 * @throws RELEASE.NOT_FOUND, RELEASE.NO_EARLIER, RELEASE.LIVE_ALREADY, RELEASE.IMAGE_GONE
 */
export async function previewRollBack(
  ctx: Pick<ApiContext, 'stores' | 'live'>,
  asked: Asked,
): Promise<ReleaseDifference> {
  const { stores } = ctx
  const { app } = asked
  const target = await targetOf(ctx, asked)
  const [limits, current, running] = await Promise.all([
    stores.apps.limits(app.id),
    stores.configurations.current(app.id),
    runningRelease(ctx, app.id),
  ])
  const before = running ?? target
  const between = await compareReleases(ctx, before, target)
  return { ...between, ...recordedDifference(before, releaseLike(target, { ...asked, limits, current })) }
}

/** What serves now; where nothing does, what is about to. */
async function runningRelease(ctx: Pick<ApiContext, 'stores'>, appId: string): Promise<Release | null> {
  const live = await ctx.stores.deployments.live(appId)
  return live === null ? await currentRelease(ctx, appId) : await ctx.stores.releases.get(live.releaseId)
}

type Now = Pick<Asked, 'by' | 'keepConfiguration'> & Pick<Release, 'limits'> & { current: Configuration }

function releaseLike(target: Release, { by, keepConfiguration, limits, current }: Now): NewRelease {
  const said = { reason: reasonOf(target, keepConfiguration), createdById: by, limits }
  return changeRelease(target, keepConfiguration ? { ...said, ...toldTo(current) } : said)
}

async function targetOf(ctx: Pick<ApiContext, 'stores' | 'live'>, { app, version }: Asked): Promise<Release> {
  const target =
    version === null ? await earlier(ctx, app.id) : await ctx.stores.releases.byVersion(app.id, version)
  if (target === null) throw apiError['RELEASE.NOT_FOUND']({ version: version ?? 0 })
  const live = await ctx.stores.deployments.live(app.id)
  if (live?.releaseId === target.id) throw apiError['RELEASE.LIVE_ALREADY']({ version: target.version })
  const available = await ctx.live.availableReleases(app.id)
  if (!available.includes(target.version)) throw apiError['RELEASE.IMAGE_GONE']({ version: target.version })
  return target
}

/** So far back is looked for one that was live. */
const recent = 200

/** What was live before what is live now: going back twice is going forth again. */
async function earlier({ stores }: Pick<ApiContext, 'stores'>, appId: string): Promise<Release> {
  const live = await stores.deployments.live(appId)
  const before = (await stores.deployments.list(appId, recent)).find(
    ({ state, releaseId }) => state === 'superseded' && releaseId !== live?.releaseId,
  )
  if (before === undefined) throw apiError['RELEASE.NO_EARLIER']()
  return await stores.releases.get(before.releaseId)
}

function reasonOf({ version }: Release, keepConfiguration: boolean): string {
  return `Roll back to v${version}${keepConfiguration ? ', with today’s configuration' : ''}`
}
