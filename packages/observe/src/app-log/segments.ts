import { readdirSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open, readFile, rename, rm, utimes } from 'node:fs/promises'
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'

/**
 * The pieces that an app's log lies in: `FIRST.log` is being written, `FIRST.log.zst` are those before it, where FIRST is the
 * number of a piece's first line. So numbers hold on when old pieces go, and one look at the directory tells all there is.
 */
export type Segment = {
  first: number
  path: string
  sealed: boolean
  bytes: number
  /** The newest time of a line in it, as far as it is known. */
  newestMs: number
  /** Where some of its lines begin, so that who reads its end need not read it all. Of what is being written alone. */
  places: { number: number; offset: number }[]
}

const numberDigits = 15
const name = /^(\d{15})\.log(\.zst)?$/
/** What one of ours holds at most, with room for the last batch: another's file is not ours to unpack. */
const mostBytes = 64 * 1024 * 1024

export function segmentPath(directory: string, first: number): string {
  return `${directory}/${String(first).padStart(numberDigits, '0')}.log`
}

/** Oldest first. Of a piece that a crash has left both packed and not, the packed one is whole. */
export function listSegments(directory: string): Segment[] {
  const found = new Map<number, Segment>()
  for (const file of readdirSync(directory).sort()) {
    const [, digits, packed] = name.exec(file) ?? []
    const path = `${directory}/${file}`
    if (file.endsWith('.tmp')) rmSync(path, { force: true })
    if (digits === undefined) continue
    const first = Number(digits)
    const plain = found.get(first)
    if (plain !== undefined) rmSync(plain.path, { force: true })
    const { size, mtimeMs } = statSync(path)
    found.set(first, {
      first,
      path,
      sealed: packed !== undefined,
      bytes: size,
      newestMs: mtimeMs,
      places: [],
    })
  }
  return [...found.values()].sort((one, other) => one.first - other.first)
}

/** Its records, from an offset on; empty where it has gone meanwhile. */
export async function readSegment(segment: Segment, offset = 0): Promise<Buffer> {
  const plain = segment.path.replace(/\.zst$/, '')
  // It may be packed between two looks, and never the other way round.
  const written = segment.sealed ? undefined : await readIfThere(plain, offset)
  if (written !== undefined) return written
  const packed = await readIfThere(`${plain}.zst`)
  if (packed === undefined || packed.length === 0) return Buffer.alloc(0)
  try {
    return (await promisify(zstdDecompress)(packed, { maxOutputLength: mostBytes })).subarray(offset)
  } catch (error) {
    // A disk has lost it: the rest of the log can still be read.
    if ((error as NodeJS.ErrnoException).code?.startsWith('ZSTD_')) return Buffer.alloc(0)
    throw error
  }
}

/** Packs what will not be written any more. The plain piece stays until the packed one is on the disk. */
export async function sealSegment(segment: Segment): Promise<Segment> {
  const path = `${segment.path}.zst`
  const packed = await promisify(zstdCompress)(await readFile(segment.path))
  const file = await open(`${path}.tmp`, 'w', 0o640)
  try {
    await file.writeFile(packed)
    await file.sync()
  } finally {
    await file.close()
  }
  await utimes(`${path}.tmp`, new Date(), new Date(segment.newestMs))
  await rename(`${path}.tmp`, path)
  await rm(segment.path, { force: true })
  return { ...segment, path, sealed: true, bytes: packed.length, places: [] }
}

async function readIfThere(path: string, offset = 0): Promise<Buffer | undefined> {
  let file: FileHandle | undefined
  try {
    file = await open(path, 'r')
    const { size } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, size - offset)), {
      position: offset,
    })
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  } finally {
    await file?.close()
  }
}
