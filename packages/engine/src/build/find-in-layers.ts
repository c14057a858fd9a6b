import { lstatSync, type Stats } from 'node:fs'
import { resolveInRootSync } from '../system/resolve-in-root.ts'

/**
 * Where a file of a mounted root lies in its layers, so that it can be linked instead of copied. `path` is its path in
 * the root, without links. A layer counts for a directory only where it holds that very directory, no link to one.
 */
export class LayerFiles {
  readonly #layers: readonly string[]
  readonly #holders = new Map<string, readonly string[]>()

  /** Paths of the layers, lowest first. */
  constructor(layers: readonly string[]) {
    this.#layers = layers.toReversed()
  }

  find(path: string, stats: Stats): string | undefined {
    for (const layer of this.#holding(path.slice(0, path.lastIndexOf('/')))) {
      const found = lstatSync(`${layer}${path}`, { throwIfNoEntry: false })
      if (found !== undefined) return isSame(found, stats) ? `${layer}${path}` : undefined
    }
    return undefined
  }

  #holding(directory: string): readonly string[] {
    const known = this.#holders.get(directory)
    if (known !== undefined) return known
    const holders = this.#layers.filter((layer) => {
      const real = resolveInRootSync(layer, directory)
      if (real !== `${layer}${directory}`) return false
      return lstatSync(real, { throwIfNoEntry: false })?.isDirectory() ?? false
    })
    this.#holders.set(directory, holders)
    return holders
  }
}

/** overlayfs shows the inode numbers of the layers as they are, when all lie on one file system. */
function isSame(one: Stats, other: Stats): boolean {
  return one.isFile() && one.ino === other.ino && one.size === other.size && one.mtimeMs === other.mtimeMs
}
