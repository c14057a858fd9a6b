import { createHash } from 'node:crypto'
import { z } from 'zod'
import { registryError } from './errors.ts'
import type { Digest, NewManifest } from './registry-store.ts'

/** A manifest that a client sent, looked at: what it is, and what it needs to be of use. */
export type ParsedManifest = NewManifest & {
  /** Configuration and layers, which the repository must have. */
  blobs: readonly Digest[]
  /** Of an index: what it leads to. Manifests for platforms that were not pushed may be missing. */
  manifests: readonly Digest[]
}

export const largestManifestBytes = 4 * 1024 * 1024

/** Source: OCI image-spec 1.1, manifest.md and image-index.md; Docker image manifest version 2, schema 2. */
const imageTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]
export const indexType = 'application/vnd.oci.image.index.v1+json'
const indexTypes = [indexType, 'application/vnd.docker.distribution.manifest.list.v2+json']

const mostParts = 2_000
const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .transform((text) => text as Digest)
const mediaType = z.string().regex(/^[\w.+-]{1,127}\/[\w.+-]{1,127}$/)
const descriptor = z.looseObject({
  mediaType,
  digest,
  size: z.number().int().nonnegative(),
  urls: z.array(z.string()).optional(),
})
const common = {
  schemaVersion: z.literal(2),
  mediaType: mediaType.optional(),
  subject: descriptor.optional(),
}
const image = z.looseObject({ ...common, config: descriptor, layers: z.array(descriptor).max(mostParts) })
const index = z.looseObject({ ...common, manifests: z.array(descriptor).max(mostParts) })

/** @throws REGISTRY.MANIFEST_INVALID */
export function parseManifest(content: Uint8Array, contentType: string): ParsedManifest {
  const value = parseJson(content)
  const own = z.looseObject({ mediaType: z.string() }).safeParse(value).data?.mediaType
  const type = own ?? contentType
  if (contentType !== '' && type !== contentType)
    throw invalid('its media type is not the one of its request')
  const common = {
    content,
    mediaType: type,
    digest: `sha256:${createHash('sha256').update(content).digest('hex')}` as Digest,
  }
  if (indexTypes.includes(type)) {
    const { manifests, subject } = parsed(index, value)
    return {
      ...common,
      subject: subject?.digest ?? null,
      blobs: [],
      manifests: manifests.map((each) => each.digest),
    }
  }
  if (!imageTypes.includes(type)) throw invalid(`its media type is ${JSON.stringify(type.slice(0, 80))}`)
  const { config, layers, subject } = parsed(image, value)
  // A layer with addresses of its own (Windows has such) is fetched from there, if anywhere.
  const kept = layers.filter(({ urls }) => urls === undefined || urls.length === 0)
  const blobs = [config, ...kept].map((each) => each.digest)
  return { ...common, subject: subject?.digest ?? null, blobs, manifests: [] }
}

const typed = z.looseObject({
  artifactType: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  config: z.looseObject({ mediaType: z.string() }).optional(),
})

/** How a manifest is told of in a list of referrers. Source: OCI distribution-spec 1.1, "Listing Referrers". */
export function describeReferrer({ digest, mediaType, content }: NewManifest | Omit<NewManifest, 'subject'>) {
  const { artifactType, annotations, config } = typed.parse(parseJson(content))
  const type = artifactType ?? config?.mediaType
  return {
    ...{ mediaType, digest, size: content.length },
    ...(type === undefined ? {} : { artifactType: type }),
    ...(annotations === undefined ? {} : { annotations }),
  }
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw invalid(`${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'not as it should be'}`)
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content))
  } catch {
    throw invalid('it is no JSON')
  }
}

function invalid(problem: string): Error {
  return registryError['REGISTRY.MANIFEST_INVALID']({ problem: problem.slice(0, 200) })
}
