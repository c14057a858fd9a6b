import type { Settings } from '@berth/domain'
import { dashboardUrl as dashboardUrlOf } from '@berth/route/certificates/dashboard-url.ts'
import { gitRemotes } from '../instructions.ts'
import { ownProcedure, publicProcedure, router } from '../procedure.ts'

export type PlatformView = {
  version: string
  baseDomain: string
  sshPort: number
  httpPort: number
  dashboardUrl: string
  /** What `berth login` takes. */
  loginUrl: string
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
    const dashboardUrl = await dashboardUrlOf(ctx.settings, ctx.stores.certificates)
    const loginUrl = loginUrlOf(ctx.settings, dashboardUrl)
    const remotes = gitRemotes(ctx.settings, dashboardUrl, 'APP')
    const workerHealthy = await ctx.live.healthy()
    const addresses = { baseDomain, sshPort, httpPort, dashboardUrl, loginUrl, remotes }
    return { version: ctx.version, ...addresses, workerHealthy }
  }),
})

/** Browsers and git know that `*.localhost` is this machine; the C library, and with it Node, need not. */
function loginUrlOf({ baseDomain, dashboardPort }: Settings, dashboardUrl: string): string {
  const isHere = baseDomain === 'localhost' || baseDomain.endsWith('.localhost')
  return isHere ? `http://127.0.0.1:${dashboardPort}` : dashboardUrl
}
