import type { App, BuildSource } from '@berth/domain'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { assertDeployable } from '../deploy-release.ts'
import { apiError } from '../errors.ts'
import { appInput, appProcedure, router } from '../procedure.ts'

/** The build to follow; its deployment comes after it. */
export type BegunBuild = { buildId: string }

const reference = z
  .string()
  .max(500)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/:@-]*$/, 'is not the name of an image')

/** Branches, tags and commits; never an option, and nothing that git reads in another way. */
const ref = z
  .string()
  .max(250)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/+-]*$/, 'is not a branch, a tag or a commit')
  .refine((given) => !/\.\.|\/\/|\.lock$|[./]$/.test(given), 'is not a branch, a tag or a commit')

/** Deployments without a push: the same log, gates and release as one. */
export const deployRouter = router({
  /** One of the store, or of a registry. @throws RELEASE.APP_LOCKED */
  image: appProcedure('app.push')
    .input(appInput.extend({ reference, pull: z.boolean().default(false) }))
    .mutation(({ ctx, input: { reference, pull } }) =>
      begin(ctx, ctx.app, { by: ctx.person.id, source: { kind: 'image', reference, pull } }),
    ),

  /** The worker fetches it. @throws RELEASE.APP_LOCKED, DEPLOY.BAD_ADDRESS */
  git: appProcedure('app.push')
    .input(appInput.extend({ url: z.string().min(1).max(2_000), ref: ref.nullable().default(null) }))
    .mutation(({ ctx, input }) => {
      const source: BuildSource = { kind: 'git', url: gitUrl(input.url), ref: input.ref }
      return begin(ctx, ctx.app, { by: ctx.person.id, source })
    }),
})

async function begin(
  ctx: ApiContext,
  app: App,
  { source, by }: { source: BuildSource; by: string },
): Promise<BegunBuild> {
  await assertDeployable(ctx, app.id)
  ctx.change.after = source
  const build = await ctx.stores.builds.create(app.id, null, { source, createdById: by })
  await ctx.queue.add('build', { buildId: build.id, objects: { quarantine: null } })
  return { buildId: build.id }
}

/** `ssh://git@host:22/path` and `git@host:path`, as git has them; the path by itself. */
const bySsh = /^(?:(?:git\+)?ssh:\/\/(?:[\w.-]+@)?([a-z0-9.-]+)(?::\d+)?\/|[\w.-]+@([a-z0-9.-]+):)(\S+)$/i

/** Kept with the build and shown: no password may stand in it. @throws DEPLOY.BAD_ADDRESS, DEPLOY.BY_SSH */
function gitUrl(given: string): string {
  const [ssh, urlHost, host = urlHost, path] = bySsh.exec(given) ?? []
  if (ssh !== undefined && host !== undefined)
    throw apiError['DEPLOY.BY_SSH']({ host, https: `https://${host}/${path}` })

  const url = URL.canParse(given) ? new URL(given) : null
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw apiError['DEPLOY.BAD_ADDRESS']({ reason: 'it is not an address that begins with https://' })
  if (url.username !== '' || url.password !== '')
    throw apiError['DEPLOY.BAD_ADDRESS']({ reason: 'it holds a user name or a password' })
  if (url.search !== '' || url.hash !== '')
    throw apiError['DEPLOY.BAD_ADDRESS']({ reason: 'it holds "?" or "#"' })
  return url.href
}
