import { mkdir, writeFile } from 'node:fs/promises'
import { ByteReader } from '../archive/byte-reader.ts'
import { decompressed } from '../archive/decompress.ts'
import { defaultLimits, type ExtractOptions, extractTree } from '../archive/extract-tree.ts'
import { orNoSpace } from '../archive/no-space.ts'
import type { Image, ImageConfig } from '../engine.ts'
import type { LayerRecord } from '../filesystem.ts'
import { reached } from '../system/failure-points.ts'
import { removeTree } from '../system/scratch.ts'
import { emptyImageConfig, imageConfigSchema } from './image-config.ts'
import type { Store } from './image-store.ts'
import { normaliseName } from './reference.ts'

/** Makes an image of one layer from a tar of a root file system. Deletions (`.wh.`) count as in a layer, as `docker import` has it. */
export async function importRootfs(
  store: Store,
  source: string | AsyncIterable<Uint8Array>,
  name: string,
  config: Partial<ImageConfig> = {},
): Promise<Image> {
  const normalised = normaliseName(name)
  const parsed = imageConfigSchema.parse({ ...emptyImageConfig(), ...config })
  return withFile(store, source, async (path) => {
    const layer = await layerFrom(store, decompressed(store.options.commands, path))
    return store.commit(parsed, [layer.id], [normalised])
  })
}

/** A stream is put on the disk first: how it is compressed shows in its first bytes, and programs unpack files. */
async function withFile<Result>(
  store: Store,
  source: string | AsyncIterable<Uint8Array>,
  work: (path: string) => Promise<Result>,
): Promise<Result> {
  if (typeof source === 'string') return work(source)
  const directory = await store.options.fileSystems.temporaryDirectory()
  try {
    const reader = new ByteReader(source, defaultLimits.bytes)
    await writeFile(`${directory}/archive`, piecesOf(reader), { mode: 0o600 })
    return await work(`${directory}/archive`)
  } catch (error) {
    throw orNoSpace(error)
  } finally {
    await removeTree(store.options.commands, directory)
  }
}

async function* piecesOf(reader: ByteReader): AsyncGenerator<Buffer> {
  for (let piece = await reader.some(pieceBytes); piece !== null; piece = await reader.some(pieceBytes))
    yield piece
}

const pieceBytes = 1024 * 1024

/** Unpacks a layer's archive and seals it, unless `check` throws then. What it unpacked goes if any of this fails. */
export async function layerFrom(
  store: Store,
  archive: AsyncIterable<Uint8Array>,
  options: { check?: () => void } & Pick<ExtractOptions, 'onContent' | 'signal'> = {},
): Promise<LayerRecord> {
  const { check, ...extracting } = options
  const { fileSystems } = store.options
  const directory = await fileSystems.temporaryDirectory()
  const upper = `${directory}/upper`
  try {
    await mkdir(upper, { mode: 0o755 })
    await extractTree(archive, upper, { whiteouts: 'layer', ...extracting })
    reached('archive unpacked')
    check?.()
    return await fileSystems.seal(upper, null)
  } finally {
    await removeTree(store.options.commands, directory)
  }
}
