import { findOwner } from './find-owner.ts'
import { RootWriter } from './root-writer.ts'
import { makeLayer, type StepContext, type StepOf } from './step-context.ts'

/** WORKDIR makes its directory where there is none; it belongs to the USER of that moment, as with BuildKit. */
export async function workdirStep(context: StepContext, step: StepOf<'workdir'>, layers: readonly string[]) {
  return makeLayer(context, layers, null, async (root) => {
    const { path, user } = step.action
    const owner = user === '' ? null : await findOwner(root, user, step.place)
    new RootWriter(root, { place: step.place, owner, mode: null }).directory(path)
    return undefined
  })
}
