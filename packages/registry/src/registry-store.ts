import type { Readable } from 'node:stream'

/**
 * What a registry keeps: blobs and manifests by digest, tags, and uploads that are under way. The driver is a directory:
 * drivers/file-store.ts.
 *
 * Contract:
 * - A repository has only what was pushed into it or mounted: its blobs are nobody else's, though equal ones lie on the
 *   disk once.
 * - A blob or manifest is there wholly, with the digest that it is asked for by, or not at all; also after a crash.
 * - Uploads outlive the process; those that nobody goes on with are removed by `collectGarbage`.
 * - Names and digests are `RepositoryName`, `Digest` and `Tag`: made by parse-names.ts alone, so that none can be a path.
 * - Unknown things are `undefined` or false; REGISTRY.… errors are those that a client has earned.
 */
export interface RegistryStore {
  blobBytes(repository: RepositoryName, digest: Digest): Promise<number | undefined>
  /** `range` is inclusive, as in HTTP. Undefined: this repository has no such blob. */
  readBlob(repository: RepositoryName, digest: Digest, range?: ByteRange): Promise<Readable | undefined>
  /** Makes a blob of one repository a blob of another's too. False: the first has none. */
  mountBlob(blob: { digest: Digest; from: RepositoryName; to: RepositoryName }): Promise<boolean>
  removeBlob(repository: RepositoryName, digest: Digest): Promise<boolean>

  /** @throws REGISTRY.TOO_MANY_UPLOADS */
  startUpload(repository: RepositoryName): Promise<string>
  /** Bytes received so far. */
  uploadBytes(repository: RepositoryName, id: string): Promise<number | undefined>
  /**
   * Adds bytes at `offset`, which must be where the upload stands; returns how many it has then. What came before a
   * connection broke is kept. @throws REGISTRY.UPLOAD_UNKNOWN, REGISTRY.RANGE_INVALID, REGISTRY.BLOB_TOO_LARGE
   */
  append(repository: RepositoryName, id: string, bytes: UploadedBytes): Promise<number>
  /** Makes the upload a blob. @throws REGISTRY.UPLOAD_UNKNOWN, REGISTRY.DIGEST_MISMATCH */
  finishUpload(repository: RepositoryName, id: string, digest: Digest): Promise<void>
  cancelUpload(repository: RepositoryName, id: string): Promise<boolean>

  manifest(repository: RepositoryName, reference: Tag | Digest): Promise<StoredManifest | undefined>
  putManifest(repository: RepositoryName, tag: Tag | null, manifest: NewManifest): Promise<void>
  /** With all tags that name it. */
  removeManifest(repository: RepositoryName, digest: Digest): Promise<boolean>
  removeTag(repository: RepositoryName, tag: Tag): Promise<boolean>
  /** All that name this manifest. */
  tagsOf(repository: RepositoryName, digest: Digest): Promise<Tag[]>
  /** In the order of their bytes, those after `after`. */
  tags(repository: RepositoryName, page: { after: string; most: number }): Promise<string[]>
  /** Manifests whose subject this is. */
  referrers(repository: RepositoryName, subject: Digest): Promise<StoredManifest[]>
  /** Those that have anything, and those into which nothing but an upload has come yet. */
  repositories(): Promise<RepositoryName[]>
  /** With everything that it has. Its blobs go with the next `collectGarbage`, unless others have them. */
  removeRepository(repository: RepositoryName): Promise<void>
  /** Blobs of no repository, uploads that nobody went on with for a day, and what a killed process was writing then. Returns the bytes that are free again. */
  collectGarbage(now: Date): Promise<number>
}

declare const brand: unique symbol
/** `shop`, `team/shop` */
export type RepositoryName = string & { [brand]: 'repository' }
/** `sha256:` and 64 hex digits. */
export type Digest = string & { [brand]: 'digest' }
export type Tag = string & { [brand]: 'tag' }

export type ByteRange = { first: number; last: number }

export type UploadedBytes = { offset: number | null; content: AsyncIterable<Uint8Array> }

export type StoredManifest = { digest: Digest; mediaType: string; content: Uint8Array }

export type NewManifest = StoredManifest & { subject: Digest | null }
