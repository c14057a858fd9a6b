import type { ByteReader } from './byte-reader.ts'
import { archiveError } from './errors.ts'
import { blockBytes, field, parseHeader, parsePaxRecords, type TarHeader, utf8 } from './tar-header.ts'

/**
 * The entries of a tar, in order: ustar, PAX and GNU's long names. It reads what Go's archive/tar reads, which Docker
 * does, and reads it the same way where archives disagree with themselves: only files have content, whatever size a
 * link or a directory claims; global extended headers count for nothing.
 *
 * Not tar-stream: that decodes extended headers as text, which spoils the attribute of a file capability, and reads a
 * directory's claimed content as further headers.
 *
 * Nothing in an entry is safe to use: see extract-tree.ts.
 */
export type TarEntry = {
  kind: 'file' | 'hard-link' | 'link' | 'directory' | 'fifo' | 'device'
  path: string
  linkTarget: string
  mode: number
  uid: number
  gid: number
  modifiedSeconds: number
  sizeBytes: number
  /** Extended attributes by name. */
  attributes: ReadonlyMap<string, Buffer>
  /** What is not read of it is passed over. Good until the next entry. */
  content(): AsyncGenerator<Buffer>
}

const kinds: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '7': 'file',
  '1': 'hard-link',
  '2': 'link',
  '3': 'device',
  '4': 'device',
  '5': 'directory',
  '6': 'fifo',
}
/** Extended headers and long names: as much as a kernel's path and attributes could ever need. */
const maxExtensionBytes = 1024 * 1024
const attributePrefix = 'SCHILY.xattr.'

export async function* readTar(reader: ByteReader): AsyncGenerator<TarEntry> {
  let pending = noExtensions()
  for (;;) {
    const block = await reader.take(blockBytes)
    const header = block === null ? null : parseHeader(block)
    if (header === null) break
    if (header.type in extensions) {
      pending = await extended(reader, header, pending)
      continue
    }
    yield* entry(reader, header, pending)
    pending = noExtensions()
  }
  while ((await reader.some(Number.MAX_SAFE_INTEGER)) !== null) {
    // What follows the end is padding; it is read so that digests cover it and programs that write it can end.
  }
}

type Extensions = { records: ReadonlyMap<string, Buffer>; name: string | null; linkTarget: string | null }

function noExtensions(): Extensions {
  return { records: new Map(), name: null, linkTarget: null }
}

const extensions: Readonly<Record<string, (content: Buffer) => Partial<Extensions>>> = {
  x: (content) => ({ records: parsePaxRecords(content) }),
  X: (content) => ({ records: parsePaxRecords(content) }),
  g: () => ({}),
  L: (content) => ({ name: field(content, 0, content.length) }),
  K: (content) => ({ linkTarget: field(content, 0, content.length) }),
  V: () => ({}),
}

async function extended(reader: ByteReader, header: TarHeader, pending: Extensions): Promise<Extensions> {
  if (header.sizeBytes > maxExtensionBytes) {
    throw archiveError['ARCHIVE.TOO_LARGE']({
      what: 'bytes in one extended header',
      limit: maxExtensionBytes,
    })
  }
  const padded = Math.ceil(header.sizeBytes / blockBytes) * blockBytes
  const content = padded === 0 ? Buffer.alloc(0) : await reader.take(padded)
  if (content === null) throw endsEarly()
  return { ...pending, ...extensions[header.type]?.(content.subarray(0, header.sizeBytes)) }
}

async function* entry(reader: ByteReader, header: TarHeader, given: Extensions): AsyncGenerator<TarEntry> {
  const { records } = given
  const kind = kinds[header.type]
  const path = text(records, 'path') ?? given.name ?? header.name
  if (kind === undefined) throw archiveError['ARCHIVE.INVALID']({ path, reason: 'it is of an unknown kind' })
  if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) {
    throw archiveError['ARCHIVE.INVALID']({ path, reason: 'sparse files are not supported' })
  }
  // An old tar says directory by a slash at the end of a file's name.
  const isOldDirectory = kind === 'file' && path.endsWith('/')
  const sizeBytes = kind === 'file' && !isOldDirectory ? (whole(records, 'size') ?? header.sizeBytes) : 0
  const content = contentOf(reader, sizeBytes)
  yield {
    kind: isOldDirectory ? 'directory' : kind,
    path,
    linkTarget: text(records, 'linkpath') ?? given.linkTarget ?? header.linkTarget,
    mode: header.mode,
    uid: whole(records, 'uid') ?? header.uid,
    gid: whole(records, 'gid') ?? header.gid,
    modifiedSeconds: seconds(records) ?? header.modifiedSeconds,
    sizeBytes,
    attributes: attributes(records),
    content: () => content.read(),
  }
  await content.skip()
}

function contentOf(reader: ByteReader, sizeBytes: number) {
  let left = sizeBytes
  let padding = (blockBytes - (sizeBytes % blockBytes)) % blockBytes
  async function* read(): AsyncGenerator<Buffer> {
    while (left > 0) {
      const piece = await reader.some(left)
      if (piece === null) throw endsEarly()
      left -= piece.length
      yield piece
    }
  }
  return {
    read,
    async skip() {
      for await (const _piece of read());
      if (padding > 0 && (await reader.take(padding)) === null) throw endsEarly()
      padding = 0
    },
  }
}

function attributes(records: ReadonlyMap<string, Buffer>): Map<string, Buffer> {
  const found = [...records].filter(([key]) => key.startsWith(attributePrefix))
  return new Map(found.map(([key, value]) => [key.slice(attributePrefix.length), value]))
}

function text(records: ReadonlyMap<string, Buffer>, key: string): string | undefined {
  const value = records.get(key)
  return value === undefined || value.length === 0 ? undefined : utf8(value)
}

function whole(records: ReadonlyMap<string, Buffer>, key: string): number | undefined {
  const value = text(records, key)
  if (value === undefined) return undefined
  const parsed = /^[0-9]{1,16}$/.test(value) ? Number(value) : Number.NaN
  if (Number.isSafeInteger(parsed)) return parsed
  throw archiveError['ARCHIVE.INVALID']({ reason: `${key} in an extended header is malformed` })
}

function seconds(records: ReadonlyMap<string, Buffer>): number | undefined {
  const value = text(records, 'mtime')
  if (value === undefined) return undefined
  if (/^-?[0-9]{1,18}(?:\.[0-9]*)?$/.test(value)) return Number(value)
  throw archiveError['ARCHIVE.INVALID']({ reason: 'mtime in an extended header is malformed' })
}

function endsEarly() {
  return archiveError['ARCHIVE.INVALID']({ reason: 'it ends too early' })
}
