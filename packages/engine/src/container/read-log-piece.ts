import { type FileHandle, open } from 'node:fs/promises'
import { type LogFile, logFiles } from './log-files.ts'
import { type LogPiece, parseLogPiece } from './log-lines.ts'

/** A place in a container's log: `began` is what its file begins with, because a number of a file is given anew one day. */
export type LogPlace = { inode: number; began: string; offset: number }

/**
 * What stands in a log behind a place, at most `maxBytes` of it; each of `ends` is a place that can be kept. Works for a
 * container that is gone as well, as long as its log is there.
 */
export type PlacedLines = {
  piece: LogPiece
  /** `offset`: where the piece begins. */
  from: LogPlace
  /** Where to read on, if all of the piece is taken. */
  next: LogPlace
  /** There is more now. */
  more: boolean
  /** Lines between `place` and `from` are gone: they were printed faster than they were read, and than the log is kept. */
  gap: boolean
}

/** Undefined: there is nothing behind this place. `isOver`: nobody writes any more. */
export async function readLogPiece(
  path: string,
  place: LogPlace | null,
  { maxBytes, isOver }: { maxBytes: number; isOver: boolean },
): Promise<PlacedLines | undefined> {
  const files = await logFiles(path)
  const here = await fileOf(files, place)
  if (here === undefined) return undefined
  const isNewest = here.file === files.at(-1)
  const read = await bytesAt(here, maxBytes)
  if (read === undefined || (read.bytes.length === 0 && isNewest)) return undefined
  const { bytes, from, isWhole } = read
  const taken = takePiece(bytes, { isLast: isWhole && (isOver || !isNewest), maxBytes })
  const behind = isWhole && !isNewest ? placeBehind(files, here.file) : null
  const next = behind ?? { ...from, offset: from.offset + taken.used }
  const isSame = next.inode === from.inode && next.offset === from.offset
  if (isSame && taken.piece.lines.length === 0) return undefined
  return { piece: taken.piece, from, next, more: !isWhole || !isNewest, gap: here.gap }
}

/** Undefined: it was given another name, or rotated away, since it was looked up; the next look finds it. */
async function bytesAt(
  { file, offset, began }: Here,
  maxBytes: number,
): Promise<{ bytes: Buffer; from: LogPlace; isWhole: boolean } | undefined> {
  const opened = await openIfThere(file.path)
  if (opened === undefined) return undefined
  try {
    const { ino, size } = await opened.stat()
    if (ino !== file.inode) return undefined
    const from = { inode: ino, began: began ?? (await beginningOf(opened)), offset }
    const bytes = await readFrom(opened, offset, Math.min(maxBytes, Math.max(0, size - offset)))
    return { bytes, from, isWhole: offset + bytes.length >= size }
  } finally {
    await opened.close()
  }
}

/** `isLast`: no more will be written behind it, so that a line without an end is one. */
function takePiece(bytes: Buffer, { isLast, maxBytes }: { isLast: boolean; maxBytes: number }) {
  const piece = isLast ? parseLogPiece(bytes, true) : untilPlace(parseLogPiece(bytes, false))
  return { piece, used: used(piece, bytes, { isLast, maxBytes }) }
}

type Here = { file: LogFile; offset: number; began: string | null; gap: boolean }

async function fileOf(files: readonly LogFile[], place: LogPlace | null): Promise<Here | undefined> {
  const oldest = files[0]
  if (oldest === undefined) return undefined
  if (place === null) return { file: oldest, offset: 0, began: null, gap: false }
  const same = files.find(({ inode }) => inode === place.inode)
  const began = same && (await beginning(same.path))
  if (same !== undefined && (place.began === '' || began === place.began))
    return { file: same, offset: place.offset, began: place.began || null, gap: false }
  return { file: oldest, offset: 0, began: null, gap: place.began !== '' }
}

function placeBehind(files: readonly LogFile[], file: LogFile): LogPlace {
  const next = files[files.indexOf(file) + 1] as LogFile
  return { inode: next.inode, began: '', offset: 0 }
}

/** Without the lines behind the last place that can be kept: they would be read again. */
function untilPlace({ lines, ends }: LogPiece): LogPiece {
  const most = ends.findLastIndex((end) => end !== -1) + 1
  return { lines: lines.slice(0, most), ends: ends.slice(0, most) }
}

/** A piece that is full of one line that does not end is passed over as it is. */
function used(
  piece: LogPiece,
  bytes: Buffer,
  { isLast, maxBytes }: { isLast: boolean; maxBytes: number },
): number {
  if (isLast) return bytes.length
  const end = piece.ends.at(-1)
  if (end !== undefined) return end
  return bytes.length >= maxBytes ? bytes.lastIndexOf(0x0a) + 1 || bytes.length : 0
}

async function readFrom(file: FileHandle, offset: number, maxBytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, offset)
  return buffer.subarray(0, bytesRead)
}

/** The time of a file's first record, as conmon writes it, with nanoseconds; empty where none is written yet. */
async function beginningOf(file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(40), 0, 40, 0)
  const text = buffer.toString('latin1', 0, bytesRead)
  return text.includes(' ') ? (text.split(' ', 1)[0] ?? '') : ''
}

async function beginning(path: string): Promise<string> {
  const file = await openIfThere(path)
  try {
    return file === undefined ? '' : await beginningOf(file)
  } finally {
    await file?.close()
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
