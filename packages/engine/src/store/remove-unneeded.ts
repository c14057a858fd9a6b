import type { ImageDigest } from '../engine.ts'
import type { Store } from './image-store.ts'

/** What others need, asked while the exclusive lock is held, so that no answer is out of date. */
export type StoreUses = {
  images: () => Promise<Iterable<ImageDigest>>
  layers: () => Promise<Iterable<string>>
}

/**
 * Removes images that nobody names, uses or keeps (`only`: none but that one), then the layers that no image and no
 * cache needs. Image records go before their layers: a crash in between leaves layers without an image, for the next time.
 */
export async function removeUnneeded(
  store: Store,
  uses: StoreUses,
  keep: readonly ImageDigest[],
  only?: ImageDigest,
): Promise<{ images: number; bytes: number }> {
  const named = (await store.names.all()).map(({ digest }) => digest)
  const needed = new Set([...named, ...(await uses.images()), ...keep])
  const digests = await store.records.digests()
  const unneeded = digests.filter((digest) => !needed.has(digest) && (only ?? digest) === digest)
  const freed = only === undefined ? null : new Set((await store.records.get(only))?.layers ?? [])
  for (const digest of unneeded) await store.records.remove(digest)

  const bytes = await removeLayers(store, await uses.layers(), freed)
  return { images: unneeded.length, bytes }
}

/** `among` null: every layer is looked at. While a record cannot be read, nobody knows which layers it needs: all stay. */
async function removeLayers(
  store: Store,
  cached: Iterable<string>,
  among: ReadonlySet<string> | null,
): Promise<number> {
  const images = await Promise.all((await store.records.digests()).map(store.records.get))
  if (images.includes(undefined)) return 0
  const needed = new Set([...cached, ...images.flatMap((image) => image?.layers ?? [])])
  let bytes = 0
  for (const { id, sizeBytes } of await store.options.fileSystems.layers()) {
    if (needed.has(id) || (among !== null && !among.has(id))) continue
    await store.options.fileSystems.removeLayer(id)
    bytes += sizeBytes
  }
  return bytes
}
