import { createHash } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { reached } from '../system/failure-points.ts'
import { encodeHeader, endOfTar, paddingFor } from './encode-header.ts'
import { archiveError } from './errors.ts'

/**
 * A tar that is written to a file, under `path.partial` until it is whole; then it takes `path`'s place. A blob whose
 * name and size are known only when it has been written gets its header afterwards. Where anything fails, nothing stays.
 *
 * @throws ARCHIVE.NOT_WRITTEN
 */
export class ArchiveFile {
  readonly #file: FileHandle
  #end = 0
  readonly #names = new Set<string>()
  readonly #modifiedSeconds: number

  private constructor(file: FileHandle, modifiedSeconds: number) {
    this.#file = file
    this.#modifiedSeconds = modifiedSeconds
  }

  /** Readable for root alone: an image may hold secrets. */
  static async write(
    path: string,
    work: (archive: ArchiveFile) => Promise<void>,
    modified?: Date | null,
  ): Promise<void> {
    const partial = `${path}.partial`
    try {
      await rm(partial, { force: true })
      // Made anew, so that a link that somebody laid there is not followed.
      const file = await open(partial, 'wx', 0o600)
      try {
        const archive = new ArchiveFile(file, Math.floor((modified?.getTime() ?? 0) / 1000))
        await work(archive)
        await archive.append(endOfTar)
        await file.sync()
      } finally {
        await file.close()
      }
      reached('archive written beside')
      await rename(partial, path)
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined)
      throw translated(error, path)
    }
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#writeAt(bytes, this.#end)
    this.#end += bytes.length
  }

  async add(name: string, content: Buffer): Promise<void> {
    if (this.#names.has(name)) return
    this.#names.add(name)
    await this.append(
      Buffer.concat([this.#header(name, content.length), content, paddingFor(content.length)]),
    )
  }

  /** By its digest: returns the descriptor's two words. */
  async addBlob(content: Buffer): Promise<{ digest: string; size: number }> {
    const hex = createHash('sha256').update(content).digest('hex')
    await this.add(blobName(`sha256:${hex}`), content)
    return { digest: `sha256:${hex}`, size: content.length }
  }

  /** `work` writes the content and says its digest then. What turns out to be here already is taken back. */
  async addStreamed<Blob extends { digest: string; sizeBytes: number }>(
    work: (write: (piece: Uint8Array) => Promise<void>) => Promise<Blob>,
  ): Promise<Blob> {
    const start = this.#end
    this.#end += headerBytes
    const blob = await work((piece) => this.append(piece))
    const name = blobName(blob.digest)
    if (this.#names.has(name)) {
      await this.#file.truncate(start)
      this.#end = start
      return blob
    }
    this.#names.add(name)
    await this.#writeAt(this.#header(name, blob.sizeBytes), start)
    await this.append(paddingFor(blob.sizeBytes))
    return blob
  }

  /** With room for any size in one block: beyond 8 GiB as binary, which every reader of tars since star understands. */
  #header(name: string, sizeBytes: number): Buffer {
    const plain = {
      kind: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      modifiedSeconds: this.#modifiedSeconds,
    } as const
    const fits = sizeBytes <= largestOctal
    const block = encodeHeader({ ...plain, path: Buffer.from(name), sizeBytes: fits ? sizeBytes : 0 })
    return fits ? block : withBinarySize(block, sizeBytes)
  }

  async #writeAt(bytes: Uint8Array, position: number): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, position + at)
      at += bytesWritten
    }
  }
}

export function blobName(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

const headerBytes = 512
const largestOctal = 0o77777777777

function withBinarySize(block: Buffer, sizeBytes: number): Buffer {
  block.fill(0, 124, 136)
  block[124] = 0x80
  block.writeBigUInt64BE(BigInt(sizeBytes), 128)
  block.fill(' ', 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0`, 148, 'latin1')
  return block
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'there is no such directory',
  ENOTDIR: 'there is no such directory',
  EISDIR: 'it is a directory',
  EACCES: 'it may not be written to',
  EPERM: 'it may not be written to',
  EROFS: 'the file system is read-only',
  EFBIG: 'the file system takes no file that large',
}

/** The layers that are read are ours, so what the kernel refuses is the target's fault. */
function translated(error: unknown, path: string): unknown {
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? '']
  return reason === undefined
    ? error
    : archiveError['ARCHIVE.NOT_WRITTEN']({ path, reason }, { cause: error })
}
