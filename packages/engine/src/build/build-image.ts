import type { CommandRunner } from '@berth/command'
import { type EventSink, isBerthError, tell } from '@berth/domain'
import { assertChecks } from '../dockerfile/lint/linter.ts'
import type { BuildRequest, Image } from '../engine.ts'
import type { FileSystems, IdRange } from '../filesystem.ts'
import type { Sandbox } from '../sandbox.ts'
import { hostArchitecture } from '../store/image-config.ts'
import type { ImageStore } from '../store/image-store.ts'
import { reached } from '../system/failure-points.ts'
import { saysNoSpace } from '../system/is-disk-full.ts'
import type { Platform } from './build-arguments.ts'
import type { BuildCache } from './build-cache.ts'
import { type CarriedOut, type CarryContext, carryOut, carryOutAgain } from './carry-out.ts'
import { DiskBudget } from './disk-budget.ts'
import { buildError } from './errors.ts'
import { type Asking, findImage, findImages } from './find-images.ts'
import type { CacheMounts } from './mounts/cache-mounts.ts'
import { openContext } from './open-context.ts'
import type { BuildPlan } from './plan.ts'
import { planBuild } from './plan-build.ts'
import {
  imageIdentity,
  isMemorablePlan,
  type KnownPlan,
  PlanMemory,
  type PlanSite,
  planSite,
} from './plan-memory.ts'
import type { Downloads } from './remote/downloads.ts'
import { resolveHistory } from './resolve-history.ts'
import type { StepContext } from './step-context.ts'
import { takeTurns } from './take-turns.ts'

/**
 * Builds images: reads the Dockerfile, plans, carries the plan out, and commits the result under its names.
 *
 * - A build that fails or is broken off leaves no mount, no process and no directory; layers of steps that were done
 *   stay, for the next build.
 * - The steps of all builds run in one range of user ids of their own, one container's worth each.
 * - What the repository holds is never read or run outside of a sandbox.
 */
export type BuilderParts = {
  fileSystems: FileSystems
  sandbox: Sandbox
  commands: CommandRunner
  images: Pick<ImageStore, 'get' | 'resolve' | 'commit' | 'withStoreLock'>
  cache: BuildCache
  cacheMounts: CacheMounts
  downloads: Downloads
  /** The range of user ids that RUN steps get. */
  range: IdRange
}

export type Builder = (request: BuildRequest, sink: EventSink, signal: AbortSignal) => Promise<Image>

/** What this machine builds for. */
export const hostPlatform: Platform = { os: 'linux', architecture: hostArchitecture }

export function createBuilder(parts: BuilderParts): Builder {
  // The lock keeps base images and layers from being pruned while the build leans on them.
  const plans = new PlanMemory()
  return (request, sink, signal) =>
    parts.images.withStoreLock(
      'shared',
      () =>
        withinTime(request, signal, (limited) =>
          buildImage(parts, plans, { request, sink, signal: limited }),
        ),
      { signal },
    )
}

/** A RUN that takes too long ends by itself, and names its line; this ends everything else. */
const graceMs = 2_000

async function withinTime<Result>(
  { limits }: BuildRequest,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController()
  const reason = buildError['BUILD.TIMED_OUT']({ place: null, limitMs: limits.timeoutMs })
  const timer = setTimeout(() => over.abort(reason), Math.min(limits.timeoutMs + graceMs, 2 ** 31 - 1))
  try {
    return await work(AbortSignal.any([signal, over.signal]))
  } finally {
    clearTimeout(timer)
  }
}

async function buildImage(parts: BuilderParts, plans: PlanMemory, asking: Asking): Promise<Image> {
  const { request, sink, signal } = asking
  signal.throwIfAborted()
  const deadline = Date.now() + request.limits.timeoutMs
  tell(sink, { kind: 'section', text: 'Building' })
  const site = await planSite(request, hostPlatform)
  const building = { ...asking, plans, site, deadline }
  const { outline, layers, made } = (await buildAgain(parts, building)) ?? (await buildAnew(parts, building))
  signal.throwIfAborted()
  const history = resolveHistory(outline.history, made, layers.length)
  try {
    return await parts.images.commit(outline.config, layers, request.names, history)
  } catch (error) {
    throw saysNoSpace(error) ? buildError['BUILD.DISK_FULL']({ place: null }, { cause: error }) : error
  }
}

type Building = Asking & { plans: PlanMemory; site: PlanSite | null; deadline: number }

/** By what planning came to the last time; undefined: that does not hold any more, or something is to be done. */
async function buildAgain(parts: BuilderParts, building: Building): Promise<CarriedOut | undefined> {
  const { plans, site, request } = building
  const known = site === null || request.noCache ? undefined : plans.find(site)
  if (known === undefined || !(await namesSameImages(parts, known, building))) return undefined
  const sourceDate = dateOf(request, known.outline)
  return carryOutAgain(known.outline, stepContext(parts, request, { ...building, sourceDate }))
}

/** Where an image cannot be found, who plans anew says so, with the line that asked. */
async function namesSameImages({ images }: BuilderParts, known: KnownPlan, asking: Asking): Promise<boolean> {
  for (const [reference, identity] of known.images) {
    try {
      if (imageIdentity(await findImage(images, reference, asking)) !== identity) return false
    } catch (error) {
      if (!isBerthError(error)) throw error
      return false
    }
  }
  return true
}

async function buildAnew(parts: BuilderParts, building: Building): Promise<CarriedOut> {
  const { plans, site, request, sink, signal } = building
  const { dockerfile, context } = await openContext(request.tree, request.dockerfilePath)
  reached('context read')
  const options = { target: request.target, arguments: request.arguments, platform: hostPlatform }
  const images = await findImages(parts, dockerfile, { ...options, sink, signal, request })
  const plan = planBuild(dockerfile, { ...options, labels: request.labels, images, context })
  for (const warning of plan.warnings) tell(sink, { kind: 'warning', ...warning })
  assertChecks(dockerfile, request.arguments, plan.warnings)
  reached('build planned')
  const sourceDate = dateOf(request, plan)
  const done = await carryOut(plan, stepContext(parts, request, { ...building, sourceDate }))
  if (site !== null && isMemorablePlan(plan)) {
    const identities = [...images].map(([reference, image]) => [reference, imageIdentity(image)] as const)
    plans.keep(site, { outline: done.outline, images: new Map(identities) })
  }
  return done
}

function dateOf(request: BuildRequest, plan: Pick<BuildPlan, 'sourceDate'>): Date | null {
  return request.sourceDate ?? plan.sourceDate
}

/** What all steps of one build share. */
export function stepContext(
  parts: BuilderParts,
  request: BuildRequest,
  told: Pick<StepContext, 'sink' | 'signal' | 'deadline' | 'sourceDate'>,
): CarryContext {
  const { images: _images, ...rest } = parts
  const disk = new DiskBudget(request.limits)
  return { ...rest, ...told, warnings: [], copies: parts.cache.copies, request, disk, reading: takeTurns() }
}
