import { closeSync, openSync, readFileSync } from 'node:fs'
import type { CommandRunner } from '@berth/command'
import { shortHash } from '@berth/domain'
import { openBuildCache } from '../build/build-cache.ts'
import { createBuilder } from '../build/build-image.ts'
import { openCacheMounts } from '../build/mounts/cache-mounts.ts'
import { openDownloads } from '../build/remote/downloads.ts'
import { containerError } from '../container/errors.ts'
import { groupPlaces, openGroupRecords, rangeOf } from '../container/group-records.ts'
import { containerNames } from '../container/names/container-names.ts'
import type { Engine, ImageDigest } from '../engine.ts'
import { openNetworks } from '../network/networks.ts'
import { openProjectQuotas } from '../quota/project-quotas.ts'
import type { RegistrySettings } from '../registry/registry-settings.ts'
import { openHostParts } from '../sandbox/host-parts.ts'
import { openImageStore } from '../store/image-store.ts'
import { assertPrivateMounts } from '../system/private-mounts.ts'
import { tryLock } from '../system/syscalls.ts'
import { openVolumes, type VolumeUser } from '../volume/open-volumes.ts'
import { openHostContainers } from './host-containers.ts'
import { openOverlayFileSystems } from './overlay-file-systems.ts'
import { runcSandbox } from './runc-sandbox.ts'

export type HostEngineOptions = {
  /** Lasting: images, layers, records of containers. Others must be able to pass through it. */
  home: string
  /** What ends with a restart of the machine. Short: a socket's path may have 107 bytes. */
  run: string
  commands: CommandRunner
  /** Where FROM and `resolve` find images that are not here. Left out: nowhere. */
  registries?: RegistrySettings
}

/** What prunes leave: of each scope's cache mounts, and of what ADD fetched. */
const mostCacheBytes = 10 * 1024 ** 3
const mostDownloadBytes = 2 * 1024 ** 3

/** Steps of all builds share a range of user ids and a bridge on which they do not see each other. */
const buildGroup = 'build'

/**
 * The engine of this machine. One process at a time may hold it open; containers of the former one are found again.
 *
 * @throws SYSTEM.NOT_ROOT, SYSTEM.MOUNTS_NOT_PRIVATE, CONTAINER.HOST_UNFIT, CONTAINER.ENGINE_BUSY
 */
export async function openHostEngine(options: HostEngineOptions): Promise<Engine> {
  const { home, commands } = options
  assertPrivateMounts()
  const parts = openHostParts(options)
  const release = holdAlone(`${home}/engine.lock`)
  try {
    const fileSystems = await openOverlayFileSystems(options)
    const groups = await openGroupRecords(parts.places.groups, firstPlace(home))
    const networks = await openNetworks({ commands, places: parts.places, groups })
    const cache = await openBuildCache(home)
    const cacheMounts = await openCacheMounts(home, commands)
    const downloads = await openDownloads(home)
    const uses = {
      images: (): ImageDigest[] => [],
      volumeUser: (_volume: string): VolumeUser | undefined => undefined,
    }
    const names = containerNames(networks)
    const quotas = await openProjectQuotas(home)
    const userOf = (volume: string) => uses.volumeUser(volume)
    const volumes = await openVolumes({ home, commands, quotas, userOf })
    const images = await openImageStore({
      home,
      fileSystems,
      commands,
      imagesInUse: async () => uses.images(),
      layersInUse: () => cache.layers(),
      alsoPrune: async () => {
        await cacheMounts.prune(mostCacheBytes)
        await downloads.prune(mostDownloadBytes)
      },
      registries: options.registries ?? null,
    })
    const containers = await openHostContainers({
      parts: { ...parts, ...{ fileSystems, groups, networks, volumes, quotas, names }, bootId: bootId() },
      images,
      withStoreLock: images.withStoreLock,
    })
    uses.images = containers.imagesInUse
    uses.volumeUser = containers.volumeUser
    await quotas.reconcile([...(await volumes.counted()), ...containers.countedRoots()])
    const builders = await groups.ensure(buildGroup, () => new Set())
    const sandbox = runcSandbox(
      parts,
      async () => networks,
      async () => builders,
    )
    const range = rangeOf(builders)
    const build = createBuilder({
      ...{ fileSystems, sandbox, commands, images, range },
      ...{ cache, cacheMounts, downloads },
    })
    return {
      images,
      containers,
      volumes,
      build,
      async close() {
        await containers.close()
        await fileSystems.close()
        release()
      },
    }
  } catch (error) {
    release()
    throw error
  }
}

/** Another one after each restart of the machine. Source: random(4). */
function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/** Two engines on one machine begin far from each other. */
function firstPlace(home: string): number {
  return Number.parseInt(shortHash(home), 16) % groupPlaces
}

/** The kernel lets go of the lock when the process ends, however it ends. @throws CONTAINER.ENGINE_BUSY */
function holdAlone(path: string): () => void {
  const descriptor = openSync(path, 'a', 0o600)
  if (!tryLock(descriptor, 'exclusive')) {
    closeSync(descriptor)
    throw containerError['CONTAINER.ENGINE_BUSY']({ path })
  }
  return () => closeSync(descriptor)
}
