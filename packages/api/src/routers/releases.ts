import { z } from 'zod'
import { appInput, appProcedure, router } from '../procedure.ts'
import { readSources } from '../read-app.ts'
import { type ReleaseView, releaseView } from '../views.ts'

export const releasesRouter = router({
  /** Newest first. */
  list: appProcedure('app.view')
    .input(appInput.extend({ limit: z.number().int().min(1).max(200).default(50) }))
    .query(async ({ ctx, input }): Promise<ReleaseView[]> => {
      const releases = await ctx.stores.releases.list(ctx.app.id, input.limit)
      const sources = await readSources(
        ctx,
        releases.map(({ revisionId }) => revisionId),
        releases.map(({ createdById }) => createdById),
      )
      return releases.map((release) => releaseView(release, sources))
    }),
})
