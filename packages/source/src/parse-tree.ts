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
 * fsck refuses names such as `..` and `.git` when they are pushed; they are refused here once more.
 * @throws SOURCE.SUBMODULE, SOURCE.BAD_PATH, SOURCE.TOO_MANY_FILES, SOURCE.TOO_LARGE
 */
export function parseTree(listing: Uint8Array, limits: TreeLimits = treeLimits): TreeEntry[] {
  const entries: TreeEntry[] = []
  let totalBytes = 0
  for (const line of lines(listing)) {
    const entry = parseEntry(line)
    totalBytes += entry.sizeBytes
    entries.push(entry)
    if (entries.length > limits.entries) throw sourceError['SOURCE.TOO_MANY_FILES']({ limit: limits.entries })
    if (totalBytes > limits.totalBytes) {
      throw sourceError['SOURCE.TOO_LARGE']({ limitBytes: limits.totalBytes })
    }
  }
  return entries.sort((one, other) => (one.path < other.path ? -1 : 1))
}

function* lines(listing: Uint8Array): Iterable<Uint8Array> {
  let start = 0
  for (let end = listing.indexOf(0); end !== -1; end = listing.indexOf(0, start)) {
    yield listing.subarray(start, end)
    start = end + 1
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lossy = new TextDecoder('utf-8', { ignoreBOM: true })
const header = /^(\d{6}) (blob|commit|tree) ([0-9a-f]{40}) +(\d+|-)$/

function parseEntry(line: Uint8Array): TreeEntry {
  const tab = line.indexOf(9)
  const words = header.exec(lossy.decode(line.subarray(0, tab)))
  if (words === null) throw new Error('git ls-tree printed a line that is not its format')
  const [, mode, type, contentId, size] = words
  const path = parsePath(line.subarray(tab + 1))
  if (type === 'commit') throw sourceError['SOURCE.SUBMODULE']({ path })
  return {
    path,
    kind: mode === '120000' ? 'link' : 'file',
    executable: mode === '100755',
    contentId: contentId as string,
    sizeBytes: Number(size),
  }
}

function parsePath(bytes: Uint8Array): string {
  const path = lossy.decode(bytes)
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

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes)
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}
