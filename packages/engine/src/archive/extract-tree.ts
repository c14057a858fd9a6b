import { setImmediate as nextTurn } from 'node:timers/promises'
import { ByteReader } from './byte-reader.ts'
import { archiveError } from './errors.ts'
import { orNoSpace } from './no-space.ts'
import { readTar, type TarEntry } from './read-tar.ts'
import { TreeWriter } from './tree-writer.ts'

/**
 * Unpacks a tar that nobody vouches for into a directory that only this process writes to.
 *
 * It promises: nothing outside `root` (by default the directory itself) is made, changed, removed or linked to, whatever
 * the archive holds; a path with `..` is refused; links, also those the archive brought, lead nowhere but inside `root`;
 * a file is always made anew, never written through what is there; devices are left out; only named extended attributes
 * are kept; and it ends, at the limits, for an archive that does not. What was written before a refusal stays: callers
 * unpack into a directory that they throw away then.
 *
 * @throws ARCHIVE.INVALID, ARCHIVE.UNSAFE_PATH, ARCHIVE.TOO_LARGE, ARCHIVE.NO_SPACE
 */
export async function extractTree(
  archive: AsyncIterable<Uint8Array>,
  directory: string,
  options: ExtractOptions = {},
): Promise<{ entries: number; bytes: number }> {
  const limits = { ...defaultLimits, ...options.limits }
  const reader = new ByteReader(archive, limits.bytes)
  const writer = new TreeWriter(directory, options)
  let entries = 0
  let bytes = 0
  try {
    for await (const entry of readTar(reader)) {
      entries += 1
      bytes += entry.sizeBytes
      bound(entry, entries, bytes, limits)
      const { path, sizeBytes } = entry
      if (sizeBytes > 0) options.onContent?.({ path, sizeBytes, offsetBytes: reader.position })
      await writer.write(entry)
      if (entries % entriesInOneGo === 0) await nextTurn()
      options.signal?.throwIfAborted()
    }
    writer.finish()
    return { entries, bytes }
  } catch (error) {
    throw translated(error)
  } finally {
    await reader.close()
  }
}

export type ExtractOptions = {
  limits?: Partial<ExtractLimits>
  /** What `.wh.NAME` is: a layer's word for a deletion, made into overlayfs's; or (default) a file like any other. */
  whiteouts?: 'layer' | 'literal'
  /** Owns every entry, instead of who the archive names. */
  owner?: { uid: number; gid: number }
  /** The tree that links are resolved in; `directory` is in it. */
  root?: string
  /** Told of each file that is not empty, before its content is read. */
  onContent?: (place: ContentPlace) => void
  signal?: AbortSignal
}

/** Where in the tar the content of a file begins. */
export type ContentPlace = { path: string; offsetBytes: number; sizeBytes: number }

export type ExtractLimits = { bytes: number; entries: number; pathBytes: number }

export const defaultLimits: ExtractLimits = { bytes: 64 * 1024 ** 3, entries: 2_000_000, pathBytes: 4_095 }

/** About 10 ms of work: the event loop serves logs and probes in between. */
const entriesInOneGo = 200

function bound(entry: TarEntry, entries: number, bytes: number, limits: ExtractLimits): void {
  if (entries > limits.entries) {
    throw archiveError['ARCHIVE.TOO_LARGE']({ what: 'files', limit: limits.entries })
  }
  if (bytes > limits.bytes) throw archiveError['ARCHIVE.TOO_LARGE']({ what: 'bytes', limit: limits.bytes })
  for (const path of [entry.path, entry.linkTarget]) {
    if (path.includes('\0') || Buffer.byteLength(path) > limits.pathBytes) {
      throw archiveError['ARCHIVE.INVALID']({ path, reason: 'its path is too long or holds a NUL' })
    }
  }
}

const unfit: ReadonlySet<string> = new Set([
  'ENAMETOOLONG',
  'ENOTDIR',
  'EISDIR',
  'EINVAL',
  'EEXIST',
  'EMLINK',
  'ENOENT',
  'EPERM',
  'ERANGE',
  'E2BIG',
])

/** What the kernel refuses because of the archive is the archive's fault. */
function translated(error: unknown): unknown {
  const { code = '', path = '' } = error as NodeJS.ErrnoException
  if (!unfit.has(code)) return orNoSpace(error)
  return archiveError['ARCHIVE.INVALID']({ path, reason: `it cannot be made (${code})` }, { cause: error })
}
