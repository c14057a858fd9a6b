import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * What a directory takes on the disk, links not followed, or null where it cannot be told by then. What goes away meanwhile
 * counts for nothing; a file with several names counts for each.
 */
export async function directoryBytes(path: string, until: number): Promise<number | null> {
  let bytes = 0
  const left = [path]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const directory = await opendir(next).catch(ignoreGone)
    if (directory === undefined) continue
    for await (const entry of directory) {
      if (Date.now() > until) return null
      const inside = join(next, entry.name)
      if (entry.isDirectory()) left.push(inside)
      else bytes += ((await lstat(inside).catch(ignoreGone))?.blocks ?? 0) * blockBytes
    }
  }
  return bytes
}

/** Whatever the file system's own are: stat(2). */
const blockBytes = 512

function ignoreGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}
