/**
 * Two extended attributes hold user ids of their own, which must be changed along with a file's owner.
 * Sources: include/uapi/linux/capability.h (struct vfs_ns_cap_data), include/uapi/linux/posix_acl_xattr.h.
 */

const revisionMask = 0xff000000
const revision2 = 0x02000000
const revision3 = 0x03000000
const revision3Bytes = 24
const revision2Bytes = 20

/**
 * A capability set in a user namespace is revision 3: it counts only where root is the id at its end. In a layer root
 * is 0, and a file mapped for a range must count there: revision 2, which is the same without that id.
 */
export function capabilityWithoutRoot(value: Buffer): Buffer {
  if (value.length !== revision3Bytes) return value
  const magic = value.readUInt32LE(0)
  if ((magic & revisionMask) >>> 0 !== revision3) return value
  const plain = Buffer.from(value.subarray(0, revision2Bytes))
  plain.writeUInt32LE(((magic & ~revisionMask) | revision2) >>> 0, 0)
  return plain
}

const accessListHeaderBytes = 4
const accessListEntryBytes = 8
const namedUser = 2
const namedGroup = 8

export function accessListWithShiftedIds(value: Buffer, shift: (id: number) => number): Buffer {
  const list = Buffer.from(value)
  for (let at = accessListHeaderBytes; at + accessListEntryBytes <= list.length; at += accessListEntryBytes) {
    const tag = list.readUInt16LE(at)
    if (tag === namedUser || tag === namedGroup) list.writeUInt32LE(shift(list.readUInt32LE(at + 4)), at + 4)
  }
  return list
}
