import { instanceLimits } from '@berth/deploy'
import { type App, type ProcessLimits, saySize } from '@berth/domain'
import { changeRelease, toldTo } from '@berth/release'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { currentRelease } from '../current-release.ts'
import { assertDeployable, type BegunDeployment, deployRelease } from '../deploy-release.ts'
import { apiError } from '../errors.ts'
import { type MachineBounds, machineBounds } from '../machine-bounds.ts'
import { nextRelease } from '../next-release.ts'
import { appInput, appProcedure, router } from '../procedure.ts'
import { readProcessType, taskType } from '../process-types.ts'

export type LimitsView = {
  type: string
  memoryBytes: number
  /** Null: as much as is free. */
  cpus: number | null
  /** Nobody has said either. */
  isDefault: boolean
}

/** Null: there was nothing to deploy, because nothing changed or nothing is deployed yet. */
export type LimitsChange = { limits: LimitsView; changed: boolean; begun: BegunDeployment | null }

const noLimits: ProcessLimits = { memoryBytes: null, cpus: null }

/** What one instance may use, by process type. A change makes a release: instances are replaced by others that have it. */
export const limitsRouter = router({
  list: appProcedure('app.view').query(async ({ ctx }): Promise<LimitsView[]> => {
    const [limits, release] = await Promise.all([
      ctx.stores.apps.limits(ctx.app.id),
      currentRelease(ctx, ctx.app.id),
    ])
    const types = [...(release?.processes.map(({ type }) => type) ?? []), ...Object.keys(limits)]
    return [...new Set<string>(types)].map((type) => limitsView(type, limits[type]))
  }),

  /** What one instance may be given here: the ends of a slider. */
  bounds: appProcedure('app.view').query((): MachineBounds => machineBounds()),

  /** What is left out stays; null: the platform's. @throws PROCESS.UNKNOWN_TYPE, LIMITS.OUT_OF_BOUNDS, RELEASE.APP_LOCKED */
  set: appProcedure('app.scale')
    .input(
      appInput.extend({
        type: z.string().max(200),
        memoryBytes: z.int().nullish(),
        cpus: z.number().nullish(),
      }),
    )
    .mutation(async ({ ctx, input }): Promise<LimitsChange> => {
      const { memoryBytes, cpus } = input
      assertWithin(input)
      const said = (before: ProcessLimits) => ({
        memoryBytes: memoryBytes === undefined ? before.memoryBytes : memoryBytes,
        cpus: cpus === undefined ? before.cpus : cpus,
      })
      return await change(ctx, { app: ctx.app, by: ctx.person.id, type: input.type, said })
    }),

  /** Back to the platform's. @throws PROCESS.UNKNOWN_TYPE, RELEASE.APP_LOCKED */
  unset: appProcedure('app.scale')
    .input(appInput.extend({ type: z.string().max(200) }))
    .mutation(
      async ({ ctx, input }): Promise<LimitsChange> =>
        change(ctx, { app: ctx.app, by: ctx.person.id, type: input.type, said: () => noLimits }),
    ),
})

type LimitsWish = { app: App; by: string; type: string; said(before: ProcessLimits): ProcessLimits }

async function change(ctx: ApiContext, { app, by, type: given, said }: LimitsWish): Promise<LimitsChange> {
  const [known, release] = await Promise.all([ctx.stores.apps.limits(app.id), currentRelease(ctx, app.id)])
  const type = readProcessType(given, release, [taskType, ...Object.keys(known)])
  await assertDeployable(ctx, app.id)
  const before = known[type] ?? noLimits
  const after = said(before)
  ctx.change.before = { [type]: before }
  ctx.change.after = { [type]: after }
  const limits = limitsView(type, after)
  if (before.memoryBytes === after.memoryBytes && before.cpus === after.cpus)
    return { limits, changed: false, begun: null }
  await ctx.stores.apps.setLimits(app.id, type, after)
  const begun = await releaseLimits(ctx, { app, by, reason: reasonOf(limits) })
  return { limits, changed: true, begun }
}

/** Null: nothing is deployed yet. */
async function releaseLimits(
  ctx: ApiContext,
  { app, by, reason }: { app: App; by: string; reason: string },
): Promise<BegunDeployment | null> {
  const limits = await ctx.stores.apps.limits(app.id)
  const made = await nextRelease(ctx, app.id, (base, { current }) => ({
    release: base && changeRelease(base, { ...toldTo(current), limits, reason, createdById: by }),
  }))
  return made && (await deployRelease(ctx, made, { cause: 'change', createdById: by }))
}

function reasonOf({ type, memoryBytes, cpus, isDefault }: LimitsView): string {
  if (isDefault) return `Take the limits of ${type} away`
  return `Limit ${type} to ${saySize(memoryBytes)}${cpus === null ? '' : ` and ${cpus} CPU`}`
}

function limitsView(type: string, said: ProcessLimits = noLimits): LimitsView {
  return {
    type,
    memoryBytes: said.memoryBytes ?? instanceLimits.memoryBytes,
    cpus: said.cpus,
    isDefault: said.memoryBytes === null && said.cpus === null,
  }
}

/** @throws LIMITS.OUT_OF_BOUNDS */
function assertWithin({ memoryBytes = null, cpus = null }: Partial<ProcessLimits>): void {
  const { leastMemoryBytes, mostMemoryBytes, leastCpus, mostCpus } = machineBounds()
  if (memoryBytes !== null && !(memoryBytes >= leastMemoryBytes && memoryBytes <= mostMemoryBytes)) {
    const range = `${saySize(leastMemoryBytes)} to ${saySize(mostMemoryBytes)} of memory`
    throw apiError['LIMITS.OUT_OF_BOUNDS']({ range, given: saySize(memoryBytes) })
  }
  if (cpus !== null && !(cpus >= leastCpus && cpus <= mostCpus))
    throw apiError['LIMITS.OUT_OF_BOUNDS']({ range: `${leastCpus} to ${mostCpus} CPUs`, given: String(cpus) })
}
