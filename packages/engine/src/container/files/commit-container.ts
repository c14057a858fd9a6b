import { closeSync, mkdirSync } from 'node:fs'
import { extractTree } from '../../archive/extract-tree.ts'
import { orNoSpace } from '../../archive/no-space.ts'
import type { CommitOptions, Image } from '../../engine.ts'
import { reached } from '../../system/failure-points.ts'
import { openDirectory } from '../../system/open-in-root.ts'
import { rangeOf } from '../group-records.ts'
import { type Held, slotOf } from '../held-containers.ts'
import { pauseContainer, resumeContainer } from '../pause-container.ts'
import type { Slot } from '../slot.ts'
import { layersOf, stubsOf } from './changes.ts'
import { liveTar } from './live-tar.ts'

/**
 * An image of the container's image and what it has changed since, as one more layer. What was given to the container
 * when it was created, its environment above all, does not get into the image: it may hold secrets.
 */
export async function commitContainer(held: Held, id: string, options: CommitOptions): Promise<Image> {
  const slot = slotOf(held, id)
  const paused = (options.pause ?? true) && slot.record.run !== null && !slot.record.run.paused
  if (paused) await pauseContainer(held, id, { briefly: true })
  try {
    return await held.withStoreLock('shared', () => commit(held, slot, options))
  } catch (error) {
    throw orNoSpace(error)
  } finally {
    // It may have been stopped, or resumed, by others meanwhile.
    if (paused && slot.record.run?.paused) await resumeContainer(held, id)
  }
}

async function commit(held: Held, slot: Slot, options: CommitOptions): Promise<Image> {
  const { names = [], config = {}, comment = '' } = options
  const base = await held.images.get(slot.record.image.digest)
  const layers = [...base.layers, await layerOf(held, slot)]
  const entry = { createdBy: 'berth engine commit', comment, emptyLayer: false, createdAt: new Date() }
  const isKnown = base.history !== undefined || base.layers.length === 0
  const history = isKnown ? [...(base.history ?? []), entry] : []
  return held.images.commit({ ...base.config, ...config }, layers, names, history)
}

/** Through an archive: only what a layer may hold gets into it, whatever the container does meanwhile. */
async function layerOf(held: Held, slot: Slot): Promise<string> {
  const { fileSystems, groups } = held.parts
  const range = rangeOf(await groups.ensure(slot.record.spec.group, () => new Set()))
  const directory = `${await fileSystems.temporaryDirectory()}/upper`
  mkdirSync(directory, { mode: 0o755 })
  const isStub = stubsOf(slot, layersOf(held, slot))
  const top = openDirectory(`${slot.directory}/upper`)
  try {
    const leftOut: typeof isStub = (path, stats) => isStub(`/${path}`, stats)
    const archive = liveTar({ top, range, name: '', stayOnDevice: true, layer: true, leftOut })
    await extractTree(archive, directory, { whiteouts: 'layer' })
    reached('changes copied')
  } finally {
    closeSync(top)
  }
  return (await fileSystems.seal(directory, null)).id
}
