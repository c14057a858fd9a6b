import { blockBytes } from './tar-header.ts'

/**
 * One entry's header blocks, the same bytes for the same entry on any machine: ustar, and an extended (PAX) header where
 * ustar has no room: names that are long or not ASCII, numbers too large, times before 1970, attributes. No user names.
 * Sources: POSIX pax(1); for attributes `SCHILY.xattr.`, as star, Docker and libarchive write them.
 */
export type OutgoingEntry = {
  kind: 'file' | 'hard-link' | 'link' | 'directory' | 'fifo'
  /** Bytes as the kernel has them. A directory's ends with `/`. */
  path: Buffer
  linkTarget?: Buffer
  mode: number
  uid: number
  gid: number
  /** Whole seconds. */
  modifiedSeconds: number
  sizeBytes: number
  attributes?: readonly (readonly [string, Buffer])[]
}

const flags = { file: '0', 'hard-link': '1', link: '2', directory: '5', fifo: '6' } as const
const nameBytes = 100
const largestId = 0o7777777
const largestNumber = 0o77777777777
const attributePrefix = 'SCHILY.xattr.'

export function encodeHeader(entry: OutgoingEntry): Buffer {
  const records = extendedRecords(entry)
  if (records.length === 0) return headerBlock(entry, flags[entry.kind])
  const content = Buffer.concat(records.sort(Buffer.compare))
  const about = { kind: 'file', mode: 0o644, uid: 0, gid: 0, modifiedSeconds: 0 } as const
  const before = { ...about, path: Buffer.from('PaxHeaders.0/entry'), sizeBytes: content.length }
  return Buffer.concat([
    headerBlock(before, 'x'),
    content,
    paddingFor(content.length),
    headerBlock(entry, flags[entry.kind]),
  ])
}

/** What follows a content of this length, up to the next block. */
export function paddingFor(bytes: number): Buffer {
  return Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes)
}

export const endOfTar = Buffer.alloc(2 * blockBytes)

export function paxRecord(key: string, value: string | Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')])
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

/** As many digits as fit, with a NUL at the end. */
export function writeOctal(block: Buffer, value: number, at: number, width: number): void {
  block.write(
    value
      .toString(8)
      .padStart(width - 1, '0')
      .slice(-(width - 1)),
    at,
    'latin1',
  )
}

function extendedRecords(entry: OutgoingEntry): Buffer[] {
  const records: Buffer[] = []
  const { path, linkTarget, uid, gid, sizeBytes, modifiedSeconds, attributes = [] } = entry
  if (needsRecord(path)) records.push(paxRecord('path', path))
  if (linkTarget !== undefined && needsRecord(linkTarget)) records.push(paxRecord('linkpath', linkTarget))
  if (uid > largestId) records.push(paxRecord('uid', String(uid)))
  if (gid > largestId) records.push(paxRecord('gid', String(gid)))
  if (sizeBytes > largestNumber) records.push(paxRecord('size', String(sizeBytes)))
  if (modifiedSeconds < 0 || modifiedSeconds > largestNumber)
    records.push(paxRecord('mtime', String(modifiedSeconds)))
  for (const [name, value] of attributes) records.push(paxRecord(`${attributePrefix}${name}`, value))
  return records
}

function needsRecord(name: Buffer): boolean {
  return name.length > nameBytes || name.some((byte) => byte >= 0x80)
}

function headerBlock(entry: OutgoingEntry, type: string): Buffer {
  const block = Buffer.alloc(blockBytes)
  entry.path.copy(block, 0, 0, nameBytes)
  writeOctal(block, entry.mode & 0o7777, 100, 8)
  writeOctal(block, Math.min(entry.uid, largestId), 108, 8)
  writeOctal(block, Math.min(entry.gid, largestId), 116, 8)
  writeOctal(block, Math.min(entry.sizeBytes, largestNumber), 124, 12)
  writeOctal(block, Math.min(Math.max(entry.modifiedSeconds, 0), largestNumber), 136, 12)
  block.fill(' ', 148, 156)
  block.write(type, 156, 'latin1')
  entry.linkTarget?.copy(block, 157, 0, nameBytes)
  block.write('ustar\0', 257, 'latin1')
  block.write('00', 263, 'latin1')
  writeOctal(
    block,
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  )
  return block
}
