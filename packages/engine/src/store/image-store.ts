import { type CommandRunner, command } from '@berth/command'
import { isBerthError } from '@berth/domain'
import { orNoSpace } from '../archive/no-space.ts'
import type { HistoryEntry, Image, ImageConfig, ImageDigest, ImageSummary, Images } from '../engine.ts'
import type { FileSystems } from '../filesystem.ts'
import { pullImage } from '../registry/pull-image.ts'
import { pushImage } from '../registry/push-image.ts'
import type { RegistrySettings } from '../registry/registry-settings.ts'
import { reached } from '../system/failure-points.ts'
import { diffImages } from './diff-images.ts'
import { imageError } from './errors.ts'
import { exportArchive } from './export-archive.ts'
import { exportRootfs } from './export-rootfs.ts'
import { hasProgram } from './has-program.ts'
import { imageHistory } from './image-history.ts'
import {
  digestPattern,
  type ImageNames,
  type NamedImage,
  openImageNames,
  openImagePins,
} from './image-names.ts'
import { type ImageRecords, openImageRecords } from './image-records.ts'
import { importArchive } from './import-archive.ts'
import { importRootfs } from './import-rootfs.ts'
import { inspectImage } from './inspect-image.ts'
import { digitsOf, isImageName, normaliseName, parseReference, repositoryName } from './reference.ts'
import { removeUnneeded, type StoreUses } from './remove-unneeded.ts'
import { type StoreLock, storeLock } from './store-lock.ts'
import { storeUsage } from './store-usage.ts'

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
    scope?: string,
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
  /** What a prune clears besides. */
  alsoPrune?: () => Promise<unknown>
  /** Null or left out: `resolve` asks no registry. */
  registries?: RegistrySettings | null
}

/** What the files of this folder share. */
export type Store = {
  options: ImageStoreOptions
  names: ImageNames
  records: ImageRecords
  /** `name@digest` as registries know our images. */
  pins: ImageNames
  lock: StoreLock
  commit: ImageStore['commit']
}

/** `remove` waits this long for builds to end; what it leaves then is the next prune's. */
const removeWaitMs = 1_000

export async function openImageStore(options: ImageStoreOptions): Promise<ImageStore> {
  const { home } = options
  const names = openImageNames(home)
  const records = openImageRecords(home)
  const lock = storeLock(`${home}/store.lock`)
  const store: Store = { options, names, records, pins: openImagePins(home), lock, commit }
  const shared = <Result>(work: () => Promise<Result>) => lock('shared', work)

  async function commit(
    config: ImageConfig,
    layers: readonly string[],
    given: readonly string[],
    history: readonly HistoryEntry[] = [],
    scope?: string,
  ): Promise<Image> {
    return lock('shared', async () => {
      const image = await records.add(config, layers, history)
      for (const name of given) await names.set(name, image.digest, scope)
      reached('name set')
      return image
    })
  }

  async function get(reference: string): Promise<Image> {
    const image = await find(reference)
    if (image === undefined) throw imageError['IMAGE.NOT_FOUND']({ reference })
    return image
  }

  async function find(reference: string, scope?: string): Promise<Image | undefined> {
    const digest = await (scope === undefined
      ? digestOf(store, reference)
      : scopedDigest(store, reference, scope))
    const image = digest === undefined ? undefined : await records.get(digest)
    return image !== undefined && (await complete(store, image)) ? image : undefined
  }

  async function tag(reference: string, name: string): Promise<void> {
    await lock('shared', async () => names.set(name, (await get(reference)).digest))
  }

  return {
    get,
    find: (reference) => find(reference),
    hasProgram: (reference, name) =>
      shared(async () => hasProgram(options.fileSystems, await get(reference), name)),
    ...looking(store, get),
    ...shipping(store, { get, find }),
    tag,
    commit,
    withStoreLock: lock,
    list: () => list(store),
    remove: (reference) => remove(store, reference),
    prune: (keep, given = {}) =>
      lock('exclusive', () => removeUnneeded(store, usesOf(options), { keep, ...given })),
    usage: () => storeUsage(store, usesOf(options)),
    async flush() {
      await options.commands.run(command('sync', '--file-system', '--', home), { timeoutMs: 120_000 })
    },
  }
}

type Get = Images['get']

function looking(store: Store, get: Get): Pick<Images, 'history' | 'inspect' | 'diff'> {
  const { fileSystems } = store.options
  const shared = <Result>(work: () => Promise<Result>) => store.lock('shared', work)
  return {
    history: (reference) => shared(async () => imageHistory(fileSystems, await get(reference))),
    inspect: (reference) =>
      shared(async () => {
        const image = await get(reference)
        const [names, pins] = await Promise.all(
          [store.names, store.pins].map((of) => namesOf(of, image.digest)),
        )
        return inspectImage(fileSystems, image, { names: names ?? [], pins: pins ?? [] })
      }),
    diff: (before, after, options) =>
      shared(async () =>
        diffImages(fileSystems, { before: await get(before), after: await get(after) }, options),
      ),
  }
}

type Find = (reference: string, scope?: string) => Promise<Image | undefined>

function shipping(store: Store, { get, find }: { get: Get; find: Find }) {
  const { registries } = store.options
  const shared = <Result>(work: () => Promise<Result>) =>
    store.lock('shared', work).catch((error: unknown) => Promise.reject(orNoSpace(error)))
  return {
    importRootfs: (archive, name, config) => shared(() => importRootfs(store, archive, name, config)),
    importArchive: (path, given) => shared(() => importArchive(store, path, given)),
    exportArchive: (references, path, options) =>
      shared(async () => {
        const wanted: { reference: string; image: Image }[] = []
        for (const reference of references) wanted.push({ reference, image: await get(reference) })
        await exportArchive(store, wanted, path, options)
      }),
    exportRootfs: (reference, path, options) =>
      shared(async () => exportRootfs(store, await get(reference), path, options)),
    pull: (reference, options) => shared(() => pullImage(store, reference, registries ?? {}, options)),
    push: (reference, options) =>
      shared(async () => {
        const image = await get(reference)
        return pushImage(store, image, options?.name ?? reference, registries ?? {}, options)
      }),
    async resolve(reference, options) {
      const here = await find(reference, options?.scope)
      if (here !== undefined) return here
      if (!registries || !isImageName(reference)) throw imageError['IMAGE.NOT_FOUND']({ reference })
      return shared(() => pullImage(store, reference, registries, options))
    },
  } satisfies Partial<Images>
}

async function namesOf(names: ImageNames, digest: ImageDigest): Promise<string[]> {
  return namesIn((await names.all()).filter((entry) => entry.digest === digest))
}

/** What several scopes call the same stands once. */
function namesIn(entries: readonly NamedImage[]): string[] {
  return [...new Set(entries.map(({ name }) => name))]
}

/** As Docker reads it: a whole digest, then a name, then the beginning of a digest. */
async function digestOf(store: Store, reference: string): Promise<ImageDigest | undefined> {
  if (digestPattern.test(reference)) return reference
  if (reference.includes('@')) return isImageName(reference) ? pinnedDigest(store, reference) : undefined
  const named = isImageName(reference) ? await store.names.get(reference) : undefined
  const digits = digitsOf(reference)
  if (named !== undefined || digits === undefined) return named
  const matching = (await store.records.digests()).filter((digest) => digest.startsWith(`sha256:${digits}`))
  if (matching.length > 1) throw imageError['IMAGE.AMBIGUOUS']({ reference })
  return matching[0]
}

/**
 * What a scope may call: what its own rights have fetched, then what is everybody's. By name alone: digits, and our own
 * digests, would lead to any image that is here.
 */
async function scopedDigest(
  store: Store,
  reference: string,
  scope: string,
): Promise<ImageDigest | undefined> {
  if (!isImageName(reference)) return undefined
  const parsed = parseReference(reference)
  const pinned = parsed.digest !== null
  const names = pinned ? store.pins : store.names
  const name = pinned ? `${repositoryName(parsed)}@${parsed.digest}` : reference
  return (await names.get(name, scope)) ?? (await names.get(name))
}

/** A registry's digest for it, or ours. */
async function pinnedDigest(store: Store, reference: string): Promise<ImageDigest | undefined> {
  const parsed = parseReference(reference)
  return (await store.pins.get(`${repositoryName(parsed)}@${parsed.digest}`)) ?? parsed.digest ?? undefined
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
      names: namesIn(named.get(digest) ?? []),
      sizeBytes: layers.reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0),
      createdAt,
    }))
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
}

/** A name goes alone, and where it is nobody's but scopes', from all of them; a digest goes with all its names. */
async function remove(store: Store, reference: string): Promise<void> {
  const all = await store.names.all()
  const name = isImageName(reference) ? normaliseName(reference) : null
  const scoped = all.find((entry) => entry.name === name)?.digest
  const digest = (await digestOf(store, reference)) ?? scoped
  if (digest === undefined) throw imageError['IMAGE.NOT_FOUND']({ reference })
  const names = all.filter((entry) => entry.digest === digest)
  const called = names.filter((entry) => entry.name === name)
  const going = called.length > 0 ? called : names
  const last = going.length === names.length
  const uses = usesOf(store.options)
  if (last && new Set(await uses.images()).has(digest)) throw imageError['IMAGE.IN_USE']({ reference })
  for (const entry of going) await store.names.remove(entry.name, entry.scope)
  reached('image name removed')
  if (last) await removeSoon(store, uses, digest)
}

async function removeSoon(store: Store, uses: StoreUses, digest: ImageDigest): Promise<void> {
  try {
    await store.lock('exclusive', () => removeUnneeded(store, uses, { keep: [], only: digest }), {
      timeoutMs: removeWaitMs,
    })
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
