import { availableParallelism, totalmem } from 'node:os'
import { isBerthError, type StepOutcome, tell } from '@berth/domain'
import { reached } from '../system/failure-points.ts'
import { saysNoSpace } from '../system/is-disk-full.ts'
import { type BuildCache, stepKey } from './build-cache.ts'
import { copyFromStep } from './copy-from-step.ts'
import { copyStep } from './copy-step.ts'
import { buildError } from './errors.ts'
import type { BuildPlan, Origin, PlannedStep } from './plan.ts'
import { identifyRemote } from './remote/remote-sources.ts'
import { runStep } from './run-step.ts'
import { chainKeys, missingStep, type OwnKey } from './schedule/chain-keys.ts'
import { findReusable, type Outcome } from './schedule/find-reusable.ts'
import { runGraph } from './schedule/run-graph.ts'
import type { Below, MadeLayer, StepContext, StepOf } from './step-context.ts'
import { workdirStep } from './workdir-step.ts'

/**
 * Carries a plan out: first it looks from the result backwards for what earlier builds made, then it does what is left,
 * side by side where steps do not need each other. A step whose definition, layers below and inputs are those of an
 * earlier one is not done again, as long as the layer that it made is still there.
 */
export type CarriedOut = {
  layers: readonly string[]
  /** The layer that each step of the result's lineage made; null: none. */
  made: ReadonlyMap<string, string | null>
}

const mostAtOnce = 4

type Carrying = {
  plan: BuildPlan
  context: StepContext
  cache: BuildCache
  ownKey: OwnKey
  chainKey: OwnKey
  outcomes: Map<string, Outcome>
  reused: { steps: number; savedMs: number }
}

export async function carryOut(
  plan: BuildPlan,
  context: StepContext,
  cache: BuildCache,
): Promise<CarriedOut> {
  const ownKey = ownKeys(context)
  const chainKey = chainKeys(plan.steps, ownKey)
  const { noCache } = context.request
  const { fileSystems } = context
  const { outcomes, todo } = await findReusable(plan, { chainKey, cache, fileSystems, noCache })
  const reused = { steps: 0, savedMs: 0 }
  const carrying = { plan, context, cache, ownKey, chainKey, outcomes, reused }
  await tellReused(carrying, todo)

  const needs = new Map(
    await Promise.all(todo.map(async (step) => [step.id, await needsOf(carrying, todo, step)] as const)),
  )
  const byId = new Map(todo.map((step) => [step.id, step]))
  await runGraph({
    ids: todo.map(({ id }) => id),
    needs: (id) => needs.get(id) ?? [],
    limit: stepsAtOnce(context.request.limits.memoryBytes),
    signal: context.signal,
    work: async (id, signal) => {
      const step = byId.get(id) ?? missingStep(id)
      const outcome = outcomeOf({ ...carrying, context: { ...context, signal } }, step)
      outcomes.set(id, await outcome.catch((error: unknown) => Promise.reject(withPlace(error, step))))
    },
  })
  if (reused.steps > 0) tell(context.sink, { kind: 'reused', of: plan.steps.length, ...reused })
  const { layers, made } = outcomeAt(carrying, plan.result)
  return { layers, made: new Map(lineage(plan).map((id, index) => [id, made[index] ?? null])) }
}

/** Each may use the build's whole memory, and together they leave the machine half of its own. */
function stepsAtOnce(memoryBytes: number): number {
  const thatFit = Math.floor(totalmem() / 2 / memoryBytes)
  return Math.max(1, Math.min(mostAtOnce, availableParallelism(), thatFit))
}

/** Besides what the plan knows: what ADD would fetch now, and the date, since another one is another result. */
function ownKeys(context: StepContext): OwnKey {
  const date = context.sourceDate?.getTime() ?? ''
  const known = new Map<string, Promise<string>>()
  return (step) => {
    const key = known.get(step.id) ?? make(step)
    known.set(step.id, key)
    return key
  }
  async function make(step: PlannedStep): Promise<string> {
    const { action, definitionKey } = step
    if (action.kind === 'run') return definitionKey
    const remote = action.kind === 'copy' ? action.remote : []
    if (remote.length === 0) return date === '' ? definitionKey : `${definitionKey} ${date}`
    const asked = { context, step: step as StepOf<'copy'> }
    const found = await toldWhenItFails(context, step, () =>
      Promise.all(remote.map((source) => identifyRemote(asked, source))),
    )
    return JSON.stringify([definitionKey, date, found])
  }
}

/** Steps of one definition, in two stages say, are done one after the other: the second finds what the first has made. */
async function needsOf(
  { chainKey }: Carrying,
  todo: readonly PlannedStep[],
  step: PlannedStep,
): Promise<string[]> {
  const key = await chainKey(step)
  const origins = [step.parent, ...step.inputs]
  const needed = origins.flatMap((origin) => (origin.kind === 'step' ? [origin.id] : []))
  for (const other of todo) {
    if (other === step) break
    if ((await chainKey(other)) === key) return [...needed, other.id]
  }
  return needed
}

async function outcomeOf(carrying: Carrying, step: PlannedStep): Promise<Outcome> {
  const { context, cache } = carrying
  context.signal.throwIfAborted()
  checkTime(context, step)
  const startedAt = Date.now()
  const parent = outcomeAt(carrying, step.parent)
  const layer = await layerOf(carrying, step, parent.layers)
  const made = [...parent.made, layer]
  await cache.keepChain(await carrying.chainKey(step), { made, tookMs: Date.now() - startedAt })
  reached('chain kept')
  return { made, layers: layer === null ? parent.layers : [...parent.layers, layer] }
}

async function layerOf(
  carrying: Carrying,
  step: PlannedStep,
  parent: readonly string[],
): Promise<string | null> {
  const { context, cache } = carrying
  const layersOf = (origin: Origin) => outcomeAt(carrying, origin).layers
  const key = stepKey(await carrying.ownKey(step), parent, step.inputs.map(layersOf))
  const known = context.request.noCache ? undefined : await findLayer(context, cache, key)
  if (known !== undefined) {
    tellCached(context, step.id, step.title)
    carrying.reused.steps += 1
    return known.layer
  }
  const layer = await told(context, step, () => perform(context, step, { parent, layersOf }))
  spend(context, step, layer?.sizeBytes ?? 0)
  await cache.keep(key, { layer: layer?.id ?? null })
  reached('cache kept')
  return layer?.id ?? null
}

async function findLayer({ fileSystems }: StepContext, cache: BuildCache, key: string) {
  const record = await cache.find(key)
  if (record === undefined || record.layer === null) return record
  return (await fileSystems.layer(record.layer)) === undefined ? undefined : record
}

function perform(context: StepContext, step: PlannedStep, below: Below): Promise<MadeLayer> {
  const { parent, layersOf } = below
  switch (step.action.kind) {
    case 'run':
      return runStep(context, step as StepOf<'run'>, below)
    case 'copy':
      return copyStep(context, step as StepOf<'copy'>, parent)
    case 'copy-from':
      return copyFromStep(context, step as StepOf<'copy-from'>, parent, layersOf(step.action.from))
    case 'workdir':
      return workdirStep(context, step as StepOf<'workdir'>, parent)
  }
}

/** FROM lines, and the steps that are found or that nothing to be done needs, in the order of the plan. */
async function tellReused(carrying: Carrying, todo: readonly PlannedStep[]): Promise<void> {
  const { plan, context, cache, chainKey, reused } = carrying
  for (const base of plan.bases) tellCached(context, base.id, base.title)
  const found = plan.steps.filter((step) => !todo.includes(step))
  for (const step of found) tellCached(context, step.id, step.title)
  // Asked for each, so that none of them is forgotten while what stands on it is of use.
  const records = await Promise.all(found.map(async (step) => cache.findChain(await chainKey(step))))
  reused.steps += found.length
  reused.savedMs += records.reduce((sum, record) => sum + (record?.tookMs ?? 0), 0)
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
  reached('step begun')
  try {
    const result = await work()
    finished('done')
    return result
  } catch (error) {
    finished(signal.aborted && !isBerthError(error) ? 'cancelled' : 'failed')
    throw withPlace(error, step)
  }
}

/** What has to be known before a step can begin is not worth a word, unless it goes wrong. */
async function toldWhenItFails<Result>(context: StepContext, step: PlannedStep, work: () => Promise<Result>) {
  try {
    return await work()
  } catch (error) {
    return told<Result>(context, step, () => Promise.reject(error))
  }
}

function tellCached({ sink }: StepContext, step: string, title: string): void {
  tell(sink, { kind: 'step-started', step, title })
  tell(sink, { kind: 'step-finished', step, outcome: 'cached', durationMs: 0 })
}

function withPlace(error: unknown, { place }: PlannedStep): unknown {
  if (!saysNoSpace(error)) return error
  return buildError['BUILD.DISK_FULL']({ place }, { cause: error })
}

function spend({ disk }: StepContext, step: PlannedStep, bytes: number): void {
  if (disk.spend(step.id, bytes)) return
  throw buildError['BUILD.OVER_DISK_LIMIT']({ place: step.place, limitBytes: disk.limitBytes })
}

function checkTime({ deadline, request }: StepContext, { place }: PlannedStep): void {
  if (Date.now() < deadline) return
  throw buildError['BUILD.TIMED_OUT']({ place, limitMs: request.limits.timeoutMs })
}

function outcomeAt({ outcomes }: Carrying, origin: Origin): Outcome {
  if (origin.kind === 'scratch') return { layers: [], made: [] }
  if (origin.kind === 'image') return { layers: origin.layers, made: [] }
  return outcomes.get(origin.id) ?? missingStep(origin.id)
}

/** The steps below the result, the first one first. */
function lineage(plan: BuildPlan): string[] {
  const parents = new Map(plan.steps.map(({ id, parent }) => [id, parent]))
  const ids: string[] = []
  for (
    let origin = plan.result;
    origin.kind === 'step';
    origin = parents.get(origin.id) ?? missingStep(origin.id)
  )
    ids.unshift(origin.id)
  return ids
}
