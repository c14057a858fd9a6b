import type { SourceTree } from '@berth/domain'
import { sourceError } from './errors.ts'

const defaultMaxBytes = 256 * 1024

/**
 * A small text file of the tree that Berth reads itself (Procfile, app.json); null where there is none.
 * @throws SOURCE.FILE_TOO_LARGE, SOURCE.NOT_A_FILE
 */
export async function readFile(
  tree: SourceTree,
  path: string,
  options: { maxBytes?: number } = {},
): Promise<string | null> {
  const limitBytes = options.maxBytes ?? defaultMaxBytes
  const entry = (await tree.entries()).find((candidate) => candidate.path === path)
  if (entry === undefined) return null
  if (entry.kind === 'link') throw sourceError['SOURCE.NOT_A_FILE']({ path })
  if (entry.sizeBytes > limitBytes) throw sourceError['SOURCE.FILE_TOO_LARGE']({ path, limitBytes })
  const pieces: Uint8Array[] = []
  for await (const { content } of tree.read([entry])) pieces.push(content)
  return Buffer.concat(pieces).toString('utf8')
}
