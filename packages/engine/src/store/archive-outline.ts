import { once } from 'node:events'
import { closeSync, constants, createWriteStream, fstatSync, readSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createZstdCompress, constants as zlib } from 'node:zlib'
import type { CommandRunner } from '@berth/command'
import { ByteReader } from '../archive/byte-reader.ts'
import { decompressed } from '../archive/decompress.ts'
import type { ContentPlace } from '../archive/extract-tree.ts'
import { openDirectory } from '../system/open-in-root.ts'
import { openInRoot } from '../system/syscalls.ts'

/**
 * Everything of a layer's tar but the content of its files, which the layer's directory has: so that the very archive that a
 * layer came in can be made again, byte for byte, for a few per cent of its size. Two archives of one tree differ in the order of
 * entries, in padding and in how long names are written; an image is known by the digests of its archives.
 *
 * On the disk, compressed by zstd, records one after the other:
 *   0, length, bytes            as they stand in the tar
 *   1, length, path, size       the content of this file, below the layer's directory
 * A kind is one byte; lengths and sizes are six, the highest first.
 *
 * What is made again is the archive only if it has its digest: whoever uses it looks.
 */
export type OutlineWriter = {
  /** Passes a tar through, and keeps its outline. What is read of it must be told to `content` before more is asked for. */
  recording(tar: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>
  content(place: ContentPlace): void
  /** Whole, once this has settled. */
  close(): Promise<void>
}

const kinds = { bytes: 0, file: 1 } as const
const numberBytes = 6
/** As much as an extended header may have: what says more is no outline. */
const longestPathBytes = 1024 * 1024
const zstdLevel = 1

export function openOutlineWriter(path: string): OutlineWriter {
  const sink = createZstdCompress({ params: { [zlib.ZSTD_c_compressionLevel]: zstdLevel } })
  const written = pipeline(sink, createWriteStream(path, { flags: 'wx', mode: 0o600 }))
  // Told by whoever writes next, or closes.
  written.catch(() => undefined)
  const ahead: ContentPlace[] = []
  let offset = 0

  async function keep(piece: Uint8Array): Promise<void> {
    // Together: each write is a turn of the compressor's thread.
    const records = Buffer.concat([...outlineOf(piece, offset, ahead)])
    if (records.length > 0 && !sink.write(records)) await Promise.race([once(sink, 'drain'), written])
    offset += piece.length
  }

  return {
    content: (place) => void ahead.push(place),
    async *recording(tar) {
      for await (const piece of tar) {
        yield piece
        await keep(piece)
      }
    },
    async close() {
      sink.end()
      await written
    },
  }
}

/**
 * Of this piece, which begins at `offset`, what is no file's content, and the names of the files whose content begins in it.
 * Those whose content ends in it are taken off `ahead`.
 */
function* outlineOf(piece: Uint8Array, offset: number, ahead: ContentPlace[]): Generator<Uint8Array> {
  let at = 0
  for (let [next] = ahead; next !== undefined && next.offsetBytes < offset + piece.length; [next] = ahead) {
    const start = next.offsetBytes - offset
    if (start > at) yield* bytesRecord(piece.subarray(at, start))
    if (start >= 0) yield* fileRecord(next)
    at = start + next.sizeBytes
    if (at > piece.length) return
    ahead.shift()
  }
  if (at < piece.length) yield* bytesRecord(piece.subarray(at))
}

function bytesRecord(bytes: Uint8Array): Uint8Array[] {
  return [head(kinds.bytes, bytes.length), bytes]
}

function head(kind: number, length: number): Buffer {
  const bytes = Buffer.alloc(1 + numberBytes)
  bytes.writeUInt8(kind)
  bytes.writeUIntBE(length, 1, numberBytes)
  return bytes
}

function fileRecord({ path, sizeBytes }: ContentPlace): Buffer[] {
  const name = Buffer.from(path)
  const size = Buffer.alloc(numberBytes)
  size.writeUIntBE(sizeBytes, 0, numberBytes)
  return [head(kinds.file, name.length), name, size]
}

/** The archive again, from its outline and the layer's directory; it ends early where a file is not there any more as it was. */
export async function* remadeTar(
  commands: CommandRunner,
  given: { outline: string; tree: string; signal?: AbortSignal | undefined },
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(decompressed(commands, given.outline, given.signal), Number.POSITIVE_INFINITY)
  const tree = openDirectory(given.tree)
  try {
    for (let read = await reader.take(1); read !== null; read = await reader.take(1)) {
      const length = await number(reader)
      if (read[0] === kinds.bytes) yield* bytes(reader, length)
      else if (length > longestPathBytes) return
      else if (!(yield* fileContent(tree, await whole(reader, length), await number(reader)))) return
      given.signal?.throwIfAborted()
    }
  } finally {
    closeSync(tree)
    await reader.close()
  }
}

async function number(reader: ByteReader): Promise<number> {
  return (await whole(reader, numberBytes)).readUIntBE(0, numberBytes)
}

async function whole(reader: ByteReader, length: number): Promise<Buffer> {
  return (await reader.take(length)) ?? Buffer.alloc(length)
}

async function* bytes(reader: ByteReader, length: number): AsyncGenerator<Buffer> {
  for (let left = length; left > 0; ) {
    const piece = await reader.some(left)
    if (piece === null) return
    left -= piece.length
    yield piece
  }
}

const pieceBytes = 1024 * 1024

/** Returns whether it is all there. */
async function* fileContent(tree: number, path: Buffer, sizeBytes: number): AsyncGenerator<Buffer, boolean> {
  const descriptor = openFile(tree, path)
  if (descriptor === null) return false
  try {
    if (fstatSync(descriptor).size !== sizeBytes) return false
    for (let at = 0; at < sizeBytes; ) {
      const room = Buffer.alloc(Math.min(pieceBytes, sizeBytes - at))
      const read = readSync(descriptor, room, 0, room.length, at)
      if (read === 0) return false
      at += read
      yield room.subarray(0, read)
      await nextTurn()
    }
    return true
  } finally {
    closeSync(descriptor)
  }
}

const absent: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'ENAMETOOLONG'])

/** Null: there is no such file. */
function openFile(tree: number, path: Buffer): number | null {
  try {
    return openInRoot(tree, path, { flags: constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW })
  } catch (error) {
    if (absent.has((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}
