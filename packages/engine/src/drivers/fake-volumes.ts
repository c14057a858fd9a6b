import type { Containers, DiskLimits, Volume, Volumes } from '../engine.ts'
import { noLimits } from '../quota/quota-calls.ts'
import { volumeError } from '../volume/errors.ts'
import { assertVolumeName } from '../volume/open-volumes.ts'
import { assertLimits, isLimited } from '../volume/volume-limits.ts'

/** Volumes that are names, and containers that hold on to those that they name. */
export function fakeVolumes(containers: Containers): { volumes: Volumes; containers: Containers } {
  const all = new Map<string, Volume>()
  const named = new Map<string, readonly string[]>()
  const ensure = (name: string, labels: Readonly<Record<string, string>>) => {
    assertVolumeName(name)
    const volume = all.get(name) ?? { name, labels, createdAt: new Date(), limits: noLimits }
    all.set(name, volume)
    return volume
  }
  const find = (name: string) => {
    assertVolumeName(name)
    const found = all.get(name)
    if (found === undefined) throw volumeError['VOLUME.NOT_FOUND']({ name })
    return found
  }
  return {
    containers: {
      ...containers,
      async create(spec) {
        const container = await containers.create(spec)
        const names = (spec.mounts ?? []).flatMap((mount) => (mount.kind === 'volume' ? [mount.volume] : []))
        named.set(container.id, names)
        return container
      },
      async start(id) {
        for (const name of named.get(id) ?? []) ensure(name, {})
        return containers.start(id)
      },
    },
    volumes: {
      async create(name, { labels = {}, sizeBytes = null, files = null } = {}) {
        assertVolumeName(name)
        refuse({ bytes: sizeBytes, files })
        return ensure(name, labels)
      },
      async list(labels = {}) {
        const wanted = Object.entries(labels)
        return [...all.values()]
          .filter((volume) => wanted.every(([name, value]) => volume.labels[name] === value))
          .sort((one, other) => (one.name < other.name ? -1 : 1))
      },
      get: async (name) => find(name),
      async usage(name) {
        find(name)
        return null
      },
      async resize(name, limits) {
        const found = find(name)
        refuse({ ...noLimits, ...limits })
        return found
      },
      async remove(name) {
        assertVolumeName(name)
        const user = (await containers.list()).find(({ id }) => named.get(id)?.includes(name))
        if (user !== undefined) throw volumeError['VOLUME.IN_USE']({ name, container: user.name })
        all.delete(name)
      },
    },
  }
}

/** Nothing in memory is counted. */
function refuse(limits: DiskLimits): void {
  assertLimits(limits)
  if (!isLimited(limits)) return
  throw volumeError['VOLUME.QUOTA_UNSUPPORTED']({
    reason: 'these volumes are names only',
    hint: 'Leave the limit out.',
  })
}
