import { readdir, rm, stat } from 'node:fs/promises'
import type { ImageDigest, Pruned } from '../engine.ts'
import { reached } from '../system/failure-points.ts'
import { clearHalfMade } from './clear-half-made.ts'
import type { ImageNames, NamedImage } from './image-names.ts'
import { forgetOriginals } from './image-originals.ts'
import type { Store } from './image-store.ts'
import { forgetBlobs } from './layer-blobs.ts'

/** What others need, asked while the exclusive lock is held, so that no answer is out of date. */
export type StoreUses = {
  images: () => Promise<Iterable<ImageDigest>>
  layers: () => Promise<Iterable<string>>
}

/**
 * Removes images that nobody names, uses or keeps (`only`: none but that one), then the layers that no image and no
 * cache needs. Image records go before their layers: a crash in between leaves layers without an image, for the next time.
 * `dryRun`: says what would go, and removes nothing. `scopes`: what others than these call an image is no name.
 */
export async function removeUnneeded(
  store: Store,
  uses: StoreUses,
  options: { keep: readonly ImageDigest[]; only?: ImageDigest; dryRun?: boolean; scopes?: readonly string[] },
): Promise<Pruned> {
  const { keep, only, dryRun = false, scopes } = options
  const isGone = ({ scope }: NamedImage) => scope !== undefined && scopes?.includes(scope) === false
  const named = (await store.names.all()).filter((entry) => !isGone(entry)).map(({ digest }) => digest)
  const needed = new Set([...named, ...(await uses.images()), ...keep])
  const digests = await store.records.digests()
  const unneeded = digests.filter((digest) => !needed.has(digest) && (only ?? digest) === digest)
  const freed = only === undefined ? null : new Set((await store.records.get(only))?.layers ?? [])
  const layers = await unneededLayers(store, await uses.layers(), { gone: new Set(unneeded), among: freed })
  if (!dryRun) {
    for (const kept of [store.names, store.pins]) await removeNames(kept, isGone)
    await removeAll(store, unneeded, layers)
    if (only === undefined || layers.length > 0) await forgetBlobs(store)
  }
  if (!dryRun && only === undefined) {
    await clearPulls(store)
    await clearHalfMade(store.options.home)
    await store.options.alsoPrune?.()
  }
  const bytes = layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return { images: unneeded.length, bytes, digests: unneeded, layers: layers.map(({ id }) => id) }
}

async function removeAll(
  store: Store,
  digests: readonly ImageDigest[],
  layers: readonly { id: string }[],
): Promise<void> {
  for (const digest of digests) await store.records.remove(digest)
  reached('image record removed')
  // Also of images that went when a crash came in between.
  const present = new Set(await store.records.digests())
  await removeNames(store.pins, ({ digest }) => !present.has(digest))
  await forgetOriginals(store, (digest) => !present.has(digest))
  for (const { id } of layers) await store.options.fileSystems.removeLayer(id)
}

async function removeNames(names: ImageNames, isGone: (entry: NamedImage) => boolean): Promise<void> {
  for (const entry of (await names.all()).filter(isGone)) await names.remove(entry.name, entry.scope)
}

/** `among` null: every layer is looked at. While a record cannot be read, nobody knows which layers it needs: all stay. */
async function unneededLayers(
  store: Store,
  cached: Iterable<string>,
  { gone, among }: { gone: ReadonlySet<ImageDigest>; among: ReadonlySet<string> | null },
) {
  const staying = (await store.records.digests()).filter((digest) => !gone.has(digest))
  const images = await Promise.all(staying.map(store.records.get))
  if (images.includes(undefined)) return []
  const needed = new Set([...cached, ...images.flatMap((image) => image?.layers ?? [])])
  const layers = await store.options.fileSystems.layers()
  return layers.filter(({ id }) => !needed.has(id) && (among === null || among.has(id)))
}

/** A pull that nobody took up again. No pull runs: each holds the store's lock shared. */
const keptPullMs = 24 * 60 * 60 * 1000

async function clearPulls(store: Store): Promise<void> {
  const directory = `${store.options.home}/pulls`
  for (const name of await readdir(directory).catch(() => [])) {
    const path = `${directory}/${name}`
    const modifiedMs = (await stat(path)).mtimeMs
    if (name.endsWith('.lock') || Date.now() - modifiedMs > keptPullMs) await rm(path, { force: true })
  }
}
