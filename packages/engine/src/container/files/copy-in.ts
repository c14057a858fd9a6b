import { closeSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ByteReader } from '../../archive/byte-reader.ts'
import { archiveError } from '../../archive/errors.ts'
import { defaultLimits } from '../../archive/extract-tree.ts'
import { orNoSpace } from '../../archive/no-space.ts'
import { readTar } from '../../archive/read-tar.ts'
import type { CopyInOptions } from '../../engine.ts'
import { reached } from '../../system/failure-points.ts'
import { pathRefused } from '../errors.ts'
import { type Held, slotOf } from '../held-containers.ts'
import { holdRoot } from './hold-root.ts'
import { LiveWriter } from './live-writer.ts'
import { openDirectoryAt } from './place.ts'

/** About 10 ms of work: the event loop serves logs and probes in between. */
const entriesInOneGo = 100

/**
 * Unpacks a tar into a directory of a container. What was written before a refusal stays.
 *
 * @throws CONTAINER.PATH_NOT_FOUND, CONTAINER.PATH_REFUSED, ARCHIVE.…
 */
export async function copyIn(
  held: Held,
  id: string,
  path: string,
  { archive, owner = null }: { archive: AsyncIterable<Uint8Array> } & CopyInOptions,
): Promise<void> {
  const { directory, range, release } = await holdRoot(held, slotOf(held, id))
  const reader = new ByteReader(archive, defaultLimits.bytes)
  try {
    closeSync(openDirectoryAt(directory, path))
    const writer = new LiveWriter(directory, path, { range, owner })
    let entries = 0
    for await (const entry of readTar(reader)) {
      entries += 1
      if (entries > defaultLimits.entries) {
        throw archiveError['ARCHIVE.TOO_LARGE']({ what: 'files', limit: defaultLimits.entries })
      }
      await writer.write(entry)
      reached('file copied in')
      if (entries % entriesInOneGo === 0) await nextTurn()
    }
  } catch (error) {
    throw translated(error, path)
  } finally {
    await reader.close()
    await release()
  }
}

/** What the kernel refuses because of what is there, or because of the archive. */
const unfit: ReadonlySet<string> = new Set([
  ...['EEXIST', 'EISDIR', 'ENOTDIR', 'ENOENT', 'EROFS', 'EPERM', 'ENAMETOOLONG', 'ELOOP', 'EINVAL', 'EXDEV'],
])

function translated(error: unknown, path: string): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  return unfit.has(code) ? pathRefused(path, code) : orNoSpace(error)
}
