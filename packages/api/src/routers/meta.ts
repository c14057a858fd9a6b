import { dashboardHost, frontDoorUrl } from '@berth/domain'
import { gitRemotes } from '../instructions.ts'
import { ownProcedure, publicProcedure, router } from '../procedure.ts'

export type PlatformView = {
  version: string
  baseDomain: string
  sshPort: number
  httpPort: number
  dashboardUrl: string
  /** With `APP` in place of a name. */
  remotes: { ssh: string; http: string }
  /** Does the worker answer? */
  workerHealthy: boolean
}

export const metaRouter = router({
  /** All that a stranger may know: is there an owner yet, and which version is this. */
  status: publicProcedure.query(async ({ ctx }): Promise<{ hasOwner: boolean; version: string }> => {
    return { hasOwner: await ctx.stores.people.hasOwner(), version: ctx.version }
  }),

  /** What instructions need. */
  platform: ownProcedure.query(async ({ ctx }): Promise<PlatformView> => {
    const { baseDomain, sshPort, httpPort } = ctx.settings
    const dashboardUrl = frontDoorUrl(ctx.settings, dashboardHost(ctx.settings))
    const remotes = gitRemotes(ctx.settings, 'APP')
    const workerHealthy = await ctx.live.healthy()
    return { version: ctx.version, baseDomain, sshPort, httpPort, dashboardUrl, remotes, workerHealthy }
  }),
})
