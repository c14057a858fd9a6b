import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import type { SourceTree, TreeEntry } from '@berth/domain'
import { directoryTree } from '@berth/engine/context/directory-tree.ts'

/** What to build from, and where in it the Dockerfile is. */
export type Context = { tree: SourceTree; dockerfilePath: string }

/** A name for a Dockerfile that lies elsewhere: no file of a repository is called so. */
const elsewhere = '.berth-dockerfile'

/**
 * As Docker reads its arguments: a directory, with the Dockerfile in it, elsewhere, or on the standard input (`-f -`); or
 * `-` alone for a Dockerfile on the standard input and nothing else. @throws CONTEXT.NOT_A_DIRECTORY
 */
export async function openBuildContext(given: string, file: string | undefined): Promise<Context> {
  if (given === '-') return { tree: withFile(noTree, await text(process.stdin)), dockerfilePath: elsewhere }
  const directory = resolve(given)
  const path = file === undefined ? 'Dockerfile' : relative(directory, resolve(file))
  const isInside = file !== '-' && !path.startsWith('../')
  if (isInside) return { tree: await directoryTree(directory, path), dockerfilePath: path }
  const content = file === '-' ? await text(process.stdin) : await readFile(resolve(file ?? ''), 'utf8')
  return { tree: withFile(await directoryTree(directory, elsewhere), content), dockerfilePath: elsewhere }
}

const noTree: SourceTree = {
  entries: async () => [],
  async *read() {},
}

/** A tree with one file more. */
function withFile(tree: SourceTree, content: string): SourceTree {
  const bytes = Buffer.from(content)
  const contentId = createHash('sha256').update(bytes).digest('hex')
  const added: TreeEntry = {
    ...{ path: elsewhere, kind: 'file', executable: false, contentId, sizeBytes: bytes.length },
  }
  const entries = async () =>
    [...(await tree.entries()), added].sort((one, other) =>
      Buffer.from(one.path).compare(Buffer.from(other.path)),
    )
  return {
    entries,
    async *read(wanted) {
      for (const entry of wanted) {
        if (entry.path === elsewhere) yield { entry, content: bytes }
        else yield* tree.read([entry])
      }
    },
  }
}
