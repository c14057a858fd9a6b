import { chmodSync, lchownSync, lstatSync } from 'node:fs'
import { ignoresNothing } from '../../dockerfile/ignore-file.ts'
import { TreeCopier } from '../copy-tree.ts'
import { buildError } from '../errors.ts'
import { RootWriter } from '../root-writer.ts'
import type { Mounting } from './run-mounts.ts'

/**
 * Copies what a cache mount begins with: a directory of a mounted root into a directory that only the engine sees. Ids
 * are as on the disk, those of the range.
 */
export async function fillDirectory(
  { context, place }: Mounting,
  source: string,
  directory: string,
): Promise<void> {
  const stats = lstatSync(source)
  if (!stats.isDirectory()) {
    throw buildError['BUILD.COPY_CONFLICT']({ place, problem: 'a cache mount begins with a directory.' })
  }
  const writer = new RootWriter(directory, { place, owner: null, mode: null })
  const copier = new TreeCopier(
    writer,
    { root: source, layers: null },
    {
      bytes: context.disk.bytesLeft,
      limitBytes: context.disk.limitBytes,
      signal: context.signal,
      filter: ignoresNothing,
      date: null,
    },
  )
  await copier.directory(source, '/')
  copier.finish()
  lchownSync(directory, stats.uid, stats.gid)
  chmodSync(directory, stats.mode & 0o7777)
}
