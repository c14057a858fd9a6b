import { registryError } from '../errors.ts'
import { largestManifestBytes, type ParsedManifest, parseManifest } from '../parse-manifest.ts'
import { isDigest, parseManifestReference } from '../parse-names.ts'
import { answerEmpty, demand, refuseMethod, type Visit } from '../registry.ts'
import type { Digest, RepositoryName, Tag } from '../registry-store.ts'

/** `/v2/<name>/manifests/<tag or digest>` */
export async function answerManifest(visit: Visit, repository: RepositoryName, given: string): Promise<void> {
  const { method } = visit.request
  const reference = parseManifestReference(given)
  if (method === 'GET' || method === 'HEAD') return send(visit, repository, reference)
  if (method === 'PUT') return put(visit, repository, reference)
  if (method === 'DELETE') return remove(visit, repository, reference)
  return refuseMethod(visit)
}

async function send(visit: Visit, repository: RepositoryName, reference: Tag | Digest): Promise<void> {
  const key = await demand(visit, repository, { action: 'pull' })
  const manifest = await find(visit, key, reference)
  if (manifest === undefined) throw registryError['REGISTRY.MANIFEST_UNKNOWN']({ reference })
  visit.response.writeHead(200, {
    'Content-Type': manifest.mediaType,
    'Content-Length': manifest.content.length,
    'Docker-Content-Digest': manifest.digest,
    ETag: `"${manifest.digest}"`,
  })
  visit.response.end(visit.request.method === 'HEAD' ? undefined : manifest.content)
}

async function find(visit: Visit, key: RepositoryName, reference: Tag | Digest) {
  const { store, options } = visit
  const found = await store.manifest(key, reference)
  if (found !== undefined || options.make === undefined) return found
  return (await options.make(key, reference)) ? store.manifest(key, reference) : undefined
}

async function put(visit: Visit, repository: RepositoryName, reference: Tag | Digest): Promise<void> {
  const tag = isDigest(reference) ? null : reference
  const key = await demand(visit, repository, { action: 'push', tag })
  const contentType = (visit.request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
  const manifest = parseManifest(await bodyOf(visit), contentType)
  if (isDigest(reference) && reference !== manifest.digest) {
    throw registryError['REGISTRY.DIGEST_MISMATCH']({ digest: reference })
  }
  await demandParts(visit, key, manifest)
  await visit.store.putManifest(key, tag, manifest)
  await visit.options.pushed?.(key, tag, manifest)
  answerEmpty(visit, 201, {
    Location: `/v2/${repository}/manifests/${manifest.digest}`,
    'Docker-Content-Digest': manifest.digest,
    ...(manifest.subject === null ? {} : { 'OCI-Subject': manifest.subject }),
  })
}

/** An index may lead to platforms that were not pushed; an image is whole or nothing. */
async function demandParts({ store }: Visit, key: RepositoryName, { blobs }: ParsedManifest): Promise<void> {
  for (const digest of new Set(blobs)) {
    if ((await store.blobBytes(key, digest)) === undefined) {
      throw registryError['REGISTRY.MANIFEST_BLOB_UNKNOWN']({ digest })
    }
  }
}

async function bodyOf({ request }: Visit): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of request) {
    bytes += piece.length
    if (bytes > largestManifestBytes) {
      throw registryError['REGISTRY.MANIFEST_INVALID']({
        problem: `it has more than ${largestManifestBytes} bytes`,
      })
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

async function remove(visit: Visit, repository: RepositoryName, reference: Tag | Digest): Promise<void> {
  if (visit.options.deletes !== true) refuseMethod(visit)
  const gone = isDigest(reference)
    ? await removeManifest(visit, repository, reference)
    : await removeTag(visit, repository, reference)
  if (!gone) throw registryError['REGISTRY.MANIFEST_UNKNOWN']({ reference })
  answerEmpty(visit, 202)
}

async function removeTag(visit: Visit, repository: RepositoryName, tag: Tag): Promise<boolean> {
  const key = await demand(visit, repository, { action: 'delete', tag })
  return visit.store.removeTag(key, tag)
}

/** Its tags go with it: each is asked for. */
async function removeManifest(visit: Visit, repository: RepositoryName, digest: Digest): Promise<boolean> {
  const key = await demand(visit, repository, { action: 'delete' })
  for (const tag of await visit.store.tagsOf(key, digest))
    await demand(visit, repository, { action: 'delete', tag })
  return visit.store.removeManifest(key, digest)
}
