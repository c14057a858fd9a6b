import { isBerthError, type Release } from '@berth/domain'
import { z } from 'zod'
import { compareReleases, type ReleaseDifference } from '../compare-releases.ts'
import type { ApiContext } from '../context.ts'
import { apiError } from '../errors.ts'
import { appInput, appProcedure, router } from '../procedure.ts'
import { readSources } from '../read-app.ts'
import { previewRollBack, type RolledBack, rollBack } from '../roll-back.ts'
import { type ReleaseDetail, type ReleaseView, releaseDetail, releaseView } from '../views.ts'

/** 12 for v12. Left out where a test walks all procedures with one input: then there is no such release. */
const version = z.int().min(0).max(2_147_483_647).default(0)

const goingBack = {
  version: version.nullable().default(null),
  keepConfiguration: z.boolean().default(false),
}

export const releasesRouter = router({
  /** Newest first. */
  list: appProcedure('app.view')
    .input(appInput.extend({ limit: z.number().int().min(1).max(200).default(50) }))
    .query(async ({ ctx, input }): Promise<ReleaseView[]> => {
      const releases = await ctx.stores.releases.list(ctx.app.id, input.limit)
      const now = await readNow(ctx, ctx.app.id)
      const sources = await readSources(
        ctx,
        releases.map(({ revisionId }) => revisionId),
        releases.map(({ createdById }) => createdById),
      )
      return releases.map((release) => releaseView(release, sources, now))
    }),

  /** With all that it holds but the values of its variables. @throws RELEASE.NOT_FOUND */
  info: appProcedure('app.view')
    .input(appInput.extend({ version }))
    .query(async ({ ctx, input }): Promise<ReleaseDetail> => {
      const release = await releaseOf(ctx, ctx.app.id, input.version)
      const now = await readNow(ctx, ctx.app.id)
      const sources = await readSources(ctx, [release.revisionId], [release.createdById])
      return releaseDetail(release, sources, now)
    }),

  /** @throws RELEASE.NOT_FOUND */
  diff: appProcedure('app.view')
    .input(appInput.extend({ from: version, to: version }))
    .query(async ({ ctx, input }): Promise<ReleaseDifference> => {
      const before = await releaseOf(ctx, ctx.app.id, input.from)
      return await compareReleases(ctx, before, await releaseOf(ctx, ctx.app.id, input.to))
    }),

  /** What going back would change of what runs now. Values of variables are in none of it. @throws RELEASE.… */
  rollbackPreview: appProcedure('app.view')
    .input(appInput.extend(goingBack))
    .query(
      ({ ctx, input: { version, keepConfiguration } }): Promise<ReleaseDifference> =>
        previewRollBack(ctx, { app: ctx.app, by: ctx.person.id, version, keepConfiguration }),
    ),

  /** `version` null: the one that was live before. @throws RELEASE.… */
  rollback: appProcedure('app.rollback')
    .input(appInput.extend(goingBack))
    .mutation(
      ({ ctx, input }): Promise<RolledBack> =>
        rollBack(ctx, {
          app: ctx.app,
          by: ctx.person.id,
          version: input.version,
          keepConfiguration: input.keepConfiguration,
        }),
    ),
})

async function releaseOf({ stores }: ApiContext, appId: string, wanted: number): Promise<Release> {
  const release = await stores.releases.byVersion(appId, wanted)
  if (release === null) throw apiError['RELEASE.NOT_FOUND']({ version: wanted })
  return release
}

/** Which release is live, and which can be gone back to; null: the worker did not say. */
async function readNow({ stores, live }: ApiContext, appId: string) {
  const [deployment, available] = await Promise.all([
    stores.deployments.live(appId),
    live.availableReleases(appId).catch((error: unknown) => {
      if (isBerthError(error, 'LIVE.UNAVAILABLE', 'LIVE.BUSY')) return null
      throw error
    }),
  ])
  return { liveId: deployment?.releaseId ?? null, available }
}
