import type { BuildPlan, PlannedStep } from '../plan.ts'
import { chainKeys, type OwnKey } from './chain-keys.ts'

/**
 * A plan without what its steps do: each has a key that says it in short (see chain-keys.ts). Enough to find what
 * earlier builds made, to tell of it and to make an image of it; small, where a plan names every file of the context.
 */
export type PlanOutline = Omit<BuildPlan, 'steps'> & { steps: readonly OutlinedStep[] }

export type OutlinedStep = Pick<PlannedStep, 'id' | 'title' | 'parent' | 'inputs'> & {
  place: { path: string; line: number }
  chainKey: string
}

/** @throws what `ownKey` throws: of ADD, that what it names cannot be fetched */
export async function outlinePlan({ steps, ...rest }: BuildPlan, ownKey: OwnKey): Promise<PlanOutline> {
  const chainKey = chainKeys(steps, ownKey)
  const outlined = steps.map(async (step): Promise<OutlinedStep> => {
    const { id, title, parent, inputs, place } = step
    return {
      id,
      title,
      parent,
      inputs,
      place: { path: place.source.path, line: place.line },
      chainKey: await chainKey(step),
    }
  })
  return { ...rest, steps: await Promise.all(outlined) }
}
