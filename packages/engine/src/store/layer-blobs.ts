import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { constants, createGzip, createZstdCompress } from 'node:zlib'
import { z } from 'zod'
import { treeTar } from '../archive/tree-tar.ts'
import type { Store } from './image-store.ts'
import { canBeRemade, forgetOutline, remadeArchive } from './layer-outlines.ts'
import { readRecord, removeRecord, writeRecord } from './record-file.ts'

/**
 * What is known of a layer as an archive: `layer-blobs/<layer id>.json`. A layer is a directory, and an archive of it is
 * made only when it leaves the machine; what that found out is remembered, so that asking again costs nothing. A layer
 * that came from elsewhere has the archive that it came in, too: the same tree, other bytes.
 */
export type LayerBlob = {
  /** Digest of the plain tar. */
  diffId: string
  /** Digest and size of the (compressed) archive. */
  digest: string
  sizeBytes: number
  compression: BlobCompression
  /** Made here by `writeLayerBlob`, with this source date, or (`remade`) as the tar that it came in; or `received`. */
  origin: { made: { sourceSeconds: number | null } } | 'remade' | 'received'
  /** `registry/repository`: where it lies, as far as is known. */
  places: readonly string[]
  /** Fetched without anybody's own rights: whoever names it may have it. */
  open?: boolean | undefined
}

export type BlobCompression = 'none' | 'gzip' | 'zstd'

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const blobSchema: z.ZodType<LayerBlob> = z.object({
  diffId: digest,
  digest,
  sizeBytes: z.number().int().nonnegative(),
  compression: z.enum(['none', 'gzip', 'zstd']),
  origin: z.union([
    z.literal(['received', 'remade']),
    z.object({ made: z.object({ sourceSeconds: z.number().int().nullable() }) }),
  ]),
  places: z.array(z.string()).readonly(),
  open: z.boolean().optional(),
})
const recordSchema = z.object({ blobs: z.array(blobSchema) })
const mostBlobs = 16
const mostPlaces = 8

export async function layerBlobs(store: Store, layer: string): Promise<LayerBlob[]> {
  return (await readRecord(recordPath(store, layer), recordSchema))?.blobs ?? []
}

/** A blob that is known already learns its new places. Two writers at once: one's addition may be lost, and found again. */
export async function rememberBlob(store: Store, layer: string, blob: LayerBlob): Promise<void> {
  const known = await layerBlobs(store, layer)
  const same = known.find((each) => sameBlob(each, blob))
  const places = [...new Set([...blob.places, ...(same?.places ?? [])])].slice(0, mostPlaces)
  const open = blob.open || same?.open ? { open: true } : {}
  const blobs = [{ ...blob, ...open, places }, ...known.filter((each) => each !== same)].slice(0, mostBlobs)
  await writeRecord(recordPath(store, layer), { blobs })
}

function sameBlob(one: LayerBlob, other: LayerBlob): boolean {
  return one.digest === other.digest && JSON.stringify(one.origin) === JSON.stringify(other.origin)
}

/** `remade`: the diff id of the tar that it came in, of which there is an outline. */
export type BlobForm = { compression: BlobCompression; sourceDate: Date | null; remade?: string }

/**
 * The form in which a layer has this diff id: as packed anyway, or as it came where that can be made again; else as given. With a
 * source date it has those of our own packing.
 */
export async function formOf(
  store: Store,
  layer: string,
  given: { form: BlobForm; diffId: string | undefined; signal?: AbortSignal | undefined },
): Promise<BlobForm> {
  const { form, diffId, signal } = given
  if (diffId === undefined || form.sourceDate !== null) return form
  if ((await madeBlob(store, layer, form))?.diffId === diffId) return form
  return (await canBeRemade(store, layer, { diffId, signal })) ? { ...form, remade: diffId } : form
}

/** What `writeLayerBlob` made in this form the last time. */
export async function madeBlob(store: Store, layer: string, form: BlobForm): Promise<LayerBlob | undefined> {
  const origin = JSON.stringify(originOf(form))
  return (await layerBlobs(store, layer)).find(
    (blob) =>
      JSON.stringify(blob.origin) === origin &&
      blob.compression === form.compression &&
      blob.diffId === (form.remade ?? blob.diffId),
  )
}

function originOf({ remade, sourceDate }: BlobForm): LayerBlob['origin'] {
  if (remade !== undefined) return 'remade'
  const sourceSeconds = sourceDate === null ? null : Math.floor(sourceDate.getTime() / 1000)
  return { made: { sourceSeconds } }
}

/** Fast rather than small: a layer is mostly sent once. The gzip header has no name and no time. */
const gzipLevel = 1
const zstdLevel = 1
const chunkSize = 256 * 1024

/** Hands the archive of a layer over, piece by piece, and remembers what it was. `write` may wait. */
export async function writeLayerBlob(
  store: Store,
  layer: string,
  options: BlobForm & { write: (piece: Uint8Array) => Promise<void>; signal?: AbortSignal },
): Promise<LayerBlob> {
  const { compression } = options
  const [diff, whole] = [createHash('sha256'), createHash('sha256')]
  let sizeBytes = 0
  const tar = hashing(archiveOf(store, layer, options), diff)
  for await (const piece of compressed(tar, compression)) {
    if (compression !== 'none') whole.update(piece)
    sizeBytes += piece.length
    await options.write(piece)
  }
  const diffId = `sha256:${diff.digest('hex')}`
  const digest = compression === 'none' ? diffId : `sha256:${whole.digest('hex')}`
  const blob: LayerBlob = {
    ...{ diffId, digest, sizeBytes, compression, places: [] },
    origin: originOf(options),
  }
  await rememberBlob(store, layer, blob)
  await rememberDiffId(store, diffId, layer)
  return blob
}

// ------------------------------------------------------------------------------------------------ diff id → layer

const diffSchema = z.object({ layer: z.string() })

/** The layer that an archive with this diff id became, or was made of. It depends on that archive alone. */
export async function layerOfDiffId(store: Store, diffId: string): Promise<string | undefined> {
  const known = (await readRecord(diffRecordPath(store, diffId), diffSchema))?.layer
  if (known === undefined || (await store.options.fileSystems.layer(known)) === undefined) return undefined
  return known
}

/** The first layer stays: images that are taken in later share it. */
export async function rememberDiffId(store: Store, diffId: string, layer: string): Promise<void> {
  if ((await layerOfDiffId(store, diffId)) !== undefined) return
  await writeRecord(diffRecordPath(store, diffId), { layer })
}

/** Forgets what is known of layers that are no more, also of those that a killed process removed. The exclusive lock is held. */
export async function forgetBlobs(store: Store): Promise<void> {
  const present = new Set((await store.options.fileSystems.layers()).map(({ id }) => id))
  const blobs = folder(store, 'layer-blobs')
  for (const name of (await readdir(blobs)).filter((each) => each.endsWith('.json'))) {
    if (!present.has(name.slice(0, -'.json'.length))) await removeRecord(`${blobs}/${name}`)
  }
  const digests = folder(store, 'layer-digests')
  for (const name of (await readdir(digests)).filter((each) => each.endsWith('.json'))) {
    const record = await readRecord(`${digests}/${name}`, diffSchema)
    if (present.has(record?.layer ?? '')) continue
    await forgetOutline(store, `sha256:${name.slice(0, -'.json'.length)}`)
    await removeRecord(`${digests}/${name}`)
  }
}

// ------------------------------------------------------------------------------------------------ below

function archiveOf(
  store: Store,
  layer: string,
  { remade, sourceDate, signal }: BlobForm & { signal?: AbortSignal | undefined },
): AsyncIterable<Buffer> {
  if (remade !== undefined) return remadeArchive(store, layer, { diffId: remade, signal })
  return treeTar(store.options.fileSystems.layerPath(layer), {
    ...{ layer: true, sourceDate },
    ...(signal ? { signal } : {}),
  })
}

async function* hashing(
  source: AsyncIterable<Buffer>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer> {
  for await (const piece of source) {
    hash.update(piece)
    yield piece
  }
}

function compressed(tar: AsyncIterable<Buffer>, compression: BlobCompression): AsyncIterable<Buffer> {
  if (compression === 'none') return tar
  const pack =
    compression === 'gzip'
      ? createGzip({ level: gzipLevel, chunkSize })
      : createZstdCompress({ chunkSize, params: { [constants.ZSTD_c_compressionLevel]: zstdLevel } })
  return Readable.from(tar, { objectMode: false }).compose(pack) as AsyncIterable<Buffer>
}

function recordPath(store: Store, layer: string): string {
  return `${folder(store, 'layer-blobs')}/${layer}.json`
}

function diffRecordPath(store: Store, diffId: string): string {
  return `${folder(store, 'layer-digests')}/${diffId.slice('sha256:'.length)}.json`
}

function folder(store: Store, name: string): string {
  const directory = `${store.options.home}/${name}`
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return directory
}
