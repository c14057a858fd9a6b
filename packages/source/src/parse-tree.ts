import { isUtf8 } from 'node:buffer'
import type { TreeEntry } from '@berth/domain'
import { sourceError } from './errors.ts'

/** What a commit may hold. Generous for a repository that people wrote; a bound for one that was made to hurt. */
export type TreeLimits = { entries: number; totalBytes: number }

export const treeLimits: TreeLimits = { entries: 200_000, totalBytes: 4 * 1024 ** 3 }

// Linux: a path has 4,096 bytes with its end, a name 255. Room is left for where the tree is put.
const maxPathBytes = 3_500
const maxNameBytes = 255

/**
 * Parses `git ls-tree -r -z -l --full-tree`: `<mode> <type> <object id> <size>\t<path>\0`, the size padded with spaces.
 * fsck refuses names such as `..` and `.git` when they are pushed; they are refused here once more. The listing is decoded
 * as a whole, and only a path that looks strange is taken apart: thousands of them stand in the way of every push.
 * @throws SOURCE.SUBMODULE, SOURCE.BAD_PATH, SOURCE.TOO_MANY_FILES, SOURCE.TOO_LARGE
 */
export function parseTree(listing: Uint8Array, limits: TreeLimits = treeLimits): TreeEntry[] {
  const bytes = Buffer.from(listing.buffer, listing.byteOffset, listing.byteLength)
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1'
  const entries: TreeEntry[] = []
  let totalBytes = 0
  for (const line of lines(bytes.toString(encoding))) {
    const entry = parseEntry(line, encoding)
    totalBytes += entry.sizeBytes
    entries.push(entry)
    if (entries.length > limits.entries) throw sourceError['SOURCE.TOO_MANY_FILES']({ limit: limits.entries })
    if (totalBytes > limits.totalBytes) {
      throw sourceError['SOURCE.TOO_LARGE']({ limitBytes: limits.totalBytes })
    }
  }
  return entries.sort((one, other) => (one.path < other.path ? -1 : 1))
}

/** `latin1`: somewhere in the listing is a path that is not UTF-8, so each stands for its bytes. */
type Encoding = 'utf8' | 'latin1'

function* lines(listing: string): Iterable<RegExpExecArray> {
  const line = /(\d{6}) (blob|commit|tree) ([0-9a-f]{40}) +(\d+|-)\t([^\0]*)\0/y
  while (line.lastIndex < listing.length) {
    const words = line.exec(listing)
    if (words === null) throw new Error('git ls-tree printed a line that is not its format')
    yield words
  }
}

function parseEntry(words: RegExpExecArray, encoding: Encoding): TreeEntry {
  const [, mode, type, contentId, size, name] = words
  const path = parsePath(name as string, encoding)
  if (type === 'commit') throw sourceError['SOURCE.SUBMODULE']({ path })
  return {
    path,
    kind: mode === '120000' ? 'link' : 'file',
    executable: mode === '100755',
    contentId: contentId as string,
    sizeBytes: Number(size),
  }
}

/** So long that a name of so many characters, of three bytes each at most, fits in any case. */
const plainLength = Math.floor(maxNameBytes / 3)
const strangeName = /(?:^|\/)(?:\.{0,2}|\.git)(?:\/|$)/i

function parsePath(name: string, encoding: Encoding): string {
  if (encoding === 'utf8' && name.length <= plainLength && !strangeName.test(name)) return name
  const bytes = Buffer.from(name, encoding)
  const path = bytes.toString()
  const reason = whyBad(bytes, path)
  if (reason !== null) throw sourceError['SOURCE.BAD_PATH']({ path, reason })
  return path
}

function whyBad(bytes: Uint8Array, path: string): string | null {
  if (!isUtf8(bytes)) return 'it is not UTF-8'
  if (bytes.length > maxPathBytes) return `it has more than ${maxPathBytes} bytes`
  const names = path.split('/')
  if (names.some((name) => Buffer.byteLength(name) > maxNameBytes)) {
    return `a part of it has more than ${maxNameBytes} bytes`
  }
  if (names.some((name) => name === '' || name === '.' || name === '..'))
    return 'it leads out of its directory'
  if (names.some((name) => name.toLowerCase() === '.git')) return 'a part of it is .git'
  return null
}
