import type { DiskUse, Engine, Volume } from '@berth/engine'

/** `used` null: no quota counts it. */
export type VolumeRow = Volume & { used: DiskUse | null }

export async function volumeRows({ volumes }: Pick<Engine, 'volumes'>): Promise<VolumeRow[]> {
  const all = await volumes.list()
  return Promise.all(all.map(async (volume) => ({ ...volume, used: await volumes.usage(volume.name) })))
}
