import type { FileSystems } from '../../filesystem.ts'
import type { BuildCache } from '../build-cache.ts'
import type { Origin } from '../plan.ts'
import { missingStep } from './chain-keys.ts'
import type { OutlinedStep, PlanOutline } from './outline-plan.ts'

/** The layers that a step leaves behind, and which of them it and the steps below it made; null: none. */
export type Outcome = { layers: readonly string[]; made: readonly (string | null)[] }

export type Reusable = {
  /** What need not be done again, by step: only those that something else asks for. */
  outcomes: Map<string, Outcome>
  /** In the plan's order. What is in neither is needed by nothing that is to be done. */
  todo: OutlinedStep[]
}

/**
 * Looks from the result backwards for what earlier builds made: below a step whose layers are all there nothing is
 * looked at, so it does not matter whether that is still there.
 */
export async function findReusable(
  plan: PlanOutline,
  parts: { cache: BuildCache; fileSystems: FileSystems; noCache: boolean },
): Promise<Reusable> {
  const byId = new Map(plan.steps.map((step) => [step.id, step]))
  const outcomes = new Map<string, Outcome>()
  const todo = new Set<OutlinedStep>()
  const isThere = layerLookup(parts.fileSystems)
  const ahead: Origin[] = [plan.result]
  for (let origin = ahead.pop(); origin !== undefined; origin = ahead.pop()) {
    if (origin.kind !== 'step' || outcomes.has(origin.id)) continue
    const step = byId.get(origin.id) ?? missingStep(origin.id)
    if (todo.has(step)) continue
    const found = parts.noCache ? undefined : await parts.cache.findChain(step.chainKey)
    const outcome = found && outcomeOf(found.made, step, byId)
    if (outcome && (await Promise.all(outcome.layers.map(isThere))).every(Boolean)) {
      outcomes.set(step.id, outcome)
    } else {
      todo.add(step)
      ahead.push(step.parent, ...step.inputs)
    }
  }
  return { outcomes, todo: plan.steps.filter((step) => todo.has(step)) }
}

export function outcomeAt(outcomes: ReadonlyMap<string, Outcome>, origin: Origin): Outcome {
  if (origin.kind === 'scratch') return { layers: [], made: [] }
  if (origin.kind === 'image') return { layers: origin.layers, made: [] }
  return outcomes.get(origin.id) ?? missingStep(origin.id)
}

function outcomeOf(
  made: readonly (string | null)[],
  step: OutlinedStep,
  byId: ReadonlyMap<string, OutlinedStep>,
): Outcome {
  const base = baseOf(step, byId)
  const below = base.kind === 'image' ? base.layers : []
  return { layers: [...below, ...made.filter((layer) => layer !== null)], made }
}

function baseOf(
  step: OutlinedStep,
  byId: ReadonlyMap<string, OutlinedStep>,
): Exclude<Origin, { kind: 'step' }> {
  let origin: Origin = step.parent
  while (origin.kind === 'step') origin = (byId.get(origin.id) ?? missingStep(origin.id)).parent
  return origin
}

function layerLookup(fileSystems: FileSystems): (id: string) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>()
  return (id) => {
    const found = known.get(id) ?? fileSystems.layer(id).then((layer) => layer !== undefined)
    known.set(id, found)
    return found
  }
}
