import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { z } from 'zod'
import type { FileSystems } from '../filesystem.ts'
import { writeWhole } from '../system/write-whole.ts'
import { type CopyMemory, openCopyMemory } from './copy-memory.ts'
import { type StepWarning, stepWarnings } from './step-warnings.ts'

/**
 * What the steps of earlier builds made: one small file per key under `<home>/cache`, written whole by rename. A record
 * says which layer a step made, or that it changed nothing. It promises nothing about the layer: whoever finds a record
 * looks whether the layer is still there. A file that cannot be read counts as no record.
 *
 * A file's modification time says when its record was last of use.
 */
export type BuildCache = {
  copies: CopyMemory
  find(key: string): Promise<CacheRecord | undefined>
  keep(key: string, record: CacheRecord): Promise<void>
  /** By a key of definitions alone: see schedule/chain-keys.ts. */
  findChain(key: string): Promise<ChainRecord | undefined>
  keepChain(key: string, record: ChainRecord): Promise<void>
  /** Every layer that a record names: what must stay for the cache to be worth anything. Old records are forgotten first. */
  layers(): Promise<string[]>
  /** Forgets records that were of no use since `before`, and the oldest beyond 20,000. */
  forget(before: Date): Promise<number>
}

/** `warnings`: what came out when it was done; default none. */
export type CacheRecord = { layer: string | null; warnings?: readonly StepWarning[] }

/** What the step and those below it made, the lowest first; null: no layer. `tookMs`, `warnings`: the step alone. */
export type ChainRecord = {
  made: readonly (string | null)[]
  tookMs: number
  warnings?: readonly StepWarning[]
}

const layerSchema = z.string().max(200).nullable()
const recordSchema = z.object({ layer: layerSchema, warnings: stepWarnings })
const chainSchema = z.object({
  made: z.array(layerSchema).max(2_000),
  tookMs: z.number().nonnegative(),
  warnings: stepWarnings,
})
const anySchema = z.union([
  recordSchema.transform(({ layer }) => [layer]),
  chainSchema.transform(({ made }) => made),
])
const keyPattern = /^[0-9a-f]{64}$/
const keptUnusedMs = 14 * 24 * 60 * 60 * 1000
const mostRecords = 20_000
/** Touching a file that was touched lately tells nothing new. */
const touchAfterMs = 60 * 60 * 1000

export async function openBuildCache(home: string): Promise<BuildCache> {
  const directory = `${home}/cache`
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const copies = await openCopyMemory(home)
  for (const name of await readdir(directory)) if (name.endsWith('.tmp')) await rm(`${directory}/${name}`)

  const keys = async () =>
    (await readdir(directory))
      .map((name) => name.replace(/\.json$/, ''))
      .filter((name) => keyPattern.test(name))

  async function forget(before: Date): Promise<number> {
    const paths = (await keys()).map((key) => recordPath(directory, key))
    const uses = await Promise.all(paths.map(async (path) => ({ path, at: await usedAt(path) })))
    const newestFirst = uses.sort((one, other) => other.at - one.at)
    const unused = newestFirst.filter(({ at }, index) => at < before.getTime() || index >= mostRecords)
    for (const { path } of unused) await rm(path, { force: true })
    await copies.forget(before)
    return unused.length
  }

  async function find<Found>(key: string, schema: z.ZodType<Found>): Promise<Found | undefined> {
    const path = recordPath(directory, key)
    const record = await read(path, schema)
    if (record !== undefined) await touch(path)
    return record
  }

  async function keep(key: string, record: CacheRecord | ChainRecord): Promise<void> {
    const path = recordPath(directory, key)
    const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
    await writeWhole(path, JSON.stringify(record), { fresh: temporary, point: 'cache record written beside' })
  }

  return {
    copies,
    find: (key) => find(key, recordSchema),
    keep,
    findChain: (key) => find(key, chainSchema),
    keepChain: keep,

    async layers() {
      await forget(new Date(Date.now() - keptUnusedMs))
      const records = await Promise.all(
        (await keys()).map((key) => read(recordPath(directory, key), anySchema)),
      )
      return [...new Set(records.flatMap((made) => made ?? []).filter((layer) => layer !== null))]
    },

    forget,
  }
}

/** A record whose layer is still there. */
export async function findMade(
  { cache, fileSystems }: { cache: BuildCache; fileSystems: FileSystems },
  key: string,
): Promise<CacheRecord | undefined> {
  const record = await cache.find(key)
  if (record === undefined || record.layer === null) return record
  return (await fileSystems.layer(record.layer)) === undefined ? undefined : record
}

/** The key of a step that stands on these layers and reads from these: other layers below, another key. */
export function stepKey(
  definitionKey: string,
  parent: readonly string[],
  inputs: readonly (readonly string[])[],
): string {
  return createHash('sha256')
    .update(JSON.stringify([definitionKey, parent, inputs]))
    .digest('hex')
}

function recordPath(directory: string, key: string): string {
  if (!keyPattern.test(key)) throw new Error(`Not a cache key: ${key}`)
  return `${directory}/${key}.json`
}

async function read<Found>(path: string, schema: z.ZodType<Found>): Promise<Found | undefined> {
  const text = await readFile(path, 'utf8').catch(whenMissing('null'))
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

async function touch(path: string): Promise<void> {
  if (Date.now() - (await usedAt(path)) < touchAfterMs) return
  const now = new Date()
  await utimes(path, now, now).catch(whenMissing(undefined))
}

async function usedAt(path: string): Promise<number> {
  const found = await stat(path).catch(whenMissing(undefined))
  return found?.mtimeMs ?? Date.now()
}

function whenMissing<Value>(value: Value) {
  return (error: NodeJS.ErrnoException): Value => {
    if (error.code === 'ENOENT') return value
    throw error
  }
}
