import { archiveError } from './errors.ts'

/**
 * One header block of a tar, and the extended (PAX) records before it. Sources: POSIX pax(1), "ustar Interchange
 * Format" and "pax Extended Header"; GNU tar's tar.h for base-256 numbers.
 */
export const blockBytes = 512

export type TarHeader = {
  name: string
  mode: number
  uid: number
  gid: number
  sizeBytes: number
  modifiedSeconds: number
  type: string
  linkTarget: string
}

/** Null: a block of zeros, which ends an archive. */
export function parseHeader(block: Buffer): TarHeader | null {
  if (block.every((byte) => byte === 0)) return null
  if (checksum(block) !== number(block, 148, 8)) throw invalid('a header’s checksum is wrong')
  const magic = block.toString('latin1', 257, 263)
  const prefix = magic === 'ustar\0' ? field(block, 345, 155) : ''
  const name = field(block, 0, 100)
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    sizeBytes: number(block, 124, 12),
    modifiedSeconds: number(block, 136, 12),
    type: block[156] === 0 ? '0' : String.fromCharCode(block[156] as number),
    linkTarget: field(block, 157, 100),
  }
}

/** `length key=value\n`, again and again; the value is bytes, because an attribute's value is. */
export function parsePaxRecords(content: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>()
  let at = 0
  while (at < content.length) {
    const space = content.indexOf(0x20, at)
    const digits = space === -1 ? '' : content.toString('latin1', at, space)
    const end = at + Number(digits)
    if (!/^[1-9][0-9]{0,8}$/.test(digits) || end > content.length || content[end - 1] !== 0x0a) {
      throw invalid('an extended header is malformed')
    }
    const equals = content.indexOf(0x3d, space)
    if (equals === -1 || equals >= end) throw invalid('an extended header is malformed')
    records.set(utf8(content.subarray(space + 1, equals)), Buffer.from(content.subarray(equals + 1, end - 1)))
    at = end
  }
  return records
}

/** @throws ARCHIVE.INVALID where the bytes are not UTF-8: two names would become one. */
export function utf8(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  if (text.includes('\ufffd') && !Buffer.from(text).equals(bytes)) throw invalid('a name in it is not UTF-8')
  return text
}

/** Up to the first NUL. */
export function field(block: Buffer, start: number, length: number): string {
  const bytes = block.subarray(start, start + length)
  const end = bytes.indexOf(0)
  return utf8(end === -1 ? bytes : bytes.subarray(0, end))
}

/** Octal digits, or binary where the first bit is set. @throws ARCHIVE.INVALID for what is neither, or too large */
function number(block: Buffer, start: number, length: number): number {
  const bytes = block.subarray(start, start + length)
  if ((bytes[0] as number) & 0x80) return binary(bytes)
  const digits = bytes.toString('latin1').replace(/\0.*$/s, '').trim()
  if (!/^[0-7]*$/.test(digits)) throw invalid('a number in a header is malformed')
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}

/** Two's complement, 63 or 95 bits; only a time may be below 0, and that one is cut to 0. */
function binary(bytes: Buffer): number {
  if ((bytes[0] as number) & 0x40) return 0
  const value = BigInt(`0x${bytes.toString('hex')}`) & ((1n << BigInt(bytes.length * 8 - 1)) - 1n)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid('a number in a header is too large')
  return Number(value)
}

function checksum(block: Buffer): number {
  let sum = 8 * 0x20
  for (let at = 0; at < blockBytes; at += 1) if (at < 148 || at >= 156) sum += block[at] as number
  return sum
}

function invalid(reason: string) {
  return archiveError['ARCHIVE.INVALID']({ reason })
}
