import type { DeployKey } from '@berth/domain'
import { z } from 'zod'
import { apiError } from '../errors.ts'
import { appInput, appProcedure, router } from '../procedure.ts'
import { iso } from '../views.ts'

export type DeployKeyView = {
  id: string
  name: string
  fingerprint: string
  /** False: it fetches alone. */
  mayPush: boolean
  createdAt: string
  lastUsedAt: string | null
}

/** SSH keys of an app's own: whoever holds one may push to that app, or fetch it, and nothing else. */
export const deployKeysRouter = router({
  list: appProcedure('app.view').query(async ({ ctx }): Promise<DeployKeyView[]> => {
    return (await ctx.stores.people.deployKeys(ctx.app.id)).map(deployKeyView)
  }),

  /** @throws KEY.INVALID, KEY.PRIVATE, KEY.TAKEN */
  add: appProcedure('app.keys.change')
    .input(
      appInput.extend({
        name: z.string().trim().max(80).default(''),
        publicKey: z.string().max(20_000),
        mayPush: z.boolean().default(true),
      }),
    )
    .mutation(async ({ ctx, input }): Promise<DeployKeyView> => {
      const { name, publicKey: line, mayPush } = input
      const key = await ctx.keys.addDeployKey(ctx.app.id, { name, line, mayPush })
      ctx.change.after = { name: key.name, fingerprint: key.fingerprint, mayPush }
      return deployKeyView(key)
    }),

  /** @throws KEY.NOT_FOUND */
  remove: appProcedure('app.keys.change')
    .input(appInput.extend({ key: z.string().max(100) }))
    .mutation(async ({ ctx, input }): Promise<void> => {
      const { people } = ctx.stores
      const known = (await people.deployKeys(ctx.app.id)).find(
        ({ id, name, fingerprint }) => id === input.key || name === input.key || fingerprint === input.key,
      )
      ctx.change.before = { name: known?.name, fingerprint: known?.fingerprint, mayPush: known?.mayPush }
      if (!known || !(await people.removeDeployKey(ctx.app.id, known.id))) throw apiError['KEY.NOT_FOUND']()
    }),
})

function deployKeyView({ id, name, fingerprint, mayPush, createdAt, lastUsedAt }: DeployKey): DeployKeyView {
  return { id, name, fingerprint, mayPush, createdAt: createdAt.toISOString(), lastUsedAt: iso(lastUsedAt) }
}
