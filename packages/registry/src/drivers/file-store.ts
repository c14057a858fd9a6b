import { mkdir, open, rm, stat } from 'node:fs/promises'
import type { RegistryStore, RepositoryName } from '../registry-store.ts'
import { fileManifests } from './file-manifests.ts'
import { fileUploads, type KeepBlobs, sizeOfFile, type UploadLimits } from './file-uploads.ts'
import {
  digestOf,
  ifMissing,
  listNames,
  nameOf,
  removeFile,
  removeHalfWritten,
  type StorePlaces,
  storePlaces,
  writeWhole,
} from './store-places.ts'

const defaultLimits: UploadLimits = { mostBlobBytes: 20 * 1000 ** 3, mostUploads: 100 }
/** What is younger may belong to a push that is under way. */
const graceMs = 24 * 60 * 60 * 1000

/** A registry's store in a directory of this machine's. One process at a time. */
export async function openFileStore(
  home: string,
  limits: Partial<UploadLimits> = {},
): Promise<RegistryStore> {
  const places = storePlaces(home)
  for (const directory of [places.repositories, places.blobs, places.allUploads]) {
    await mkdir(directory, { recursive: true, mode: 0o700 })
  }
  const keepBlobs = oneAtATime()
  const uploads = fileUploads(places, { ...defaultLimits, ...limits }, keepBlobs)
  const has = async (repository: RepositoryName, digest: Parameters<StorePlaces['link']>[1]) =>
    (await sizeOfFile(places.link(repository, digest))) !== undefined

  return {
    ...uploads,
    ...fileManifests(places),
    async blobBytes(repository, digest) {
      return (await has(repository, digest)) ? sizeOfFile(places.content(digest)) : undefined
    },
    async readBlob(repository, digest, range) {
      if (!(await has(repository, digest))) return undefined
      const file = await open(places.content(digest), 'r').catch(ifMissing(undefined))
      return file?.createReadStream(range === undefined ? {} : { start: range.first, end: range.last })
    },
    mountBlob: ({ digest, from, to }) =>
      keepBlobs(async () => {
        if (!(await has(from, digest)) || (await sizeOfFile(places.content(digest))) === undefined)
          return false
        await writeWhole(places.link(to, digest), '')
        return true
      }),
    removeBlob: (repository, digest) => removeFile(places.link(repository, digest)),
    async repositories() {
      const [kept, begun] = [await listNames(places.repositories), await listNames(places.allUploads)]
      return [...new Set([...kept, ...begun])].map(nameOf)
    },
    async removeRepository(repository) {
      await rm(places.repository(repository), { recursive: true, force: true })
      await rm(places.uploads(repository), { recursive: true, force: true })
    },
    async collectGarbage(now) {
      const before = new Date(now.getTime() - graceMs)
      const idle = await uploads.removeIdle(before)
      const halfWritten = await removeHalfWritten(places.repositories, before)
      return idle + halfWritten + (await removeUnlinked(places, before, keepBlobs))
    },
  }
}

async function removeUnlinked(places: StorePlaces, before: Date, keepBlobs: KeepBlobs): Promise<number> {
  let bytes = 0
  for (const group of await listNames(places.blobs)) {
    for (const hex of await listNames(`${places.blobs}/${group}`)) {
      bytes += await keepBlobs(() =>
        removeIfUnlinked(places, `${places.blobs}/${group}/${hex}`, { hex, before }),
      )
    }
  }
  return bytes
}

async function removeIfUnlinked(
  places: StorePlaces,
  path: string,
  { hex, before }: { hex: string; before: Date },
): Promise<number> {
  const found = await stat(path).catch(ifMissing(undefined))
  if (found === undefined || found.mtime >= before) return 0
  for (const name of (await listNames(places.repositories)).map(nameOf)) {
    if ((await sizeOfFile(places.link(name, digestOf(hex)))) !== undefined) return 0
  }
  await rm(path, { force: true })
  return found.size
}

function oneAtATime(): KeepBlobs {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work, work)
    last = mine.catch(() => undefined)
    return mine
  }
}
