import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Digest, RepositoryName, Tag } from '../registry-store.ts'

/**
 * Where what lies: the one place that makes paths of names. Names, tags and digests hold neither `..` nor a leading dot, and
 * a name's slashes become plus signs, which no name has: so nothing leads out, and no repository lies in another's.
 *
 *   blobs/sha256/ab/<hex>                 content, once for all repositories
 *   repositories/<name>/blobs/<hex>       empty: the repository has this blob
 *   repositories/<name>/manifests/<hex>   a line of JSON, then the manifest
 *   repositories/<name>/tags/<tag>        a digest
 *   repositories/<name>/referrers/<hex of the subject>/<hex>   empty
 *   uploads/<name>/<id>                   what was received so far
 */
export function storePlaces(home: string) {
  const repository = (name: RepositoryName) => `${home}/repositories/${name.replaceAll('/', '+')}`
  return {
    repositories: `${home}/repositories`,
    repository,
    blobs: `${home}/blobs/sha256`,
    allUploads: `${home}/uploads`,
    content: (digest: Digest) => `${home}/blobs/sha256/${hexOf(digest).slice(0, 2)}/${hexOf(digest)}`,
    link: (name: RepositoryName, digest: Digest) => `${repository(name)}/blobs/${hexOf(digest)}`,
    manifests: (name: RepositoryName) => `${repository(name)}/manifests`,
    manifest: (name: RepositoryName, digest: Digest) => `${repository(name)}/manifests/${hexOf(digest)}`,
    tags: (name: RepositoryName) => `${repository(name)}/tags`,
    tag: (name: RepositoryName, tag: Tag) => `${repository(name)}/tags/${tag}`,
    referrers: (name: RepositoryName, subject: Digest) => `${repository(name)}/referrers/${hexOf(subject)}`,
    referrer: (name: RepositoryName, subject: Digest, digest: Digest) =>
      `${repository(name)}/referrers/${hexOf(subject)}/${hexOf(digest)}`,
    uploads: (name: RepositoryName) => `${home}/uploads/${name.replaceAll('/', '+')}`,
    upload: (name: RepositoryName, id: string) => `${home}/uploads/${name.replaceAll('/', '+')}/${id}`,
  }
}

export type StorePlaces = ReturnType<typeof storePlaces>

export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length)
}

export function digestOf(hex: string): Digest {
  return `sha256:${hex}` as Digest
}

export function nameOf(directory: string): RepositoryName {
  return directory.replaceAll('+', '/') as RepositoryName
}

let written = 0

/** Whole or not at all, and on the disk when this returns. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  written += 1
  // A leading dot: no name, tag or digest has one.
  const temporary = `${dirname(path)}/.${process.pid}-${written}`
  const file = await open(temporary, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.datasync()
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

/** What a process was writing when it was killed. Returns its bytes. */
export async function removeHalfWritten(directory: string, before: Date): Promise<number> {
  let bytes = 0
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(ifMissing([]))
  for (const entry of entries.filter(({ name }) => name.startsWith('.'))) {
    const path = `${entry.parentPath}/${entry.name}`
    const found = await stat(path).catch(ifMissing(undefined))
    if (found === undefined || found.mtime >= before) continue
    await rm(path, { force: true })
    bytes += found.size
  }
  return bytes
}

/** True: it was there. */
export async function removeFile(path: string): Promise<boolean> {
  return rm(path).then(() => true, ifMissing(false))
}

/** Without what is being written. */
export async function listNames(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(ifMissing<string[]>([]))
  return names.filter((name) => !name.startsWith('.'))
}

export function ifMissing<Value>(value: Value) {
  return (error: NodeJS.ErrnoException): Value => {
    if (error.code === 'ENOENT') return value
    throw error
  }
}
