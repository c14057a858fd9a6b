import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { access, readdir, rename, unlink } from 'node:fs/promises'
import { z } from 'zod'
import type { IdRange, LayerRecord } from '../filesystem.ts'
import { systemError } from '../system/errors.ts'
import type { Scratch } from '../system/scratch.ts'
import { readRecord, writeRecord } from './record-file.ts'
import { sealTree } from './seal-layer.ts'

/**
 * The layers of one home: `layers/<id>` is the tree, `layer-records/<id>.json` says what is in it. The record is written
 * first and the tree appears by rename, so a layer that has both is complete; one that lacks either is none.
 */
export type Layers = {
  seal(upper: string, range: IdRange | null): Promise<LayerRecord>
  get(id: string): Promise<LayerRecord | undefined>
  list(): Promise<LayerRecord[]>
  remove(id: string): Promise<void>
  path(id: string): string
}

/** Short, because the ids of all layers of a root must fit into the one page that mount(2) takes. */
const idBytes = 8
const idPattern = /^[0-9a-f]{16}$/

const recordSchema = z.object({
  id: z.string().regex(idPattern),
  sizeBytes: z.number().int().nonnegative(),
  files: z.number().int().nonnegative(),
  createdAt: z.iso.datetime().transform((text) => new Date(text)),
})

export function openLayers(home: string, scratch: Scratch): Layers {
  const trees = `${home}/layers`
  const records = `${home}/layer-records`
  for (const directory of [trees, records]) mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = (id: string) => `${trees}/${checkedId(id)}`
  const recordPath = (id: string) => `${records}/${checkedId(id)}.json`

  async function seal(upper: string, range: IdRange | null): Promise<LayerRecord> {
    const { sizeBytes, files } = await sealTree(upper, range)
    const record = { id: randomBytes(idBytes).toString('hex'), sizeBytes, files, createdAt: new Date() }
    await writeRecord(recordPath(record.id), record)
    await rename(upper, path(record.id))
    return record
  }

  async function get(id: string): Promise<LayerRecord | undefined> {
    if (!idPattern.test(id)) return undefined
    const record = await readRecord(recordPath(id), recordSchema)
    return record !== undefined && (await exists(path(id))) ? record : undefined
  }

  async function list(): Promise<LayerRecord[]> {
    const found = await Promise.all((await readdir(trees)).map(get))
    return found.filter((record) => record !== undefined)
  }

  /** Out of sight first, by one rename: a crash half-way through leaves rubbish, never half a layer. */
  async function remove(id: string): Promise<void> {
    const away = `${await scratch.directory()}/layer`
    await rename(path(id), away).catch(ignoreMissing)
    await unlink(recordPath(id)).catch(ignoreMissing)
    await scratch.remove(away)
  }

  return { seal, get, list, remove, path }
}

function checkedId(id: string): string {
  if (!idPattern.test(id)) throw systemError['LAYER.NOT_FOUND']({ id })
  return id
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
