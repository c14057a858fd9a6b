import { lstat, readdir } from 'node:fs/promises'
import type { StoreUsage } from '../engine.ts'
import type { Store } from './image-store.ts'
import type { StoreUses } from './remove-unneeded.ts'

/** What the store holds and how much of it belongs to whom. Volumes are not in the store. */
export async function storeUsage(store: Store, uses: StoreUses): Promise<StoreUsage> {
  const { fileSystems, home } = store.options
  const sizes = new Map((await fileSystems.layers()).map(({ id, sizeBytes }) => [id, sizeBytes]))
  const named = Map.groupBy(await store.names.all(), ({ digest }) => digest)
  const found = await Promise.all((await store.records.digests()).map(store.records.get))
  const images = found.filter((image) => image !== undefined)
  const holders = new Map<string, number>()
  for (const id of images.flatMap(({ layers }) => [...new Set(layers)]))
    holders.set(id, (holders.get(id) ?? 0) + 1)
  const sum = (ids: Iterable<string>) => [...ids].reduce((total, id) => total + (sizes.get(id) ?? 0), 0)

  const cached = new Set(await uses.layers())
  const loose = [...sizes.keys()].filter((id) => !holders.has(id))
  return {
    images: images.map(({ digest, layers }) => ({
      digest,
      names: [...new Set((named.get(digest) ?? []).map(({ name }) => name))],
      sizeBytes: sum(layers),
      uniqueBytes: sum(new Set(layers.filter((id) => holders.get(id) === 1))),
    })),
    layers: {
      count: sizes.size,
      sizeBytes: sum(sizes.keys()),
      sharedBytes: sum([...holders].filter(([, count]) => count > 1).map(([id]) => id)),
      unneededBytes: sum(loose.filter((id) => !cached.has(id))),
    },
    buildCacheBytes: sum(loose.filter((id) => cached.has(id))),
    cacheMountBytes: await treeBytes(`${home}/cache-mounts`),
    downloadBytes: (await treeBytes(`${home}/pulls`)) + (await treeBytes(`${home}/downloads`)),
  }
}

/** What lies below a directory that others may be writing to. Links are not followed; what goes meanwhile is not counted. */
async function treeBytes(root: string): Promise<number> {
  let bytes = 0
  const ahead = [root]
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
      const inside = `${path}/${entry.name}`
      if (entry.isDirectory()) ahead.push(inside)
      else bytes += (await lstat(inside).catch(() => null))?.size ?? 0
    }
  }
  return bytes
}
