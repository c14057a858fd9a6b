import { paxRecord, writeOctal } from './encode-header.ts'
import { blockBytes } from './tar-header.ts'

/**
 * A tar as tests need it: entries exactly as given, sane or not. What leaves the machine is not made by this.
 */
export type TarPart = {
  path: string
  /** A type flag: '0' file, '1' hard link, '2' link, '3' and '4' devices, '5' directory, '6' pipe. */
  type?: string
  content?: string | Buffer
  linkTarget?: string
  mode?: number
  uid?: number
  gid?: number
  modifiedSeconds?: number
  /** Claimed instead of the content's. */
  sizeBytes?: number
  /** Extended records, written before the entry. */
  pax?: Readonly<Record<string, string | Buffer>>
}

export function makeTar(parts: readonly TarPart[]): Buffer {
  return Buffer.concat([...parts.flatMap(encode), Buffer.alloc(2 * blockBytes)])
}

/** A stream of it, in pieces that end where no header does. */
export async function* tarStream(parts: readonly TarPart[], pieceBytes = 1000): AsyncGenerator<Buffer> {
  const bytes = makeTar(parts)
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

function encode(part: TarPart): Buffer[] {
  const pax = Object.entries(part.pax ?? {}).map(([key, value]) => paxRecord(key, value))
  if (pax.length === 0) return [one(part)]
  return [one({ path: 'PaxHeaders/x', type: 'x', content: Buffer.concat(pax) }), one(part)]
}

function one(part: TarPart): Buffer {
  const content = Buffer.from(part.content ?? '')
  const { mode = 0o644, uid = 0, gid = 0, modifiedSeconds = 1_000_000_000, type = '0' } = part
  const block = Buffer.alloc(blockBytes)
  block.write(part.path, 0, 100)
  writeOctal(block, mode, 100, 8)
  writeOctal(block, uid, 108, 8)
  writeOctal(block, gid, 116, 8)
  writeOctal(block, part.sizeBytes ?? content.length, 124, 12)
  writeOctal(block, modifiedSeconds, 136, 12)
  block.fill(' ', 148, 156)
  block.write(type, 156)
  block.write(part.linkTarget ?? '', 157, 100)
  block.write('ustar\0', 257, 'latin1')
  block.write('00', 263)
  writeOctal(
    block,
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  )
  const padding = (blockBytes - (content.length % blockBytes)) % blockBytes
  return Buffer.concat([block, content, Buffer.alloc(padding)])
}
