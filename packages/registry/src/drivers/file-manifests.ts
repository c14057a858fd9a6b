import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { isDigest } from '../parse-names.ts'
import type { Digest, NewManifest, RegistryStore, RepositoryName, Tag } from '../registry-store.ts'
import {
  digestOf,
  hexOf,
  ifMissing,
  listNames,
  removeFile,
  type StorePlaces,
  writeWhole,
} from './store-places.ts'

export type Manifests = Pick<
  RegistryStore,
  'manifest' | 'putManifest' | 'removeManifest' | 'removeTag' | 'tags' | 'tagsOf' | 'referrers'
>

const header = z.object({
  mediaType: z.string(),
  subject: z
    .string()
    .nullable()
    .transform((text) => text as Digest | null),
})

/** Manifests, and the tags and subjects by which they are found. A tag is written last: it never names what is not there. */
export function fileManifests(places: StorePlaces): Manifests {
  const get = (repository: RepositoryName, digest: Digest) =>
    read(places.manifest(repository, digest), digest)
  const tagged = async (repository: RepositoryName, tag: Tag) =>
    (await readFile(places.tag(repository, tag), 'utf8').catch(ifMissing(undefined))) as Digest | undefined
  const tagsOf = async (repository: RepositoryName, digest: Digest) => {
    const tags = (await listNames(places.tags(repository))) as Tag[]
    const named = await Promise.all(tags.map((tag) => tagged(repository, tag)))
    return tags.filter((_tag, index) => named[index] === digest)
  }

  return {
    async manifest(repository, reference) {
      const digest = isDigest(reference) ? reference : await tagged(repository, reference)
      return digest === undefined ? undefined : get(repository, digest)
    },
    async putManifest(repository, tag, { digest, mediaType, subject, content }) {
      const first = Buffer.from(`${JSON.stringify({ mediaType, subject })}\n`)
      await writeWhole(places.manifest(repository, digest), Buffer.concat([first, content]))
      if (subject !== null) await writeWhole(places.referrer(repository, subject, digest), '')
      if (tag !== null) await writeWhole(places.tag(repository, tag), digest)
    },
    async removeManifest(repository, digest) {
      const found = await get(repository, digest)
      if (found === undefined) return false
      for (const tag of await tagsOf(repository, digest)) await removeFile(places.tag(repository, tag))
      if (found.subject !== null) await removeFile(places.referrer(repository, found.subject, digest))
      return removeFile(places.manifest(repository, digest))
    },
    tagsOf,
    removeTag: (repository, tag) => removeFile(places.tag(repository, tag)),
    async tags(repository, { after, most }) {
      const names = await listNames(places.tags(repository))
      return names
        .filter((name) => name > after)
        .sort()
        .slice(0, most)
    },
    async referrers(repository, subject) {
      const names = await listNames(places.referrers(repository, subject))
      const found = await Promise.all(names.sort().map((hex) => get(repository, digestOf(hex))))
      return found.filter((manifest) => manifest !== undefined)
    },
  }
}

/** One whose content is not what its name says (a disk that lost it) counts as absent. */
async function read(path: string, digest: Digest): Promise<NewManifest | undefined> {
  const bytes = await readFile(path).catch(ifMissing(undefined))
  const end = bytes?.indexOf('\n') ?? -1
  if (bytes === undefined || end < 0) return undefined
  const content = bytes.subarray(end + 1)
  if (createHash('sha256').update(content).digest('hex') !== hexOf(digest)) return undefined
  return { digest, content, ...header.parse(JSON.parse(bytes.subarray(0, end).toString())) }
}
