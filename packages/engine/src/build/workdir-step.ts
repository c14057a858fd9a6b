import { findOwner, isNumericOwner, ownerScope } from './find-owner.ts'
import type { LayeredRoot } from './layered-root.ts'
import { RootWriter } from './root-writer.ts'
import { makeLayer, makeUnmountedLayer, type StepContext, type StepOf } from './step-context.ts'

/** WORKDIR makes its directory where there is none; it belongs to the USER of that moment, as with BuildKit. */
export async function workdirStep(context: StepContext, step: StepOf<'workdir'>, layers: readonly string[]) {
  const { path, user } = step.action
  const make = async (root: string | LayeredRoot) => {
    const { place } = step
    const scope = ownerScope(context, { root: typeof root === 'string' ? root : null, place, layers })
    const owner = user === '' ? null : await findOwner(user, scope)
    new RootWriter(root, { place, owner, mode: null }).directory(path)
    return undefined
  }
  if (user === '' || isNumericOwner(user)) return makeUnmountedLayer(context, layers, make)
  return makeLayer(context, layers, null, make)
}
