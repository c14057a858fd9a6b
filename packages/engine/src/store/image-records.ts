import { mkdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { z } from 'zod'
import type { HistoryEntry, Image, ImageConfig, ImageDigest } from '../engine.ts'
import { reached } from '../system/failure-points.ts'
import { historySchema, imageConfigSchema, imageDigest } from './image-config.ts'
import { digestPattern } from './image-names.ts'
import { readRecord, removeRecord, writeRecord } from './record-file.ts'

/** Images by digest: `images/<64 hex digits>.json`. A file whose content is not what its name says counts as absent. */
export type ImageRecords = {
  get(digest: ImageDigest): Promise<Image | undefined>
  /** The image that is there already, if it is: the same content is the same image. */
  add(config: ImageConfig, layers: readonly string[], history?: readonly HistoryEntry[]): Promise<Image>
  remove(digest: ImageDigest): Promise<void>
  digests(): Promise<ImageDigest[]>
}

const imageSchema = z.object({
  config: imageConfigSchema,
  layers: z.array(z.string()),
  history: historySchema.optional(),
  createdAt: z.iso.datetime().transform((text) => new Date(text)),
})

export function openImageRecords(home: string): ImageRecords {
  const directory = `${home}/images`
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = (digest: ImageDigest) => `${directory}/${digest.slice('sha256:'.length)}.json`

  async function get(digest: ImageDigest): Promise<Image | undefined> {
    if (!digestPattern.test(digest)) return undefined
    const record = await readRecord(path(digest), imageSchema)
    if (record === undefined) return undefined
    const { history, ...rest } = record
    if (imageDigest(rest.config, rest.layers, history) === digest) {
      return { digest, ...rest, ...(history === undefined ? {} : { history }) }
    }
    process.emitWarning(`${path(digest)} does not hold the image ${digest}; it is passed over.`, 'BerthStore')
    return undefined
  }

  return {
    get,
    async add(config, layers, history = []) {
      const digest = imageDigest(config, layers, history)
      const present = await get(digest)
      if (present !== undefined) return present
      const known = history.length === 0 ? {} : { history }
      const image = { config, layers, ...known, createdAt: new Date() }
      await writeRecord(path(digest), image)
      reached('image recorded')
      return { digest, ...image }
    },
    async remove(digest) {
      await removeRecord(path(digest))
    },
    async digests() {
      const files = await readdir(directory)
      return files
        .map((file) => `sha256:${file.replace(/\.json$/, '')}`)
        .filter((digest) => digestPattern.test(digest))
    },
  }
}
