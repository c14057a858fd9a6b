import { availableParallelism, totalmem } from 'node:os'
import { isBerthError, type StepOutcome, tell } from '@berth/domain'
import type { DiskUse } from '../engine.ts'
import type { Sandbox } from '../sandbox.ts'
import { reached } from '../system/failure-points.ts'
import { saysNoSpace } from '../system/is-disk-full.ts'
import { type CacheRecord, findMade, stepKey } from './build-cache.ts'
import { copyFromStep } from './copy-from-step.ts'
import { copyStep } from './copy-step.ts'
import { buildError, overspent } from './errors.ts'
import type { BuildPlan, Origin, PlannedStep } from './plan.ts'
import { identifyRemote } from './remote/remote-sources.ts'
import { runStep } from './run-step.ts'
import { missingStep, type OwnKey } from './schedule/chain-keys.ts'
import { findReusable, type Outcome, outcomeAt } from './schedule/find-reusable.ts'
import { type OutlinedStep, outlinePlan, type PlanOutline } from './schedule/outline-plan.ts'
import { runGraph } from './schedule/run-graph.ts'
import { type Reused, tellCached, tellReused } from './schedule/tell-reused.ts'
import type { Below, MadeLayer, StepContext, StepOf } from './step-context.ts'
import { warn } from './step-warnings.ts'
import { workdirStep } from './workdir-step.ts'

/**
 * Carries a plan out: first it looks from the result backwards for what earlier builds made, then it does what is left,
 * side by side where steps do not need each other. A step whose definition, layers below and inputs are those of an
 * earlier one is not done again, as long as the layer that it made is still there.
 */
export type CarriedOut = {
  outline: PlanOutline
  layers: readonly string[]
  /** The layer that each step of the result's lineage made; null: none. */
  made: ReadonlyMap<string, string | null>
}

/** With a sandbox that makes the one in which steps share their limits. */
export type CarryContext = StepContext & { sandbox: Sandbox }

const mostAtOnce = 4

type Carrying = {
  context: StepContext
  outline: PlanOutline
  ownKey: OwnKey
  outcomes: Map<string, Outcome>
  reused: Reused
}

export async function carryOut(plan: BuildPlan, context: CarryContext): Promise<CarriedOut> {
  const { noCache } = context.request
  const ownKey = ownKeys(context)
  const outline = await outlinePlan(plan, ownKey)
  const { outcomes, todo } = await findReusable(outline, { ...context, noCache })
  const reused = await tellReused(context, outline, todo)
  const carrying = { context, outline, ownKey, outcomes, reused }
  const byId = new Map(plan.steps.map((step) => [step.id, step]))
  const sandbox = context.sandbox.together(context.request.limits)
  await runGraph({
    ids: todo.map(({ id }) => id),
    needs: needsOf(todo),
    limit: stepsAtOnce(context.request.limits.memoryBytes),
    signal: context.signal,
    work: async (id, signal) => {
      const step = byId.get(id) ?? missingStep(id)
      const outcome = outcomeOf({ ...carrying, context: { ...context, sandbox, signal } }, step)
      outcomes.set(id, await outcome.catch((error: unknown) => Promise.reject(withPlace(error, step))))
    },
  }).finally(() => sandbox.end())
  return carriedOut(carrying)
}

/** A plan made earlier whose steps all need not be done again, with its warnings. Undefined, and nothing told: one must be. */
export async function carryOutAgain(
  outline: PlanOutline,
  context: StepContext,
): Promise<CarriedOut | undefined> {
  const { outcomes, todo } = await findReusable(outline, { ...context, noCache: false })
  if (todo.length > 0) return undefined
  for (const warning of outline.warnings) tell(context.sink, { kind: 'warning', ...warning })
  const reused = await tellReused(context, outline, todo)
  return carriedOut({ context, outline, outcomes, reused })
}

function carriedOut({ context, outline, outcomes, reused }: Omit<Carrying, 'ownKey'>): CarriedOut {
  if (outline.steps.length > 0) tell(context.sink, { kind: 'reused', of: outline.steps.length, ...reused })
  const { layers, made } = outcomeAt(outcomes, outline.result)
  return { outline, layers, made: new Map(lineage(outline).map((id, index) => [id, made[index] ?? null])) }
}

/** They share the build's memory; but no more of them than the machine could give as much to each with half of its own. */
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
function needsOf(todo: readonly OutlinedStep[]): (id: string) => string[] {
  const firsts = new Map(todo.toReversed().map(({ chainKey, id }) => [chainKey, id]))
  const needs = todo.map(({ id, chainKey, parent, inputs }) => {
    const needed = [parent, ...inputs].flatMap((origin) => (origin.kind === 'step' ? [origin.id] : []))
    const first = firsts.get(chainKey) ?? id
    return [id, first === id ? needed : [...needed, first]] as const
  })
  const byId = new Map(needs)
  return (id) => byId.get(id) ?? []
}

async function outcomeOf(carrying: Carrying, step: PlannedStep): Promise<Outcome> {
  const { context, outline, outcomes } = carrying
  context.signal.throwIfAborted()
  checkTime(context, step)
  const startedAt = Date.now()
  const parent = outcomeAt(outcomes, step.parent)
  const { layer, warnings } = await madeBy(carrying, step, parent.layers)
  const made = [...parent.made, layer]
  const { chainKey } = outline.steps.find(({ id }) => id === step.id) ?? missingStep(step.id)
  await context.cache.keepChain(chainKey, { made, tookMs: Date.now() - startedAt, warnings })
  reached('chain kept')
  return { made, layers: layer === null ? parent.layers : [...parent.layers, layer] }
}

async function madeBy(
  { context: shared, ownKey, outcomes, reused }: Carrying,
  step: PlannedStep,
  parent: readonly string[],
): Promise<CacheRecord> {
  const context = { ...shared, warnings: [] }
  const layersOf = (origin: Origin) => outcomeAt(outcomes, origin).layers
  const key = stepKey(await ownKey(step), parent, step.inputs.map(layersOf))
  const known = context.request.noCache ? undefined : await findMade(context, key)
  if (known !== undefined) {
    for (const warning of known.warnings ?? []) warn(context, step.place, warning)
    tellCached(context.sink, step)
    reused.steps += 1
    return known
  }
  const layer = await told(context, step, () => perform(context, step, { parent, layersOf }))
  spend(context, step, { bytes: layer?.sizeBytes ?? 0, files: layer?.files ?? 0 })
  const record = { layer: layer?.id ?? null, warnings: context.warnings }
  await context.cache.keep(key, record)
  reached('cache kept')
  return record
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

function withPlace(error: unknown, { place }: PlannedStep): unknown {
  if (!saysNoSpace(error)) return error
  return buildError['BUILD.DISK_FULL']({ place }, { cause: error })
}

function spend({ disk }: StepContext, step: PlannedStep, use: DiskUse): void {
  const what = disk.spend(step.id, use)
  if (what !== null) throw overspent(what, step.place, disk.limits)
}

function checkTime({ deadline, request }: StepContext, { place }: PlannedStep): void {
  if (Date.now() < deadline) return
  throw buildError['BUILD.TIMED_OUT']({ place, limitMs: request.limits.timeoutMs })
}

/** The steps below the result, the first one first. */
function lineage(plan: PlanOutline): string[] {
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
