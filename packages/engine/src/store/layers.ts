import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { access, readdir, rename, unlink } from 'node:fs/promises'
import { z } from 'zod'
import type { IdRange, LayerRecord } from '../filesystem.ts'
import { systemError } from '../system/errors.ts'
import { reached } from '../system/failure-points.ts'
import type { Scratch } from '../system/scratch.ts'
import { readRecord, writeRecord } from './record-file.ts'
import { sealTree } from './seal-layer.ts'

/**
 * The layers of one home: `layers/<id>` is the tree, `layer-records/<id>.json` says what is in it. The record is written
 * first and the tree appears by rename, so a layer that has both is complete; one that lacks either is none.
 *
 * Sealing forces nothing to the disk: a build does not wait for that. After a power failure files may be there, but
 * shorter than they were; so a layer of an earlier boot counts only after its bytes have been counted again, once.
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
  /** The boot in which it was sealed, until a later one has found it whole. */
  bootId: z.string().nullable(),
})

export function openLayers(home: string, scratch: Scratch): Layers {
  const trees = `${home}/layers`
  const records = `${home}/layer-records`
  for (const directory of [trees, records]) mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = (id: string) => `${trees}/${checkedId(id)}`
  const recordPath = (id: string) => `${records}/${checkedId(id)}.json`
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

  async function seal(upper: string, range: IdRange | null): Promise<LayerRecord> {
    const { sizeBytes, files } = await sealTree(upper, range)
    reached('layer sealed')
    const record = { id: randomBytes(idBytes).toString('hex'), sizeBytes, files, createdAt: new Date() }
    await writeRecord(recordPath(record.id), { ...record, bootId })
    reached('layer recorded')
    await rename(upper, path(record.id))
    reached('layer in place')
    return record
  }

  async function get(id: string): Promise<LayerRecord | undefined> {
    if (!idPattern.test(id)) return undefined
    const stored = await readRecord(recordPath(id), recordSchema)
    if (stored === undefined || !(await exists(path(id)))) return undefined
    const { bootId: sealedIn, ...record } = stored
    if (sealedIn === null || sealedIn === bootId || (await foundWhole(record))) return record
    process.emitWarning(
      `The layer ${id} was damaged when the machine stopped; it is passed over.`,
      'BerthStore',
    )
    return undefined
  }

  async function foundWhole(record: LayerRecord): Promise<boolean> {
    const { sizeBytes, files } = await sealTree(path(record.id), null)
    if (sizeBytes !== record.sizeBytes || files !== record.files) return false
    await writeRecord(recordPath(record.id), { ...record, bootId: null })
    return true
  }

  async function list(): Promise<LayerRecord[]> {
    const found = await Promise.all((await readdir(trees)).map(get))
    return found.filter((record) => record !== undefined)
  }

  /** Out of sight first, by one rename: a crash half-way through leaves rubbish, never half a layer. */
  async function remove(id: string): Promise<void> {
    const away = `${await scratch.directory()}/layer`
    await rename(path(id), away).catch(ignoreMissing)
    reached('layer out of sight')
    await unlink(recordPath(id)).catch(ignoreMissing)
    reached('layer record removed')
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
