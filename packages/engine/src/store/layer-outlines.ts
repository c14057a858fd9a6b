import { createHash } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { reached } from '../system/failure-points.ts'
import { removeTree } from '../system/scratch.ts'
import { type OutlineWriter, openOutlineWriter, remadeTar } from './archive-outline.ts'
import type { Store } from './image-store.ts'

/**
 * The outlines of the archives that layers came in: `layer-outlines/<hex of the diff id>.zst`. They go with their layer, and can
 * be lost without harm: then the layer is packed as one that was made here, and an image of it gets other digests.
 */

/** Keeps the outline that `work` records, once it is done. */
export async function keepingOutline<Result>(
  store: Store,
  diffId: string,
  work: (outline: OutlineWriter) => Promise<Result>,
): Promise<Result> {
  const directory = await store.options.fileSystems.temporaryDirectory()
  try {
    const fresh = `${directory}/outline`
    const writer = openOutlineWriter(fresh)
    const result = await work(writer).finally(() => writer.close())
    await rename(fresh, outlinePath(store, diffId))
    reached('outline kept')
    return result
  } finally {
    await removeTree(store.options.commands, directory)
  }
}

/** The layer's archive with this diff id. @throws where `canBeRemade` was not asked */
export function remadeArchive(
  store: Store,
  layer: string,
  { diffId, signal }: { diffId: string; signal?: AbortSignal | undefined },
): AsyncGenerator<Buffer> {
  const { commands, fileSystems } = store.options
  return remadeTar(commands, {
    outline: outlinePath(store, diffId),
    tree: fileSystems.layerPath(layer),
    signal,
  })
}

/** Makes it once, to look at its digest. An outline that does not lead to it is forgotten. */
export async function canBeRemade(
  store: Store,
  layer: string,
  given: { diffId: string; signal?: AbortSignal | undefined },
): Promise<boolean> {
  const path = outlinePath(store, given.diffId)
  if (!existsSync(path)) return false
  const hash = createHash('sha256')
  try {
    for await (const piece of remadeArchive(store, layer, given)) hash.update(piece)
    if (`sha256:${hash.digest('hex')}` === given.diffId) return true
  } catch (error) {
    given.signal?.throwIfAborted()
    process.emitWarning(`${path} cannot be used; it is passed over: ${error}`, 'BerthStore')
  }
  await forgetOutline(store, given.diffId)
  return false
}

export async function forgetOutline(store: Store, diffId: string): Promise<void> {
  await rm(outlinePath(store, diffId), { force: true })
}

function outlinePath(store: Store, diffId: string): string {
  const directory = `${store.options.home}/layer-outlines`
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return `${directory}/${diffId.slice('sha256:'.length)}.zst`
}
