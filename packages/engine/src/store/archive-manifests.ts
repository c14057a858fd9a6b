import { createHash } from 'node:crypto'
import { lstat, readFile } from 'node:fs/promises'
import { printable } from '@berth/domain'
import { z } from 'zod'
import type { HistoryEntry, ImageConfig } from '../engine.ts'
import { resolveInRoot } from '../system/resolve-in-root.ts'
import { imageError } from './errors.ts'
import { hostArchitecture } from './image-config.ts'
import {
  type Descriptor,
  forThisMachine,
  isForAnything,
  maxNesting,
  parseManifest,
  platformsOf,
} from './image-manifest.ts'
import type { Original } from './image-originals.ts'
import { mediaType } from './media-types.ts'
import { historyFrom, imageConfigFrom, type OciConfig, ociConfigSchema } from './oci-config.ts'

/**
 * What images an unpacked archive holds: `docker save`'s manifest.json, or an OCI layout's index.json. Where an archive
 * has both, the first counts: it knows the names. Every blob that is named by its digest is held to it.
 */
export type ArchivedImage = {
  config: ImageConfig
  history: readonly HistoryEntry[]
  original: Original
  /** Digests of the layers' archives before compression, lowest first. */
  diffIds: string[]
  /** The files with those archives, compressed or not. */
  layerPaths: string[]
  names: string[]
}

/** @throws IMAGE.INVALID_ARCHIVE, IMAGE.DIGEST_MISMATCH, IMAGE.WRONG_PLATFORM */
export async function readArchivedImages(directory: string): Promise<ArchivedImage[]> {
  if (await isThere(directory, 'manifest.json')) return dockerImages(directory)
  if (await isThere(directory, 'index.json')) return ociImages(directory)
  throw invalid('it has neither a manifest.json nor an index.json')
}

// ------------------------------------------------------------------------------------------------ docker save

const dockerManifestSchema = z
  .array(
    z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()) }),
  )
  .max(1000)

async function dockerImages(directory: string): Promise<ArchivedImage[]> {
  const manifests = dockerManifestSchema.safeParse(await readJson(directory, 'manifest.json'))
  if (!manifests.success) throw invalid('its manifest.json is malformed')
  return Promise.all(manifests.data.map((manifest) => dockerImage(directory, manifest)))
}

async function dockerImage(
  directory: string,
  manifest: z.output<typeof dockerManifestSchema>[number],
): Promise<ArchivedImage> {
  const hex = /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(manifest.Config)?.[1]
  const config = await readBlob(directory, manifest.Config, hex)
  const layerPaths = await Promise.all(manifest.Layers.map((path) => filePath(directory, path)))
  return archivedImage({ config, manifest: null }, layerPaths, manifest.RepoTags ?? [])
}

// ------------------------------------------------------------------------------------------------ OCI layout

async function ociImages(directory: string): Promise<ArchivedImage[]> {
  const index = parseManifest(await readJson(directory, 'index.json'))
  if (index?.kind !== 'index') throw invalid('its index.json is malformed')
  const images: ArchivedImage[] = []
  for (const descriptor of index.manifests) {
    if (isForAnything(descriptor)) images.push(await ociImage(directory, descriptor, 0))
  }
  return images
}

async function ociImage(directory: string, descriptor: Descriptor, depth: number): Promise<ArchivedImage> {
  if (depth > maxNesting) throw invalid('its indexes are nested too deep')
  const content = await readDescribed(directory, descriptor)
  const manifest = parseManifest(parseJson(content))
  if (manifest === null) throw invalid(`the manifest ${descriptor.digest} is malformed`)
  if (manifest.kind === 'index') {
    const chosen = forThisMachine(manifest.manifests)
    if (chosen === undefined) throw wrongPlatform(platformsOf(manifest.manifests))
    return { ...(await ociImage(directory, chosen, depth + 1)), names: namesOf(descriptor) }
  }
  const config = await readDescribed(directory, manifest.config)
  const layerPaths = manifest.layers.map((layer) => filePath(directory, blobPath(layer.digest)))
  const original = { config, manifest: { content, mediaType: descriptor.mediaType || mediaType.ociManifest } }
  return archivedImage(original, await Promise.all(layerPaths), namesOf(descriptor))
}

/** containerd keeps the whole name; others keep what stood after `oci-archive:FILE:`, often no more than a tag. */
function namesOf({ annotations }: Descriptor): string[] {
  const whole = annotations?.['io.containerd.image.name']
  const reference = annotations?.['org.opencontainers.image.ref.name']
  if (whole !== undefined) return [whole]
  return reference !== undefined && /[:/]/.test(reference) ? [reference] : []
}

// ------------------------------------------------------------------------------------------------ blobs

const maxJsonBytes = 8 * 1024 * 1024

function archivedImage(original: Original, layerPaths: string[], names: string[]): ArchivedImage {
  const oci = parseConfig(original.config)
  const diffIds = oci.rootfs.diff_ids
  const history = historyFrom(oci)
  const config = imageConfigFrom(oci)
  if (config === null) throw invalid('an image’s configuration holds a value that no image may have')
  if (layerPaths.length !== diffIds.length) throw invalid('it lists layers that have no digest')
  if (config.os !== 'linux' || config.architecture !== hostArchitecture) {
    throw wrongPlatform(`${config.os}/${config.architecture}`)
  }
  return { config, history, original, diffIds, layerPaths, names }
}

function parseConfig(bytes: Buffer): OciConfig {
  const config = ociConfigSchema.safeParse(parseJson(bytes))
  if (!config.success) throw invalid('an image’s configuration is malformed')
  return config.data
}

async function readDescribed(directory: string, { digest, size }: Descriptor): Promise<Buffer> {
  const bytes = await readBlob(directory, blobPath(digest), digest.slice('sha256:'.length))
  if (bytes.length !== size) throw imageError['IMAGE.DIGEST_MISMATCH']({ what: digest })
  return bytes
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

async function readBlob(directory: string, path: string, hex: string | undefined): Promise<Buffer> {
  const bytes = await readSmall(directory, path)
  if (hex !== undefined && createHash('sha256').update(bytes).digest('hex') !== hex) {
    throw imageError['IMAGE.DIGEST_MISMATCH']({ what: path })
  }
  return bytes
}

async function readJson(directory: string, path: string): Promise<unknown> {
  return parseJson(await readSmall(directory, path))
}

async function readSmall(directory: string, path: string): Promise<Buffer> {
  const found = await filePath(directory, path)
  if ((await lstat(found)).size > maxJsonBytes) throw invalid(`${path} is too large`)
  return readFile(found)
}

/** A regular file of the unpacked archive: old archives name one layer's file by a link to another's. */
async function filePath(directory: string, path: string): Promise<string> {
  const lacking = invalid(`it lacks ${printable(path)}`)
  // Too long, with a NUL, or links without end: nothing is there.
  const found = await resolveInRoot(directory, path).catch(() => {
    throw lacking
  })
  const stats = await lstat(found).catch(() => null)
  if (!stats?.isFile()) throw lacking
  return found
}

async function isThere(directory: string, path: string): Promise<boolean> {
  const stats = await lstat(`${directory}/${path}`).catch(() => null)
  return stats?.isFile() ?? false
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

function invalid(reason: string) {
  return imageError['IMAGE.INVALID_ARCHIVE']({ reason })
}

function wrongPlatform(found: string) {
  return imageError['IMAGE.WRONG_PLATFORM']({ found, needed: `linux/${hostArchitecture}` })
}
