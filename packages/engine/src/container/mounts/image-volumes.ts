import type { ContainerMount, Image } from '../../engine.ts'
import type { volumeError } from '../../volume/errors.ts'
import type { HostVolumes } from '../../volume/open-volumes.ts'
import type { ContainerRecord } from '../container-record.ts'

/**
 * The VOLUME paths of an image as volumes that nobody gave a name, where a container asks for them as Docker does: each
 * begins with what the image has there, and goes with its container. Their names begin with the container's id.
 */
export function withImageVolumes(record: ContainerRecord, image: Pick<Image, 'config'>): ContainerRecord {
  const { spec } = record
  if (spec.imageVolumes !== 'anonymous') return record
  const mounts = spec.mounts ?? []
  const targets = new Set(
    image.config.volumes.filter((path) => mounts.every(({ target }) => target !== path)),
  )
  const own = [...targets].map(
    (target, number): ContainerMount => ({
      kind: 'volume',
      volume: `${record.id}-${number}`,
      target,
      readOnly: false,
    }),
  )
  return { ...record, spec: { ...spec, mounts: [...mounts, ...own] } }
}

/** One that another container mounts as well stays with that one. */
export async function removeImageVolumes(volumes: HostVolumes, { id, spec }: ContainerRecord): Promise<void> {
  for (const mount of spec.mounts ?? []) {
    if (mount.kind !== 'volume' || !mount.volume.startsWith(`${id}-`)) continue
    await volumes.remove(mount.volume).catch((error: { code?: string }) => {
      if (error.code !== volumeInUse) throw error
    })
  }
}

const volumeInUse: keyof typeof volumeError = 'VOLUME.IN_USE'
