import type { CommandRunner } from '@berth/command'
import { type EventSink, tell } from '@berth/domain'
import { assertChecks } from '../dockerfile/lint/linter.ts'
import type { BuildRequest, Image } from '../engine.ts'
import type { FileSystems, IdRange } from '../filesystem.ts'
import type { Sandbox } from '../sandbox.ts'
import type { ImageStore } from '../store/image-store.ts'
import { reached } from '../system/failure-points.ts'
import { saysNoSpace } from '../system/is-disk-full.ts'
import type { Platform } from './build-arguments.ts'
import type { BuildCache } from './build-cache.ts'
import { carryOut } from './carry-out.ts'
import { DiskBudget } from './disk-budget.ts'
import { buildError } from './errors.ts'
import { findImages } from './find-images.ts'
import type { CacheMounts } from './mounts/cache-mounts.ts'
import { openContext } from './open-context.ts'
import { planBuild } from './plan-build.ts'
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

const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: '386',
}

/** What this machine builds for. */
export const hostPlatform: Platform = {
  os: 'linux',
  architecture: architectures[process.arch] ?? process.arch,
}

export function createBuilder(parts: BuilderParts): Builder {
  // The lock keeps base images and layers from being pruned while the build leans on them.
  return (request, sink, signal) =>
    parts.images.withStoreLock(
      'shared',
      () => withinTime(request, signal, (limited) => buildImage(parts, request, sink, limited)),
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

async function buildImage(
  parts: BuilderParts,
  request: BuildRequest,
  sink: EventSink,
  signal: AbortSignal,
): Promise<Image> {
  signal.throwIfAborted()
  const deadline = Date.now() + request.limits.timeoutMs
  tell(sink, { kind: 'section', text: 'Building' })
  const { dockerfile, context } = await openContext(request.tree, request.dockerfilePath)
  reached('context read')
  const options = { target: request.target, arguments: request.arguments, platform: hostPlatform }
  const images = await findImages(parts, dockerfile, { ...options, sink, signal, request })
  const plan = planBuild(dockerfile, { ...options, labels: request.labels, images, context })
  for (const warning of plan.warnings) tell(sink, { kind: 'warning', ...warning })
  assertChecks(dockerfile, request.arguments, plan.warnings)
  reached('build planned')

  const sourceDate = request.sourceDate ?? plan.sourceDate
  const surroundings = stepContext(parts, request, { sink, signal, deadline, sourceDate })
  const { layers, made } = await carryOut(plan, surroundings, parts.cache)
  signal.throwIfAborted()
  const history = resolveHistory(plan.history, made, layers.length)
  try {
    return await parts.images.commit(plan.config, layers, request.names, history)
  } catch (error) {
    throw saysNoSpace(error) ? buildError['BUILD.DISK_FULL']({ place: null }, { cause: error }) : error
  }
}

/** What all steps of one build share. */
export function stepContext(
  parts: BuilderParts,
  request: BuildRequest,
  told: Pick<StepContext, 'sink' | 'signal' | 'deadline' | 'sourceDate'>,
): StepContext {
  const { images: _images, ...rest } = parts
  const disk = new DiskBudget(request.limits.diskBytes)
  return { ...rest, ...told, copies: parts.cache.copies, request, disk, reading: takeTurns() }
}
