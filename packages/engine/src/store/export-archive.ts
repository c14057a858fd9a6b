import { ArchiveFile, blobName } from '../archive/archive-file.ts'
import type { ArchiveOptions, Image } from '../engine.ts'
import type { Store } from './image-store.ts'
import { type BlobForm, type LayerBlob, madeBlob, writeLayerBlob } from './layer-blobs.ts'
import { layerMediaType, mediaType } from './media-types.ts'
import { ociConfigOf } from './oci-config.ts'
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
  manifest: { digest: string; size: number }
  config: { digest: string }
  layers: readonly LayerBlob[]
}

async function addImage(
  store: Store,
  archive: ArchiveFile,
  options: { image: Image; form: BlobForm; signal: AbortSignal | undefined },
): Promise<ArchivedAs> {
  const { image, form, signal } = options
  const layers: LayerBlob[] = []
  for (const layer of image.layers) layers.push(await addLayer(store, archive, { layer, form, signal }))
  const diffIds = layers.map(({ diffId }) => diffId)
  const config = await archive.addBlob(ociConfigOf(image, diffIds, form.sourceDate))
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaType.ociManifest,
    config: { mediaType: mediaType.ociConfig, ...config },
    layers: layers.map((layer) => ({
      mediaType: layerMediaType[layer.compression],
      digest: layer.digest,
      size: layer.sizeBytes,
    })),
  }
  const added = await archive.addBlob(Buffer.from(JSON.stringify(manifest)))
  return { names: new Set(), manifest: added, config, layers }
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
    const descriptor = { mediaType: mediaType.ociManifest, ...manifest }
    if (names.size === 0) return [descriptor]
    return [...names].map((name) => ({ ...descriptor, annotations: annotationsOf(name) }))
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
