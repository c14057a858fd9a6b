import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { orNoSpace } from '../archive/no-space.ts'
import type { Image, Pushed, PushOptions } from '../engine.ts'
import { documentsOf } from '../store/image-documents.ts'
import { originalsOf, rememberOriginal } from '../store/image-originals.ts'
import type { Store } from '../store/image-store.ts'
import {
  type BlobForm,
  formOf,
  type LayerBlob,
  layerBlobs,
  madeBlob,
  rememberBlob,
  writeLayerBlob,
} from '../store/layer-blobs.ts'
import { normaliseName, parseReference, type Reference, repositoryName } from '../store/reference.ts'
import { reached } from '../system/failure-points.ts'
import { removeTree } from '../system/scratch.ts'
import { progressTeller, tellLine } from './progress.ts'
import { credentialsFor } from './pull-image.ts'
import { RegistryClient } from './registry-client.ts'
import { ownEndpoint, type RegistrySettings } from './registry-settings.ts'
import { openSender } from './send-request.ts'
import { sideBySide } from './side-by-side.ts'
import { hasBlob, mountBlob, putManifest, uploadBlob } from './upload-blob.ts'

/**
 * Sends an image to a registry as an OCI image: the layers that it lacks, the configuration, and last the manifest, so
 * that a name never leads to half an image. A layer that came from this registry goes as the blob that it was there, and
 * one that lies in another repository of it is taken over from there; any other is packed here, once.
 *
 * The caller holds the store's lock shared.
 */
export async function pushImage(
  store: Store,
  image: Image,
  name: string,
  settings: RegistrySettings,
  options: PushOptions = {},
): Promise<Pushed> {
  const reference = parseReference(name)
  const endpoint = ownEndpoint(reference.registry)
  const sender = openSender(settings)
  try {
    const credentials = await credentialsFor(endpoint, reference, settings, options)
    const repository = reference.path
    const client = new RegistryClient({
      ...{ endpoint, repository, sender, settings, credentials, rights: 'pull,push' },
      addresses: options.addresses ?? 'any',
      ...(options.signal ? { signal: options.signal } : {}),
    })
    const digest = await push({ store, image, client, reference, options })
    await store.pins.set(`${repositoryName(reference)}@${digest}`, image.digest, options.scope)
    reached('image pinned')
    return { name: normaliseName(name), digest }
  } finally {
    sender.close()
  }
}

type Push = { store: Store; image: Image; client: RegistryClient; reference: Reference; options: PushOptions }

const parallelLayers = 3

async function push(given: Push): Promise<string> {
  const { store, image, client, reference, options } = given
  tellLine(options.sink, `Pushing to ${client.endpoint.host}/${client.repository}`)
  const { sourceDate = null, scope } = options
  const originals = sourceDate === null ? await originalsOf(store, image.digest, { scope }) : []
  const layers = await sideBySide(image.layers, parallelLayers, (layer, index) =>
    pushLayer(given, layer, { number: index + 1, diffId: originals[0]?.diffIds[index] }),
  )
  const { config, manifest } = documentsOf(image, layers, { originals, sourceDate })
  const configBlob = { digest: sha256(config), size: config.length }
  if (!(await hasBlob(client, configBlob.digest))) {
    await uploadBlob(client, { ...configBlob, content: config, onBytes: () => undefined })
  }
  reached('configuration sent')
  const digest = sha256(manifest.content)
  await putManifest(client, { ...manifest, digest }, reference.tag)
  reached('manifest sent')
  if (sourceDate === null) await rememberOriginal(store, image.digest, { config, manifest, scope })
  return digest
}

/** Returns the blob that the repository has for this layer now; where that is possible, one with this diff id. */
async function pushLayer(
  given: Push,
  layer: string,
  { number, diffId }: { number: number; diffId: string | undefined },
): Promise<LayerBlob> {
  const { store, reference, options } = given
  const { compression = 'gzip', sourceDate = null, signal } = options
  const form = await formOf(store, layer, { form: { compression, sourceDate }, diffId, signal })
  const there = (await known(given, layer, form)) ?? (await packAndSend(given, { layer, form, number }))
  await rememberBlob(store, layer, { ...there, places: [`${reference.registry}/${reference.path}`] })
  return there
}

/** One that need not be sent. With a source date only our own packing will do: others know nothing of the date. */
async function known(
  { store, client, reference }: Push,
  layer: string,
  form: BlobForm,
): Promise<LayerBlob | undefined> {
  const registry = `${reference.registry}/`
  const blobs = await layerBlobs(store, layer)
  const received = form.sourceDate === null ? blobs.filter(({ origin }) => origin === 'received') : []
  const made = await madeBlob(store, layer, form)
  for (const blob of [
    ...received.filter(({ places }) => places.some((place) => place.startsWith(registry))),
    made,
  ]) {
    if (blob === undefined) continue
    if (await hasBlob(client, blob.digest)) return blob
    for (const place of blob.places) {
      const repository = place.startsWith(registry) ? place.slice(registry.length) : reference.path
      if (repository !== reference.path && (await mountBlob(client, blob.digest, repository))) return blob
    }
  }
  return undefined
}

async function packAndSend(
  { store, client, image, options }: Push,
  { layer, form, number }: { layer: string; form: BlobForm; number: number },
): Promise<LayerBlob> {
  const directory = await store.options.fileSystems.temporaryDirectory()
  const path = `${directory}/blob`
  try {
    const blob = await pack(store, { layer, form, path, signal: options.signal })
    reached('layer packed')
    if (await hasBlob(client, blob.digest)) return blob
    const what = `layer ${number} of ${image.layers.length}`
    const onBytes = progressTeller(options.sink, { what, ofBytes: blob.sizeBytes })
    await uploadBlob(client, { digest: blob.digest, size: blob.sizeBytes, content: { path }, onBytes })
    reached('layer sent')
    return blob
  } finally {
    await removeTree(store.options.commands, directory)
  }
}

/** On the disk: its digest must be known before it is sent, and what breaks off is sent again. */
async function pack(
  store: Store,
  given: { layer: string; form: BlobForm; path: string; signal: AbortSignal | undefined },
): Promise<LayerBlob> {
  const file = await open(given.path, 'wx', 0o600)
  try {
    return await writeLayerBlob(store, given.layer, {
      ...given.form,
      write: async (piece) => {
        for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten
      },
      ...(given.signal ? { signal: given.signal } : {}),
    })
  } catch (error) {
    throw orNoSpace(error)
  } finally {
    await file.close()
  }
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
