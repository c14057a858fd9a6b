import { ArchiveFile } from '../archive/archive-file.ts'
import { treeTar } from '../archive/tree-tar.ts'
import type { Image } from '../engine.ts'
import type { Store } from './image-store.ts'
import { withRoot } from './with-root.ts'

/** The whole file system of an image as one tar, as `docker export` has it: no layers, no deletions, no configuration. */
export async function exportRootfs(
  store: Store,
  image: Image,
  path: string,
  options: { sourceDate?: Date | null; signal?: AbortSignal } = {},
): Promise<void> {
  await ArchiveFile.write(path, (archive) =>
    withRoot(store.options.fileSystems, image.layers, async (root) => {
      const whole = treeTar(root, { ...options, layer: false })
      // It ends itself, and so does the file.
      for await (const piece of whole) await archive.append(piece)
    }),
  )
}
