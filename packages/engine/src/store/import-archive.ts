import { createHash, type Hash } from 'node:crypto'
import { decompressed } from '../archive/decompress.ts'
import { extractTree } from '../archive/extract-tree.ts'
import type { Image } from '../engine.ts'
import { reached } from '../system/failure-points.ts'
import { removeTree } from '../system/scratch.ts'
import { type ArchivedImage, readArchivedImages } from './archive-manifests.ts'
import { imageError } from './errors.ts'
import { commitOriginal } from './image-originals.ts'
import type { Store } from './image-store.ts'
import { layerFrom } from './import-rootfs.ts'
import { layerOfDiffId, rememberDiffId } from './layer-blobs.ts'
import { keepingOutline } from './layer-outlines.ts'
import { isImageName, normaliseName } from './reference.ts'

/**
 * Takes in a tar of `docker save` or an OCI layout. Manifests and configurations are held to their digests, and what a
 * layer unpacks to is held to the configuration's diff id, so how it was compressed need not be looked at. A layer that was taken in before is found by its diff id and not unpacked again. Names of the archive that are no
 * names are left out; `given` names replace the archive's, and then it must hold one image.
 */
export async function importArchive(
  store: Store,
  archivePath: string,
  given?: readonly string[],
): Promise<Image[]> {
  const names = given?.map(normaliseName)
  const directory = await store.options.fileSystems.temporaryDirectory()
  try {
    await extractTree(decompressed(store.options.commands, archivePath), directory)
    const archived = await readArchivedImages(directory)
    if (archived.length === 0) throw imageError['IMAGE.INVALID_ARCHIVE']({ reason: 'it holds no image' })
    if (names !== undefined && names.length > 0 && archived.length > 1) {
      throw imageError['IMAGE.INVALID_ARCHIVE']({
        reason: 'it holds several images, so they keep their own names',
      })
    }
    const images: Image[] = []
    for (const image of archived) images.push(await importOne(store, image, names))
    return images
  } finally {
    await removeTree(store.options.commands, directory)
  }
}

async function importOne(
  store: Store,
  archived: ArchivedImage,
  given: readonly string[] | undefined,
): Promise<Image> {
  const layers: string[] = []
  for (const [index, diffId] of archived.diffIds.entries()) {
    layers.push(await importLayer(store, archived.layerPaths[index] as string, diffId))
  }
  const names = given !== undefined && given.length > 0 ? given : archived.names.filter(isImageName)
  return commitOriginal(store, { ...archived, layers }, { original: archived.original, names })
}

async function importLayer(store: Store, path: string, diffId: string): Promise<string> {
  return (await layerOfDiffId(store, diffId)) ?? (await unpackLayer(store, path, diffId))
}

/** Makes a layer of its archive, compressed or not. @throws IMAGE.DIGEST_MISMATCH */
export async function unpackLayer(
  store: Store,
  path: string,
  diffId: string,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256')
  const tar = hashed(decompressed(store.options.commands, path, signal), hash)
  const check = () => {
    if (`sha256:${hash.digest('hex')}` !== diffId) throw imageError['IMAGE.DIGEST_MISMATCH']({ what: diffId })
  }
  return keepingOutline(store, diffId, async ({ recording, content: onContent }) => {
    const layer = await layerFrom(store, recording(tar), { check, onContent, ...(signal ? { signal } : {}) })
    await rememberDiffId(store, diffId, layer.id)
    reached('diff id remembered')
    return layer.id
  })
}

/** What `unpackLayer` would check, without making a layer. @throws IMAGE.DIGEST_MISMATCH */
export async function checkDiffId(
  store: Store,
  path: string,
  diffId: string,
  signal?: AbortSignal,
): Promise<void> {
  const hash = createHash('sha256')
  for await (const piece of decompressed(store.options.commands, path, signal)) hash.update(piece)
  if (`sha256:${hash.digest('hex')}` !== diffId) throw imageError['IMAGE.DIGEST_MISMATCH']({ what: diffId })
}

async function* hashed(source: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    hash.update(piece)
    yield piece
  }
}
