import { mkdir } from 'node:fs/promises'
import { decompressed } from '../archive/decompress.ts'
import { extractTree } from '../archive/extract-tree.ts'
import type { Image, ImageConfig } from '../engine.ts'
import type { LayerRecord } from '../filesystem.ts'
import { removeTree } from '../system/scratch.ts'
import { emptyImageConfig, imageConfigSchema } from './image-config.ts'
import type { Store } from './image-store.ts'
import { normaliseName } from './reference.ts'

/** Makes an image of one layer from a tar of a root file system. Deletions (`.wh.`) count as in a layer, as `docker import` has it. */
export async function importRootfs(
  store: Store,
  archivePath: string,
  name: string,
  config: Partial<ImageConfig> = {},
): Promise<Image> {
  const normalised = normaliseName(name)
  const parsed = imageConfigSchema.parse({ ...emptyImageConfig(), ...config })
  const archive = decompressed(store.options.commands, archivePath)
  const layer = await layerFrom(store, archive)
  return store.commit(parsed, [layer.id], [normalised])
}

/** Unpacks a layer's archive and seals it, unless `check` throws then. What it unpacked goes if any of this fails. */
export async function layerFrom(
  store: Store,
  archive: AsyncIterable<Uint8Array>,
  check: () => void = () => undefined,
): Promise<LayerRecord> {
  const { fileSystems } = store.options
  const directory = await fileSystems.temporaryDirectory()
  const upper = `${directory}/upper`
  try {
    await mkdir(upper, { mode: 0o755 })
    await extractTree(archive, upper, { whiteouts: 'layer' })
    check()
    return await fileSystems.seal(upper, null)
  } finally {
    await removeTree(store.options.commands, directory)
  }
}
