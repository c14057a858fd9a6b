import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { z } from 'zod'
import type { HistoryEntry, Image, ImageConfig, ImageDigest } from '../engine.ts'
import { reached } from '../system/failure-points.ts'
import { digestPattern } from './image-names.ts'
import type { Store } from './image-store.ts'
import { ociConfigSchema } from './oci-config.ts'
import { readRecord, removeRecord, writeRecord } from './record-file.ts'

/**
 * What an image is to others: the configuration that it came or left with, byte for byte, and the manifest where there was one.
 * An image that did not change leaves with the same again, and so keeps its id at Docker, and its digest where its layers'
 * archives are the same too. `image-originals/<hex of our digest>-<hex of the configuration's>.json`; they go with their image.
 */
export type Original = {
  config: Buffer
  manifest: { content: Buffer; mediaType: string } | null
  /** Whose rights have fetched it. */
  scope?: string | undefined
}

/** `received`: it came so; else it has only left so. */
export type KnownOriginal = Original & { diffIds: readonly string[]; received: boolean }

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'))
const recordSchema = z.object({
  config: base64,
  manifest: z.object({ content: base64, mediaType: z.string() }).nullable(),
  scope: z.string().optional(),
  received: z.boolean(),
  keptAt: z.iso.datetime(),
})
/** One image may have come by many configurations that differ in what we do not keep, such as its date. */
const mostOriginals = 8

/** Takes in an image that came from elsewhere. One that is here already, with this very configuration, is that one. */
export async function commitOriginal(
  store: Store,
  image: { config: ImageConfig; layers: readonly string[]; history: readonly HistoryEntry[] },
  given: { original: Original; names: readonly string[]; scope?: string | undefined },
): Promise<Image> {
  const known = await imageWith(store, given.original.config)
  const same = known?.layers.join() === image.layers.join() ? known : undefined
  const { config, layers, history } = {
    ...image,
    ...same,
    history: same ? (same.history ?? []) : image.history,
  }
  const committed = await store.commit(config, layers, given.names, history, given.scope)
  await keep(store, committed.digest, { ...given.original, scope: given.scope, received: true })
  return committed
}

/** What it has just left as. */
export function rememberOriginal(store: Store, image: ImageDigest, original: Original): Promise<void> {
  return keep(store, image, { ...original, received: false })
}

/** Those first that came so; then newest first. `scope`: without what other scopes alone have fetched. */
export async function originalsOf(
  store: Store,
  image: ImageDigest,
  { scope }: { scope?: string | undefined } = {},
): Promise<KnownOriginal[]> {
  return (await recordsOf(store, image))
    .map(({ record }) => record)
    .filter((record) => scope === undefined || record.scope === undefined || record.scope === scope)
    .map((record) => ({ ...record, diffIds: diffIdsOf(record.config) }))
}

/** The exclusive lock is held. */
export async function forgetOriginals(store: Store, isGone: (image: ImageDigest) => boolean): Promise<void> {
  for (const name of await readdir(folder(store))) {
    if (isGone(`sha256:${name.split('-')[0]}`)) await removeRecord(`${folder(store)}/${name}`)
  }
}

async function keep(
  store: Store,
  image: ImageDigest,
  original: Original & { received: boolean },
): Promise<void> {
  const { config, manifest, scope } = original
  const path = `${folder(store)}/${hexOf(image)}-${createHash('sha256').update(config).digest('hex')}.json`
  const present = await readRecord(path, recordSchema)
  const kept = manifest ?? present?.manifest ?? null
  await writeRecord(path, {
    config: config.toString('base64'),
    manifest: kept === null ? null : { ...kept, content: kept.content.toString('base64') },
    received: original.received || present?.received === true,
    keptAt: new Date().toISOString(),
    // What was everybody's stays so.
    ...(scope === undefined || (present !== undefined && present.scope === undefined) ? {} : { scope }),
  })
  reached('original kept')
  await forgetOldest(store, image)
}

async function imageWith(store: Store, config: Buffer): Promise<Image | undefined> {
  const ending = `-${createHash('sha256').update(config).digest('hex')}.json`
  const name = (await readdir(folder(store))).find((each) => each.endsWith(ending))
  const digest = `sha256:${name?.split('-')[0]}`
  return digestPattern.test(digest) ? store.records.get(digest) : undefined
}

async function forgetOldest(store: Store, image: ImageDigest): Promise<void> {
  for (const { path } of (await recordsOf(store, image)).slice(mostOriginals)) await removeRecord(path)
}

async function recordsOf(store: Store, image: ImageDigest) {
  const directory = folder(store)
  const names = (await readdir(directory)).filter(
    (name) => name.startsWith(`${hexOf(image)}-`) && name.endsWith('.json'),
  )
  const found: { path: string; record: z.output<typeof recordSchema> }[] = []
  for (const name of names) {
    const path = `${directory}/${name}`
    const record = await readRecord(path, recordSchema)
    if (record !== undefined) found.push({ path, record })
  }
  const rank = ({ record }: (typeof found)[number]) => `${record.received ? 1 : 0} ${record.keptAt}`
  return found.sort((one, other) => (rank(one) < rank(other) ? 1 : -1))
}

/** It was looked at before it was kept. */
function diffIdsOf(config: Buffer): readonly string[] {
  return ociConfigSchema.parse(JSON.parse(config.toString('utf8'))).rootfs.diff_ids
}

function hexOf(digest: ImageDigest): string {
  return digest.slice('sha256:'.length)
}

function folder(store: Store): string {
  const directory = `${store.options.home}/image-originals`
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return directory
}
