import type { InstanceView } from '@berth/observe'
import { appProcedure, router } from '../procedure.ts'
import { readInstances } from '../read-app.ts'

export const instancesRouter = router({
  /** What really runs. Null: the worker does not answer at the moment. */
  list: appProcedure('app.view').query(
    ({ ctx }): Promise<InstanceView[] | null> => readInstances(ctx, ctx.app.id),
  ),
})
