import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname } from 'node:path'
import { registryError } from '../errors.ts'
import type { Digest, RegistryStore, RepositoryName, UploadedBytes } from '../registry-store.ts'
import { hexOf, ifMissing, listNames, removeFile, type StorePlaces, writeWhole } from './store-places.ts'

/** Uploads as files that grow. One request at a time adds to an upload; another one waits for it. */
export type Uploads = Pick<
  RegistryStore,
  'startUpload' | 'uploadBytes' | 'append' | 'finishUpload' | 'cancelUpload'
> & {
  /** Those that nobody added to since then, nor is about to finish; returns their bytes. */
  removeIdle(before: Date): Promise<number>
}

export type UploadLimits = { mostBlobBytes: number; mostUploads: number }

/** Keeps garbage collection away while a blob becomes a repository's. */
export type KeepBlobs = <Result>(work: () => Promise<Result>) => Promise<Result>

const idPattern = /^[0-9a-f]{32}$/

export function fileUploads(places: StorePlaces, limits: UploadLimits, keepBlobs: KeepBlobs): Uploads {
  const inTurn = turns()
  const sizeOf = async (repository: RepositoryName, id: string) =>
    idPattern.test(id) ? sizeOfFile(places.upload(repository, id)) : undefined

  return {
    async startUpload(repository) {
      const { mostUploads: most } = limits
      if ((await listNames(places.uploads(repository))).length >= most) {
        throw registryError['REGISTRY.TOO_MANY_UPLOADS']({ most })
      }
      const id = randomBytes(16).toString('hex')
      await mkdir(places.uploads(repository), { recursive: true })
      await (await open(places.upload(repository, id), 'wx', 0o600)).close()
      return id
    },
    uploadBytes: sizeOf,
    append: (repository, id, bytes) =>
      inTurn(id, async () => {
        const atBytes = await sizeOf(repository, id)
        if (atBytes === undefined) throw registryError['REGISTRY.UPLOAD_UNKNOWN']()
        return append(places.upload(repository, id), { ...bytes, atBytes, mostBytes: limits.mostBlobBytes })
      }),
    finishUpload: (repository, id, digest) =>
      inTurn(id, async () => {
        if ((await sizeOf(repository, id)) === undefined) throw registryError['REGISTRY.UPLOAD_UNKNOWN']()
        const path = places.upload(repository, id)
        if ((await hashOf(path)) !== hexOf(digest)) {
          await removeFile(path)
          throw registryError['REGISTRY.DIGEST_MISMATCH']({ digest })
        }
        await keepBlobs(() => keep(places, { repository, digest, path }))
      }),
    cancelUpload: (repository, id) =>
      inTurn(id, async () => idPattern.test(id) && removeFile(places.upload(repository, id))),
    removeIdle: (before) => removeIdle(places, before, inTurn),
  }
}

async function append(
  path: string,
  given: UploadedBytes & { atBytes: number; mostBytes: number },
): Promise<number> {
  const { atBytes, mostBytes } = given
  if (given.offset !== null && given.offset !== atBytes)
    throw registryError['REGISTRY.RANGE_INVALID']({ atBytes })
  const file = await open(path, 'r+')
  try {
    let at = atBytes
    for await (const piece of given.content) {
      if (at + piece.length > mostBytes) throw registryError['REGISTRY.BLOB_TOO_LARGE']({ mostBytes })
      await file.write(piece, 0, piece.length, at)
      at += piece.length
    }
    return at
  } finally {
    await file.close()
  }
}

/** On the disk first, then in its place, then the repository's: a crash in between leaves garbage, never half a blob. */
async function keep(
  places: StorePlaces,
  { repository, digest, path }: { repository: RepositoryName; digest: Digest; path: string },
): Promise<void> {
  const place = places.content(digest)
  if ((await sizeOfFile(place)) === undefined) {
    const file = await open(path, 'r+')
    await file.datasync().finally(() => file.close())
    await mkdir(dirname(place), { recursive: true })
    await rename(path, place)
  } else {
    await removeFile(path)
    const now = new Date()
    await utimes(place, now, now)
  }
  await writeWhole(places.link(repository, digest), '')
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(path, 'r')
  for await (const piece of file.createReadStream({ highWaterMark: 1024 * 1024 })) hash.update(piece)
  return hash.digest('hex')
}

async function removeIdle(places: StorePlaces, before: Date, inTurn: Turns): Promise<number> {
  let bytes = 0
  for (const repository of await listNames(places.allUploads)) {
    const directory = `${places.allUploads}/${repository}`
    for (const id of await listNames(directory)) {
      const found = await stat(`${directory}/${id}`).catch(ifMissing(undefined))
      // One whose end was asked for after so long is being looked at: that may take minutes.
      if (found === undefined || found.mtime >= before || inTurn.isAnyones(id)) continue
      await inTurn(id, () => rm(`${directory}/${id}`, { force: true }))
      bytes += found.size
    }
  }
  return bytes
}

export async function sizeOfFile(path: string): Promise<number | undefined> {
  return (await stat(path).catch(ifMissing(undefined)))?.size
}

type Turns = ReturnType<typeof turns>

/** What is given for one key runs when everything given before for it has ended. */
function turns() {
  const last = new Map<string, Promise<unknown>>()
  const inTurn = <Result>(key: string, work: () => Promise<Result>): Promise<Result> => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work)
    const settled: Promise<unknown> = mine
      .catch(() => undefined)
      .then(() => {
        if (last.get(key) === settled) last.delete(key)
      })
    last.set(key, settled)
    return mine
  }
  return Object.assign(inTurn, { isAnyones: (key: string) => last.has(key) })
}
