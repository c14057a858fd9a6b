import { createHash } from 'node:crypto'
import type { Origin, PlannedStep } from '../plan.ts'

/** A step's own key, with all that decides of its result but its parent and inputs. May need the network, for ADD. */
export type OwnKey = (step: PlannedStep) => Promise<string>

/**
 * Keys made of definitions alone: a step's own, its parent's, its inputs', down to the layers of base images. Unlike
 * `stepKey` they are known before anything is built, so that what is at the end can be found without what it came from.
 */
export function chainKeys(steps: readonly PlannedStep[], ownKey: OwnKey): OwnKey {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const known = new Map<string, Promise<string>>()

  const chainOf = async (origin: Origin): Promise<unknown> => {
    if (origin.kind === 'scratch') return []
    if (origin.kind === 'image') return origin.layers
    return keyOf(byId.get(origin.id) ?? missingStep(origin.id))
  }
  const make = async (step: PlannedStep) => {
    const chain = ['chain', await ownKey(step), await chainOf(step.parent)]
    const inputs = await Promise.all(step.inputs.map(chainOf))
    return createHash('sha256')
      .update(JSON.stringify([...chain, inputs]))
      .digest('hex')
  }
  const keyOf: OwnKey = (step) => {
    const key = known.get(step.id) ?? make(step)
    known.set(step.id, key)
    return key
  }
  return keyOf
}

export function missingStep(id: string): never {
  throw new Error(`The plan uses step ${id}, which it does not hold`)
}
