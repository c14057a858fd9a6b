import { createHash } from 'node:crypto'
import type { Image } from '../engine.ts'
import { parseManifest } from './image-manifest.ts'
import type { KnownOriginal } from './image-originals.ts'
import type { LayerBlob } from './layer-blobs.ts'
import { layerMediaType, mediaType } from './media-types.ts'
import { ociConfigOf } from './oci-config.ts'

export type ImageDocuments = { config: Buffer; manifest: { content: Buffer; mediaType: string } }

/**
 * The configuration and the manifest with which an image leaves, its layers as these archives: what it had before, byte for byte,
 * where that still says what is true; else written anew.
 */
export function documentsOf(
  image: Image,
  layers: readonly LayerBlob[],
  { originals, sourceDate }: { originals: readonly KnownOriginal[]; sourceDate: Date | null },
): ImageDocuments {
  const diffIds = layers.map(({ diffId }) => diffId)
  const fitting = originals.filter((original) => original.diffIds.join() === diffIds.join())
  for (const { config, manifest } of fitting) {
    if (manifest !== null && tellsOf(manifest.content, config, layers)) return { config, manifest }
  }
  const config = fitting[0]?.config ?? ociConfigOf(image, diffIds, sourceDate)
  return { config, manifest: newManifest(config, layers) }
}

function tellsOf(manifest: Buffer, config: Buffer, layers: readonly LayerBlob[]): boolean {
  const parsed = parseManifest(JSON.parse(manifest.toString('utf8')))
  if (parsed?.kind !== 'manifest' || parsed.config.digest !== sha256(config)) return false
  return parsed.layers.map(({ digest }) => digest).join() === layers.map(({ digest }) => digest).join()
}

function newManifest(config: Buffer, layers: readonly LayerBlob[]): ImageDocuments['manifest'] {
  const content = {
    schemaVersion: 2,
    mediaType: mediaType.ociManifest,
    config: { mediaType: mediaType.ociConfig, digest: sha256(config), size: config.length },
    layers: layers.map(({ compression, digest, sizeBytes }) => ({
      mediaType: layerMediaType[compression],
      digest,
      size: sizeBytes,
    })),
  }
  return { content: Buffer.from(JSON.stringify(content)), mediaType: mediaType.ociManifest }
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
