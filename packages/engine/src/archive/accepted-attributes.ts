import { capabilityWithoutRoot } from '../store/owner-attributes.ts'
import type { TarEntry } from './read-tar.ts'

/** ext4 keeps all of a file's attributes in one block of 4 KiB, and a capability must find room there. */
const maxValueBytes = 1024
const maxNameBytes = 255
const maxUsers = 2

/**
 * The extended attributes that an archive may set: file capabilities, and a user's own on files and directories. Not
 * `trusted.…` or `user.overlay.…`, which would steer overlayfs, nor a security module's labels.
 */
export function acceptedAttributes(entry: TarEntry): [string, Buffer][] {
  const given = [...entry.attributes]
  const capability = given
    .filter(([name, value]) => isCapability(name, value, entry))
    .map(([name, value]): [string, Buffer] => [name, capabilityWithoutRoot(value)])
  const users = given
    .filter(([name, value]) => isUsers(name, value) && carriesUsers(entry))
    .slice(0, maxUsers)
  return [...capability, ...users]
}

/** Lengths of revisions 1, 2 and 3. Source: include/uapi/linux/capability.h */
const capabilityBytes: ReadonlySet<number> = new Set([12, 20, 24])

function isCapability(name: string, value: Buffer, entry: TarEntry): boolean {
  return name === 'security.capability' && entry.kind === 'file' && capabilityBytes.has(value.length)
}

function isUsers(name: string, value: Buffer): boolean {
  const inBounds = value.length <= maxValueBytes && Buffer.byteLength(name) <= maxNameBytes
  return inBounds && /^user\.[^\0]+$/.test(name) && !name.startsWith('user.overlay.')
}

function carriesUsers(entry: TarEntry): boolean {
  return entry.kind === 'file' || entry.kind === 'directory'
}
