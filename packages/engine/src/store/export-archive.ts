import { ArchiveFile, blobName } from '../archive/archive-file.ts'
import type { ArchiveOptions, Image } from '../engine.ts'
import { documentsOf } from './image-documents.ts'
import { originalsOf, rememberOriginal } from './image-originals.ts'
import type { Store } from './image-store.ts'
import { type BlobForm, formOf, type LayerBlob, madeBlob, writeLayerBlob } from './layer-blobs.ts'
import { mediaType } from './media-types.ts'
import { isImageName, normaliseName, parseReference } from './reference.ts'

/**
 * Images as one file: an OCI layout, and with the format `docker` the manifest.json of `docker save` beside it, which
 * `docker load` (20.10) and podman read. An image that is asked for by a name keeps that name; equal blobs stand once.
 */
export async function exportArchive(
  store: Store,
  wanted: readonly { reference: string; image: Image }[],
  path: string,
  options: ArchiveOptions = {},
): Promise<void> {
  const { format = 'docker', sourceDate = null, signal } = options
  const compression = options.compression ?? (format === 'docker' ? 'none' : 'gzip')
  await ArchiveFile.write(
    path,
    async (archive) => {
      const images = new Map<string, ArchivedAs>()
      for (const { reference, image } of wanted) {
        signal?.throwIfAborted()
        const known = images.get(image.digest)
        const added =
          known ?? (await addImage(store, archive, { image, form: { compression, sourceDate }, signal }))
        images.set(image.digest, added)
        if (isName(reference, image)) added.names.add(normaliseName(reference))
      }
      await addIndex(archive, [...images.values()], format)
    },
    sourceDate,
  )
}

type ArchivedAs = {
  names: Set<string>
  manifest: { mediaType: string; digest: string; size: number }
  config: { digest: string }
  layers: readonly LayerBlob[]
}

async function addImage(
  store: Store,
  archive: ArchiveFile,
  options: { image: Image; form: BlobForm; signal: AbortSignal | undefined },
): Promise<ArchivedAs> {
  const { image, form, signal } = options
  const { sourceDate } = form
  const originals = sourceDate === null ? await originalsOf(store, image.digest) : []
  const layers: LayerBlob[] = []
  for (const [index, layer] of image.layers.entries()) {
    const diffId = originals[0]?.diffIds[index]
    const own = await formOf(store, layer, { form, diffId, signal })
    layers.push(await addLayer(store, archive, { layer, form: own, signal }))
  }
  const { config, manifest } = documentsOf(image, layers, { originals, sourceDate })
  const addedConfig = await archive.addBlob(config)
  const added = await archive.addBlob(manifest.content)
  if (sourceDate === null) await rememberOriginal(store, image.digest, { config, manifest: null })
  return {
    ...{ names: new Set<string>(), layers, config: addedConfig },
    manifest: { mediaType: manifest.mediaType, ...added },
  }
}

async function addLayer(
  store: Store,
  archive: ArchiveFile,
  options: { layer: string; form: BlobForm; signal: AbortSignal | undefined },
): Promise<LayerBlob> {
  const { layer, form, signal } = options
  const known = await madeBlob(store, layer, form)
  if (known !== undefined && archive.has(blobName(known.digest))) return known
  return archive.addStreamed((write) =>
    writeLayerBlob(store, layer, { ...form, write, ...(signal === undefined ? {} : { signal }) }),
  )
}

async function addIndex(
  archive: ArchiveFile,
  images: readonly ArchivedAs[],
  format: 'docker' | 'oci',
): Promise<void> {
  const manifests = images.flatMap(({ manifest, names }) => {
    if (names.size === 0) return [manifest]
    return [...names].map((name) => ({ ...manifest, annotations: annotationsOf(name) }))
  })
  const index = { schemaVersion: 2, mediaType: mediaType.ociIndex, manifests }
  await archive.add('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'))
  await archive.add('index.json', Buffer.from(JSON.stringify(index)))
  if (format === 'oci') return
  const docker = images.map(({ names, config, layers }) => ({
    Config: blobName(config.digest),
    RepoTags: [...names],
    Layers: layers.map(({ digest }) => blobName(digest)),
  }))
  await archive.add('manifest.json', Buffer.from(JSON.stringify(docker)))
}

/** containerd wants the whole name, skopeo and podman the tag. */
function annotationsOf(name: string): Record<string, string> {
  const { registry, path, tag } = parseReference(name)
  return {
    'io.containerd.image.name': `${registry}/${path}:${tag}`,
    'org.opencontainers.image.ref.name': tag,
  }
}

/** Not a digest, nor the beginning of one. */
function isName(reference: string, image: Image): boolean {
  const digits = reference.replace(/^sha256:/, '')
  return isImageName(reference) && !reference.includes('@') && !image.digest.startsWith(`sha256:${digits}`)
}
