import { places } from '@berth/domain'
import type { MachineView } from '@berth/observe'
import type { Parts } from '../parts.ts'
import { directoryBytes } from './directory-bytes.ts'

export type DiskUses = Pick<MachineView['disk'], 'uses' | 'countedAt'>

/** Whoever looks again within this gets what was counted before: it reads many directories. */
const freshMs = 5 * 60_000
const limitMs = 4_000

/** What the disk is used for. Counted when somebody asks, one at a time, and for no longer than people wait. */
export function openDiskUses(parts: Pick<Parts, 'settings' | 'engine'>): () => Promise<DiskUses> {
  let last: { at: number; uses: Promise<DiskUses> } | undefined
  return () => {
    if (last === undefined || Date.now() - last.at > freshMs) {
      const uses = countUses(parts)
      last = { at: Date.now(), uses }
      uses.catch(() => {
        last = undefined
      })
    }
    return last.uses
  }
}

async function countUses({ settings, engine }: Pick<Parts, 'settings' | 'engine'>): Promise<DiskUses> {
  const place = places(settings)
  const until = Date.now() + limitMs
  const [store, volumes] = [await engine.images.usage(), await volumeBytes(engine, until)]
  const images = store.layers.sizeBytes - store.buildCacheBytes
  const cache = store.buildCacheBytes + store.cacheMountBytes + store.downloadBytes
  const directories = {
    logs: `${settings.home}/logs`,
    database: place.postgresData,
    repositories: place.repositories,
    registry: place.registry,
    metrics: place.metrics,
  }
  const counted = await Promise.all(
    Object.entries(directories).map(async ([name, path]) => ({
      name,
      bytes: await directoryBytes(path, until),
    })),
  )
  const ofEngine = [
    { name: 'images', bytes: images },
    { name: 'build cache', bytes: cache },
    { name: 'volumes', bytes: volumes },
  ]
  return { uses: [...ofEngine, ...counted], countedAt: new Date().toISOString() }
}

/** Null: this machine's file system does not count them. */
async function volumeBytes({ volumes }: Parts['engine'], until: number): Promise<number | null> {
  let sum = 0
  for (const { name } of await volumes.list()) {
    if (Date.now() > until) return null
    const use = await volumes.usage(name)
    if (use === null) return null
    sum += use.bytes
  }
  return sum
}
