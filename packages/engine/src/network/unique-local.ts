import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { readRecord, writeRecord } from '../store/record-file.ts'
import { parseBlock } from './ipv4.ts'

/**
 * IPv6 addresses of containers: an engine has a /48 of its own, random as RFC 4193 wants it, so that it meets no other
 * network, and a /64 of it for each group, numbered by the group's place. Within that, a container has the number that
 * it has in the group's IPv4 subnet: neither needs a memory of its own. Text as RFC 5952 writes it.
 *
 * Of a /64 only the first 1,024 addresses are on the link. Were all of them, a container could make its machine look for
 * so many neighbours that the table, which all containers share, is full.
 */
export const linkPrefix6 = 118

const record = z.object({ prefix: z.string().regex(/^fd[0-9a-f]{2}(:[0-9a-f]{1,4}){2}$/) })

/** The first three groups of its addresses, `fd12:3456:789a`: made at the first call, then kept in the file. */
export async function openUniqueLocal(path: string): Promise<string> {
  const known = await readRecord(path, record)
  if (known !== undefined) return known.prefix
  const random = randomBytes(5)
  const words = [0xfd00 + random.readUInt8(0), random.readUInt16BE(1), random.readUInt16BE(3)]
  const prefix = words.map((word) => word.toString(16)).join(':')
  await writeRecord(path, { prefix })
  return prefix
}

/** The /64 of the group at a place, without its length: `fd12:3456:789a:23f::`. */
export function bridgeSubnet6(prefix: string, place: number): string {
  return place === 0 ? `${prefix}::` : `${prefix}:${place.toString(16)}::`
}

/** Of the container that has `address` in the group's IPv4 subnet; of the bridge, which has its first one. */
export function containerAddress6(
  within: string,
  { subnet, address }: { subnet: string; address: string },
): string {
  return `${within}${(parseBlock(address).base - parseBlock(subnet).base).toString(16)}`
}
