import { z } from 'zod'
import { hostArchitecture } from './image-config.ts'

/**
 * Manifests and indexes, as registries and archives hold them.
 * Sources: OCI image-spec, manifest.md, image-index.md, descriptor.md; Docker's image manifest v2.2.
 */
export const descriptorSchema = z.object({
  mediaType: z.string().default(''),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.number().int().nonnegative(),
  platform: z.object({ architecture: z.string(), os: z.string(), variant: z.string().nullish() }).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
  /** Where else it lies: a layer that may not be passed on. Docker's "foreign layers". */
  urls: z.array(z.string()).nullish(),
})
export type Descriptor = z.output<typeof descriptorSchema>

const most = 1000
const indexSchema = z.object({ manifests: z.array(descriptorSchema).max(most) })
const manifestSchema = z.object({ config: descriptorSchema, layers: z.array(descriptorSchema).max(most) })

export type ManifestDocument =
  | { kind: 'index'; manifests: readonly Descriptor[] }
  | { kind: 'manifest'; config: Descriptor; layers: readonly Descriptor[] }

/** What is both is neither: two readers would take it for two things (CVE-2021-41190). */
export function parseManifest(document: unknown): ManifestDocument | null {
  const index = indexSchema.safeParse(document)
  const manifest = manifestSchema.safeParse(document)
  const keys = Object.keys((document ?? {}) as object)
  if (index.success && !keys.includes('layers') && !keys.includes('config'))
    return { kind: 'index', ...index.data }
  if (manifest.success && !keys.includes('manifests')) return { kind: 'manifest', ...manifest.data }
  return null
}

/** An index within an index within …: more than these is not followed. */
export const maxNesting = 4

/** Attestations are listed as manifests for the platform unknown/unknown. */
export function isForAnything(descriptor: Descriptor): boolean {
  return descriptor.platform?.os !== 'unknown'
}

/** The one for this machine, or the only one, if it does not say what it is for. */
export function forThisMachine(
  manifests: readonly Descriptor[],
  host = { architecture: hostArchitecture, variants: hostVariants[hostArchitecture] ?? [''] },
): Descriptor | undefined {
  const able = manifests.filter(isForAnything)
  const fit = able.filter(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === host.architecture,
  )
  for (const variant of host.variants) {
    const found = fit.find(({ platform }) => (platform?.variant ?? '') === variant)
    if (found !== undefined) return found
  }
  return able.length === 1 && !able[0]?.platform ? able[0] : undefined
}

/** Best first; '' is what does not say. Which ARM a 32-bit machine has is not known here: the oldest that Debian runs on. */
const hostVariants: Readonly<Record<string, readonly string[]>> = {
  amd64: ['', 'v1'],
  arm64: ['v8', ''],
  arm: ['v7', '', 'v6', 'v5'],
}

export function platformsOf(manifests: readonly Descriptor[]): string {
  const named = manifests
    .filter(isForAnything)
    .map(({ platform }) =>
      [platform?.os, platform?.architecture, platform?.variant].filter(Boolean).join('/'),
    )
  return named.slice(0, 12).join(', ') || 'none'
}
