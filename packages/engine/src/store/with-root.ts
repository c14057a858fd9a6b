import { rmSync } from 'node:fs'
import type { FileSystems } from '../filesystem.ts'

/** Layers as one file system, to be read from, with ids as they are in the layers; gone when `work` is done. */
export async function withRoot<Result>(
  fileSystems: FileSystems,
  layers: readonly string[],
  work: (root: string) => Result | Promise<Result>,
): Promise<Result> {
  const directory = await fileSystems.temporaryDirectory()
  try {
    // overlayfs wants two directories where nothing is written; nothing at all needs none.
    if (layers.length === 0) return await work(directory)
    const mounted = await fileSystems.mount({ layers, directory, range: null, readOnly: true })
    try {
      return await work(mounted.root)
    } finally {
      mounted.unmount()
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
