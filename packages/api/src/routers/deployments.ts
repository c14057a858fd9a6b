import { z } from 'zod'
import { isUnderWay } from '../app-state.ts'
import { apiError } from '../errors.ts'
import { appInput, appProcedure, router, stageProcedure } from '../procedure.ts'
import { readDeployment, readDeployments } from '../read-app.ts'
import { type History, historyStates, readHistory } from '../read-history.ts'
import type { DeploymentView } from '../views.ts'

const limit = z.number().int().min(1).max(200).default(50)

export const deploymentsRouter = router({
  /** Newest first. Builds that failed are among them. */
  list: appProcedure('app.view')
    .input(appInput.extend({ limit }))
    .query(({ ctx, input }): Promise<DeploymentView[]> => readDeployments(ctx, ctx.app.id, input.limit)),

  /** The same, to look through: how many are wanted grows by "show older". */
  history: appProcedure('app.view')
    .input(
      appInput.extend({
        limit: z.number().int().min(1).max(1_000).default(30),
        state: z.enum(historyStates).nullable().default(null),
        text: z.string().max(200).default(''),
      }),
    )
    .query(({ ctx, input }): Promise<History> => readHistory(ctx, ctx.app, input)),

  /** By the id of its build or deployment, or by the number of its release. */
  get: appProcedure('app.view')
    .input(appInput.extend({ deployment: z.union([z.uuid(), z.number().int().min(1)]) }))
    .query(async ({ ctx, input }): Promise<DeploymentView> => {
      const { deployment } = input
      const wanted = typeof deployment === 'number' ? { version: deployment } : { id: deployment }
      const found = await readDeployment(ctx, ctx.app.id, wanted)
      if (!found) throw apiError['DEPLOYMENT.NOT_FOUND']()
      return found
    }),

  /** Ends what is under way. @throws DEPLOYMENT.OVER */
  cancel: stageProcedure('app.cancel').mutation(async ({ ctx, input }): Promise<{ cancelling: true }> => {
    const found = await readDeployment(ctx, ctx.app.id, { id: input.id })
    if (!found) throw apiError['DEPLOYMENT.NOT_FOUND']()
    if (!isUnderWay(found.state)) throw apiError['DEPLOYMENT.OVER']()
    await ctx.live.cancelStage(found.deployment?.id ?? found.id)
    return { cancelling: true }
  }),
})
