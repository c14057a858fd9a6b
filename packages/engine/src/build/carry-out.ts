import { isBerthError, type StepOutcome, tell } from '@berth/domain'
import { type BuildCache, stepKey } from './build-cache.ts'
import { copyFromStep } from './copy-from-step.ts'
import { copyStep } from './copy-step.ts'
import { buildError } from './errors.ts'
import type { BuildPlan, Origin, PlannedStep } from './plan.ts'
import { runStep } from './run-step.ts'
import type { StepContext, StepOf } from './step-context.ts'
import { workdirStep } from './workdir-step.ts'

/**
 * Carries a plan out, step by step, and returns the layers of its result. A step whose definition, layers below and
 * inputs are those of an earlier one is not done again, as long as the layer that it made is still there.
 */
export async function carryOut(
  plan: BuildPlan,
  context: StepContext,
  cache: BuildCache,
): Promise<readonly string[]> {
  const made = new Map<string, readonly string[]>()
  const layersOf = (origin: Origin): readonly string[] => {
    if (origin.kind === 'scratch') return []
    return origin.kind === 'image' ? origin.layers : (made.get(origin.id) ?? missing(origin.id))
  }
  for (const base of plan.bases) tellCached(context, base.id, base.title)
  for (const step of plan.steps) {
    context.signal.throwIfAborted()
    checkTime(context, step)
    const parent = layersOf(step.parent)
    const layer = await layerOf(context, cache, step, parent, step.inputs.map(layersOf))
    made.set(step.id, layer === null ? parent : [...parent, layer])
  }
  return layersOf(plan.result)
}

async function layerOf(
  context: StepContext,
  cache: BuildCache,
  step: PlannedStep,
  parent: readonly string[],
  inputs: readonly (readonly string[])[],
): Promise<string | null> {
  const key = stepKey(step.definitionKey, parent, inputs)
  const known = context.request.noCache ? undefined : await findLayer(context, cache, key)
  if (known !== undefined) {
    tellCached(context, step.id, step.title)
    return known.layer
  }
  const layer = await told(context, step, () => perform(context, step, parent, inputs))
  if (layer !== null) spend(context, step, layer.sizeBytes)
  await cache.keep(key, { layer: layer?.id ?? null })
  return layer?.id ?? null
}

async function findLayer({ fileSystems }: StepContext, cache: BuildCache, key: string) {
  const record = await cache.find(key)
  if (record === undefined || record.layer === null) return record
  return (await fileSystems.layer(record.layer)) === undefined ? undefined : record
}

function perform(
  context: StepContext,
  step: PlannedStep,
  parent: readonly string[],
  inputs: readonly (readonly string[])[],
): Promise<{ id: string; sizeBytes: number } | null> {
  switch (step.action.kind) {
    case 'run':
      return runStep(context, step as StepOf<'run'>, parent)
    case 'copy':
      return copyStep(context, step as StepOf<'copy'>, parent)
    case 'copy-from':
      return copyFromStep(context, step as StepOf<'copy-from'>, parent, inputs[0] ?? [])
    case 'workdir':
      return workdirStep(context, step as StepOf<'workdir'>, parent)
  }
}

async function told<Result>(
  context: StepContext,
  step: PlannedStep,
  work: () => Promise<Result>,
): Promise<Result> {
  const { sink, signal } = context
  const startedAt = Date.now()
  const finished = (outcome: StepOutcome) =>
    tell(sink, { kind: 'step-finished', step: step.id, outcome, durationMs: Date.now() - startedAt })
  tell(sink, { kind: 'step-started', step: step.id, title: step.title })
  try {
    const result = await work()
    finished('done')
    return result
  } catch (error) {
    finished(signal.aborted && !isBerthError(error) ? 'cancelled' : 'failed')
    throw withPlace(error, step)
  }
}

function tellCached({ sink }: StepContext, step: string, title: string): void {
  tell(sink, { kind: 'step-started', step, title })
  tell(sink, { kind: 'step-finished', step, outcome: 'cached', durationMs: 0 })
}

function withPlace(error: unknown, { place }: PlannedStep): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return buildError['BUILD.DISK_FULL']({ place }, { cause: error })
}

function spend(context: StepContext, step: PlannedStep, bytes: number): void {
  context.diskBytesLeft -= bytes
  if (context.diskBytesLeft >= 0) return
  const limitBytes = context.request.limits.diskBytes
  throw buildError['BUILD.OVER_DISK_LIMIT']({ place: step.place, limitBytes })
}

function checkTime({ deadline, request }: StepContext, { place }: PlannedStep): void {
  if (Date.now() < deadline) return
  throw buildError['BUILD.TIMED_OUT']({ place, limitMs: request.limits.timeoutMs })
}

function missing(id: string): never {
  throw new Error(`The plan uses step ${id} before it is made`)
}
