import { open } from 'node:fs/promises'
import { isBerthError } from '@berth/domain'
import { compressionOfBytes, decompressed } from '../archive/decompress.ts'
import { extractTree } from '../archive/extract-tree.ts'
import { reached } from '../system/failure-points.ts'
import { buildError } from './errors.ts'
import type { RootWriter } from './root-writer.ts'
import type { StepContext } from './step-context.ts'

/** `path`: the bytes, in a file of the engine's; `name`: what the repository calls it; `into`: in the writer's root. */
type Archive = { writer: RootWriter; path: string; into: string; name: string }

const blockBytes = 512

/**
 * ADD unpacks a tar, compressed or not; what is none, by its content and not its name, is left to be copied.
 * @throws BUILD.ARCHIVE_INVALID, BUILD.COPY_CONFLICT, BUILD.OVER_DISK_LIMIT, BUILD.DISK_FULL
 */
export async function tryUnpack(context: StepContext, archive: Archive): Promise<boolean> {
  const start = await firstBlock(archive.path)
  const isCompressed = compressionOfBytes(start) !== 'none'
  const isTar = isCompressed ? await holdsTar(context, archive.path) : isTarHeader(start)
  if (isTar) {
    await unpack(context, archive)
    reached('archive added')
  }
  return isTar
}

async function firstBlock(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(blockBytes), 0, blockBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function unpack(context: StepContext, { writer, into, name, path }: Archive): Promise<void> {
  const { place } = writer
  try {
    const noOwner = { uid: -1, gid: -1 }
    const owner = writer.ownerOf(noOwner)
    await extractTree(
      decompressed(context.commands, path, context.signal),
      writer.directoryForArchive(into),
      {
        root: writer.root,
        limits: { bytes: context.disk.bytesLeft },
        signal: context.signal,
        ...(owner === noOwner ? {} : { owner }),
      },
    )
  } catch (error) {
    if (isBerthError(error, 'ARCHIVE.NO_SPACE'))
      throw buildError['BUILD.DISK_FULL']({ place }, { cause: error })
    if (isBerthError(error, 'ARCHIVE.TOO_LARGE')) {
      const limitBytes = context.disk.limitBytes
      throw buildError['BUILD.OVER_DISK_LIMIT']({ place, limitBytes }, { cause: error })
    }
    if (!isBerthError(error) || error.code === 'BUILD.COPY_CONFLICT') throw error
    throw buildError['BUILD.ARCHIVE_INVALID']({ place, path: name, problem: error.message }, { cause: error })
  }
}

/** A compressed file need not be an archive: `data.json.gz` is copied. */
async function holdsTar(context: StepContext, path: string): Promise<boolean> {
  let start = Buffer.alloc(0)
  try {
    for await (const piece of decompressed(context.commands, path, context.signal)) {
      start = Buffer.concat([start, piece])
      if (start.length >= blockBytes) break
    }
  } catch (error) {
    if (isBerthError(error)) return false
    throw error
  }
  return isTarHeader(start.subarray(0, blockBytes))
}

/** The sum of the block's bytes, its own eight counted as spaces, stands at 148. Source: POSIX pax, ustar. */
function isTarHeader(block: Buffer): boolean {
  if (block.length < blockBytes) return false
  const given = Number.parseInt(
    block
      .toString('latin1', 148, 156)
      .replace(/[\0 ]+/g, ' ')
      .trim(),
    8,
  )
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
  return given === sum
}
