import { createHash } from 'node:crypto'
import { imageError } from '../store/errors.ts'
import { hostArchitecture } from '../store/image-config.ts'
import {
  type Descriptor,
  forThisMachine,
  maxNesting,
  parseManifest,
  platformsOf,
} from '../store/image-manifest.ts'
import { mediaType } from '../store/media-types.ts'
import { registryError } from './errors.ts'
import { parseJson, readBody } from './read-body.ts'
import type { RegistryClient } from './registry-client.ts'

/**
 * What a reference means at a registry, down to the image for this machine. Every document is held to the digest under
 * which it was asked for, and to the one that the registry says it has, before it is read.
 */
export type RemoteImage = {
  /** Of the index, where there is one, and of the manifest: any of them names this image. */
  digests: readonly string[]
  /** Of the image, as it came. */
  manifest: { content: Buffer; mediaType: string }
  config: Descriptor
  layers: readonly Descriptor[]
}

const maxManifestBytes = 4 * 1024 * 1024
const accept = [
  mediaType.ociIndex,
  mediaType.ociManifest,
  mediaType.dockerIndex,
  mediaType.dockerManifest,
].join(', ')

/** `wanted`: a tag or a digest. `what`: the reference, for messages. */
export async function fetchManifest(
  client: RegistryClient,
  wanted: string,
  what: string,
): Promise<RemoteImage> {
  const digests: string[] = []
  let next: { reference: string; size: number | null } = { reference: wanted, size: null }
  for (let depth = 0; depth <= maxNesting; depth += 1) {
    const { digest, document, ...own } = await fetchDocument(client, next, what)
    digests.push(digest)
    const manifest = parseManifest(document)
    if (manifest === null) throw notAnImage(client, document, what)
    if (manifest.kind === 'manifest') {
      return { digests, manifest: own, config: manifest.config, layers: manifest.layers }
    }
    const chosen = forThisMachine(manifest.manifests)
    if (chosen === undefined) {
      const needed = `linux/${hostArchitecture}`
      throw imageError['IMAGE.WRONG_PLATFORM']({ found: platformsOf(manifest.manifests), needed })
    }
    next = { reference: chosen.digest, size: chosen.size }
  }
  throw invalid(client, 'its indexes are nested too deep')
}

async function fetchDocument(
  client: RegistryClient,
  { reference, size }: { reference: string; size: number | null },
  what: string,
): Promise<{ digest: string; document: unknown; content: Buffer; mediaType: string }> {
  const response = await client.request({
    method: 'GET',
    url: client.url(`manifests/${reference}`),
    headers: { accept },
    expect: [200],
    what,
  })
  const { host } = client.endpoint
  const said = response.headers['docker-content-digest']
  const limitBytes = Math.min(size ?? maxManifestBytes, maxManifestBytes)
  const content = await readBody(response, { what: 'a manifest', host, limitBytes, limits: client.limits })
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
  const pinned = reference.startsWith('sha256:') ? reference : digest
  if (digest !== pinned || (size !== null && content.length !== size)) throw mismatch(pinned)
  if (typeof said === 'string' && said.startsWith('sha256:') && said !== digest) throw mismatch(said)
  const document = parseJson(content)
  const given = (response.headers['content-type'] ?? '').split(';')[0]?.trim()
  return { digest, document, content, mediaType: ownMediaType(document) ?? (given || mediaType.ociManifest) }
}

/** What a document says of itself: registries hold a push to it. */
function ownMediaType(document: unknown): string | undefined {
  const { mediaType: own } = (document ?? {}) as { mediaType?: unknown }
  return typeof own === 'string' ? own : undefined
}

/** A small blob, whole: an image's configuration. */
export async function fetchSmallBlob(client: RegistryClient, { digest, size }: Descriptor): Promise<Buffer> {
  const limitBytes = 8 * 1024 * 1024
  if (size > limitBytes) throw registryError['REGISTRY.TOO_LARGE']({ what: digest, limitBytes })
  const response = await client.request({
    method: 'GET',
    url: client.url(`blobs/${digest}`),
    expect: [200],
    what: digest,
  })
  const { host } = client.endpoint
  const bytes = await readBody(response, { what: digest, host, limitBytes: size, limits: client.limits })
  if (`sha256:${createHash('sha256').update(bytes).digest('hex')}` !== digest || bytes.length !== size)
    throw mismatch(digest)
  return bytes
}

function notAnImage(client: RegistryClient, document: unknown, reference: string) {
  const { schemaVersion } = (document ?? {}) as { schemaVersion?: unknown }
  if (schemaVersion !== 1) return invalid(client, 'its manifest is malformed')
  return registryError['REGISTRY.UNSUPPORTED']({
    reference,
    what: 'it is in the old format (schema 1), which holds its layers to no digest of their content',
  })
}

function mismatch(what: string) {
  return registryError['REGISTRY.DIGEST_MISMATCH']({ what })
}

function invalid(client: RegistryClient, reason: string) {
  return registryError['REGISTRY.INVALID']({ registry: client.endpoint.host, reason })
}
