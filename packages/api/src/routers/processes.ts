import { quantitiesOf } from '@berth/deploy'
import type { App, Formation, Healthcheck, ProcessType, Release } from '@berth/domain'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { currentRelease } from '../current-release.ts'
import { type BegunDeployment, deployRelease } from '../deploy-release.ts'
import { apiError } from '../errors.ts'
import { appInput, appProcedure, router } from '../procedure.ts'
import { readProcessType } from '../process-types.ts'

export type ProcessView = {
  type: string
  /** As in the Procfile; null: the image's own. */
  command: string | null
  quantity: number
  /** None: the image's own, and else whether it listens. */
  healthchecks: Healthcheck[]
}

export type ScaleView = {
  changes: { type: string; before: number; after: number }[]
  /** Whether it comes about now. */
  state: 'running' | 'stopped' | 'not-deployed'
}

/** A deployment to follow, or the containers in whose places others come. */
export type RestartView =
  | ({ kind: 'deployment' } & BegunDeployment)
  | { kind: 'instances'; replaced: { name: string; containerId: string }[] }

const mostInstances = 100
const restarted = z
  .string()
  .max(50)
  .regex(/^[a-z][a-z0-9-]*(?:\.[1-9]\d{0,4})?$/, 'is neither a process type (web) nor an instance (web.1)')
  .nullable()
  .default(null)

export const processesRouter = router({
  /** The process types of what runs, and how many of each should. */
  list: appProcedure('app.view').query(async ({ ctx }): Promise<ProcessView[]> => {
    const release = await currentRelease(ctx, ctx.app.id)
    if (release === null) return []
    const quantities = await wantedOf(ctx, ctx.app, release)
    return release.processes.map(({ type, command }) => {
      const healthchecks = release.healthchecks[type] ?? []
      return { type, command, quantity: quantities[type] ?? 0, healthchecks }
    })
  }),

  /** Makes no release. Kept for the first deployment where there is none yet. @throws PROCESS.UNKNOWN_TYPE, NAME.INVALID */
  scale: appProcedure('app.scale')
    .input(
      appInput.extend({
        quantities: z
          .record(z.string().max(200), z.int().min(0).max(mostInstances))
          .refine((given) => Object.keys(given).length > 0, 'names no process type'),
      }),
    )
    .mutation(async ({ ctx, input }): Promise<ScaleView> => {
      const { app } = ctx
      const release = await currentRelease(ctx, app.id)
      const types = Object.keys(input.quantities).map((type) => readProcessType(type, release))
      const before = await wantedOf(ctx, app, release)
      const changes = types
        .map((type) => ({ type, before: before[type] ?? 0, after: input.quantities[type] ?? 0 }))
        .filter((change) => change.before !== change.after)
      ctx.change.before = Object.fromEntries(changes.map((change) => [change.type, change.before]))
      ctx.change.after = Object.fromEntries(changes.map((change) => [change.type, change.after]))
      await ctx.stores.apps.setFormation(app.id, input.quantities)
      await ctx.queue.add('converge-app', { appId: app.id })
      return { changes, state: stateOf(app, release) }
    }),

  /**
   * The whole app: a deployment of the same release. A type or one instance: others in their places. Without downtime, either
   * way. @throws APP.NOT_DEPLOYED, APP.STOPPED, PROCESS.UNKNOWN_TYPE, PROCESS.NO_INSTANCE
   */
  restart: appProcedure('app.restart')
    .input(appInput.extend({ what: restarted }))
    .mutation(async ({ ctx, input }): Promise<RestartView> => {
      const { app, person } = ctx
      const live = await ctx.stores.deployments.live(app.id)
      if (live === null) throw apiError['APP.NOT_DEPLOYED']({ app: app.name })
      if (app.stoppedAt !== null) throw apiError['APP.STOPPED']({ app: app.name })
      const release = await ctx.stores.releases.get(live.releaseId)
      ctx.change.after = { restarted: input.what ?? 'all' }
      if (input.what !== null) return await replaceInstances(ctx, { app, release, what: input.what })
      const asked = { cause: 'restart', createdById: person.id } as const
      return { kind: 'deployment', ...(await deployRelease(ctx, release, asked)) }
    }),

  /** Nothing of it runs until somebody starts it, or deploys. Jobs on a schedule rest too. */
  stop: appProcedure('app.restart').mutation(({ ctx }) => setStopped(ctx, ctx.app, true)),

  start: appProcedure('app.restart').mutation(({ ctx }) => setStopped(ctx, ctx.app, false)),
})

/** `changed`: false where it was so already. */
async function setStopped(ctx: ApiContext, app: App, stopped: boolean): Promise<{ changed: boolean }> {
  if ((await ctx.stores.deployments.live(app.id)) === null)
    throw apiError['APP.NOT_DEPLOYED']({ app: app.name })
  const changed = (app.stoppedAt !== null) !== stopped
  ctx.change.before = { stopped: app.stoppedAt !== null }
  ctx.change.after = { stopped }
  await ctx.stores.apps.setStopped(app.id, stopped)
  await ctx.queue.add('converge-app', { appId: app.id })
  return { changed }
}

async function replaceInstances(
  ctx: ApiContext,
  { app, release, what }: { app: App; release: Release; what: string },
): Promise<RestartView> {
  const [said = '', index] = what.split('.')
  const type = readProcessType(said, release)
  const before = new Date().toISOString()
  const found = (await ctx.live.instances(app.id)).filter(
    ({ name, processType }) => processType === type && (index === undefined || name === what),
  )
  if (found.length === 0) throw apiError['PROCESS.NO_INSTANCE']({ what })
  const place = { type, index: index === undefined ? null : Number(index) }
  await ctx.queue.add('restart-instances', { appId: app.id, ...place, before })
  const replaced = found.filter(({ containerId }) => containerId !== '')
  return { kind: 'instances', replaced: replaced.map(({ name, containerId }) => ({ name, containerId })) }
}

async function wantedOf(
  { stores }: Pick<ApiContext, 'stores'>,
  app: App,
  release: Release | null,
): Promise<Formation> {
  const said = await stores.apps.formation(app.id)
  if (release === null) return said
  const quantities = quantitiesOf(release, said)
  return Object.fromEntries(quantities.map(({ type, quantity }): [ProcessType, number] => [type, quantity]))
}

function stateOf(app: App, release: Release | null): ScaleView['state'] {
  if (release === null) return 'not-deployed'
  return app.stoppedAt === null ? 'running' : 'stopped'
}
