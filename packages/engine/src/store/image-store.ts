import { type CommandRunner, command } from '@berth/command'
import { isBerthError } from '@berth/domain'
import type { HistoryEntry, Image, ImageConfig, ImageDigest, ImageSummary, Images } from '../engine.ts'
import type { FileSystems } from '../filesystem.ts'
import { imageError } from './errors.ts'
import { hasProgram } from './has-program.ts'
import { digestPattern, type ImageNames, openImageNames } from './image-names.ts'
import { type ImageRecords, openImageRecords } from './image-records.ts'
import { importArchive } from './import-archive.ts'
import { importRootfs } from './import-rootfs.ts'
import { isImageName } from './reference.ts'
import { removeUnneeded, type StoreUses } from './remove-unneeded.ts'
import { type StoreLock, storeLock } from './store-lock.ts'

/**
 * Images under one home, safe for several processes at once: records and names appear by rename, and only a holder of
 * the exclusive lock removes what others could be about to use. Whoever builds on an image or starts a container from
 * one holds `withStoreLock('shared', …)` from finding it until a container or another image shows that it is needed.
 */
export type ImageStore = Images & {
  /** Keeps an image of layers that are sealed already, and gives it names. */
  commit(
    config: ImageConfig,
    layers: readonly string[],
    names: readonly string[],
    history?: readonly HistoryEntry[],
  ): Promise<Image>
  withStoreLock: StoreLock
}

export type ImageStoreOptions = {
  home: string
  fileSystems: FileSystems
  commands: CommandRunner
  /** The images of containers, running or not. */
  imagesInUse?: () => Promise<Iterable<ImageDigest>>
  /** Layers needed besides those of images: the build cache's. */
  layersInUse?: () => Promise<Iterable<string>>
}

/** What the files of this folder share. */
export type Store = {
  options: ImageStoreOptions
  names: ImageNames
  records: ImageRecords
  lock: StoreLock
  commit: ImageStore['commit']
}

const fewDigits = /^(?:sha256:)?([0-9a-f]{12,64})$/
/** `remove` waits this long for builds to end; what it leaves then is the next prune's. */
const removeWaitMs = 1_000

export async function openImageStore(options: ImageStoreOptions): Promise<ImageStore> {
  const { home } = options
  const names = openImageNames(home)
  const records = openImageRecords(home)
  const lock = storeLock(`${home}/store.lock`)
  const store: Store = { options, names, records, lock, commit }

  async function commit(
    config: ImageConfig,
    layers: readonly string[],
    given: readonly string[],
    history: readonly HistoryEntry[] = [],
  ): Promise<Image> {
    return lock('shared', async () => {
      const image = await records.add(config, layers, history)
      for (const name of given) await names.set(name, image.digest)
      return image
    })
  }

  async function get(reference: string): Promise<Image> {
    const image = await find(reference)
    if (image === undefined) throw imageError['IMAGE.NOT_FOUND']({ reference })
    return image
  }

  async function find(reference: string): Promise<Image | undefined> {
    const digest = await digestOf(store, reference)
    const image = digest === undefined ? undefined : await records.get(digest)
    return image !== undefined && (await complete(store, image)) ? image : undefined
  }

  async function tag(reference: string, name: string): Promise<void> {
    await lock('shared', async () => names.set(name, (await get(reference)).digest))
  }

  return {
    get,
    find,
    hasProgram: (reference, name) =>
      lock('shared', async () => hasProgram(options.fileSystems, await get(reference), name)),
    tag,
    commit,
    withStoreLock: lock,
    list: () => list(store),
    remove: (reference) => remove(store, reference),
    prune: (keep) => lock('exclusive', () => removeUnneeded(store, usesOf(options), keep)),
    async flush() {
      await options.commands.run(command('sync', '--file-system', '--', home), { timeoutMs: 120_000 })
    },
    importRootfs: (path, name, config) => lock('shared', () => importRootfs(store, path, name, config)),
    importArchive: (path, given) => lock('shared', () => importArchive(store, path, given)),
  }
}

/** As Docker reads it: a whole digest, then a name, then the beginning of a digest. */
async function digestOf(store: Store, reference: string): Promise<ImageDigest | undefined> {
  if (digestPattern.test(reference)) return reference
  const [, pinned] = reference.split('@')
  if (pinned !== undefined) return digestPattern.test(pinned) ? pinned : undefined
  const named = isImageName(reference) ? await store.names.get(reference) : undefined
  const digits = fewDigits.exec(reference)?.[1]
  if (named !== undefined || digits === undefined) return named
  const matching = (await store.records.digests()).filter((digest) => digest.startsWith(`sha256:${digits}`))
  if (matching.length > 1) throw imageError['IMAGE.AMBIGUOUS']({ reference })
  return matching[0]
}

async function complete(store: Store, image: Image): Promise<boolean> {
  for (const id of image.layers) {
    if ((await store.options.fileSystems.layer(id)) !== undefined) continue
    process.emitWarning(`The image ${image.digest} lacks its layer ${id}; it is passed over.`, 'BerthStore')
    return false
  }
  return true
}

async function list(store: Store): Promise<ImageSummary[]> {
  const named = Map.groupBy(await store.names.all(), ({ digest }) => digest)
  const sizes = new Map(
    (await store.options.fileSystems.layers()).map(({ id, sizeBytes }) => [id, sizeBytes]),
  )
  const images = await Promise.all((await store.records.digests()).map(store.records.get))
  return images
    .filter((image) => image !== undefined)
    .map(({ digest, layers, createdAt }) => ({
      digest,
      names: (named.get(digest) ?? []).map(({ name }) => name),
      sizeBytes: layers.reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0),
      createdAt,
    }))
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
}

/** A name goes alone; a digest goes with all its names. */
async function remove(store: Store, reference: string): Promise<void> {
  const digest = await digestOf(store, reference)
  if (digest === undefined) throw imageError['IMAGE.NOT_FOUND']({ reference })
  const names = (await store.names.all()).filter((entry) => entry.digest === digest).map(({ name }) => name)
  const byName = isImageName(reference) && (await store.names.get(reference)) === digest
  const last = !byName || names.length <= 1
  const uses = usesOf(store.options)
  if (last && new Set(await uses.images()).has(digest)) throw imageError['IMAGE.IN_USE']({ reference })
  for (const name of byName ? [reference] : names) await store.names.remove(name)
  if (last) await removeSoon(store, uses, digest)
}

async function removeSoon(store: Store, uses: StoreUses, digest: ImageDigest): Promise<void> {
  try {
    await store.lock('exclusive', () => removeUnneeded(store, uses, [], digest), { timeoutMs: removeWaitMs })
  } catch (error) {
    if (!isBerthError(error, 'STORE.BUSY')) throw error
  }
}

function usesOf(options: ImageStoreOptions): StoreUses {
  return { images: options.imagesInUse ?? nothing, layers: options.layersInUse ?? nothing }
}

async function nothing(): Promise<string[]> {
  return []
}
