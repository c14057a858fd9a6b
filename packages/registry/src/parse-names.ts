import { registryError } from './errors.ts'
import type { Digest, RepositoryName, Tag } from './registry-store.ts'

/** The grammar of names. Source: OCI distribution-spec 1.1, "Pulling manifests". */
const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const namePattern = new RegExp(`^${part}(?:/${part})*$`)
const digestPattern = /^sha256:[0-9a-f]{64}$/
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/
const longestName = 200

/** @throws REGISTRY.NAME_INVALID */
export function parseRepositoryName(text: string): RepositoryName {
  if (text.length > longestName || !namePattern.test(text))
    throw registryError['REGISTRY.NAME_INVALID']({ name: text.slice(0, 80) })
  return text as RepositoryName
}

/** @throws REGISTRY.DIGEST_INVALID */
export function parseDigest(text: string): Digest {
  if (!digestPattern.test(text)) throw registryError['REGISTRY.DIGEST_INVALID']({ digest: text.slice(0, 80) })
  return text as Digest
}

/** @throws REGISTRY.TAG_INVALID, REGISTRY.DIGEST_INVALID */
export function parseManifestReference(text: string): Tag | Digest {
  if (text.includes(':')) return parseDigest(text)
  if (!tagPattern.test(text)) throw registryError['REGISTRY.TAG_INVALID']({ tag: text.slice(0, 80) })
  return text as Tag
}

export function isDigest(reference: Tag | Digest): reference is Digest {
  return reference.includes(':')
}
