import { createHash } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { rm, unlink } from 'node:fs/promises'
import { isBerthError } from '@berth/domain'
import type { Credentials, Image, PullOptions } from '../engine.ts'
import { imageError } from '../store/errors.ts'
import { hostArchitecture } from '../store/image-config.ts'
import type { Descriptor } from '../store/image-manifest.ts'
import { commitOriginal } from '../store/image-originals.ts'
import type { Store } from '../store/image-store.ts'
import { checkDiffId, unpackLayer } from '../store/import-archive.ts'
import { type LayerBlob, layerBlobs, layerOfDiffId, rememberBlob } from '../store/layer-blobs.ts'
import { layerCompressions } from '../store/media-types.ts'
import { historyFrom, imageConfigFrom, type OciConfig, ociConfigSchema } from '../store/oci-config.ts'
import { normaliseName, parseReference, type Reference, repositoryName } from '../store/reference.ts'
import { type StoreLock, storeLock } from '../store/store-lock.ts'
import { reached } from '../system/failure-points.ts'
import { downloadBlob } from './download-blob.ts'
import { registryError } from './errors.ts'
import { fetchManifest, fetchSmallBlob, type RemoteImage } from './fetch-manifest.ts'
import { progressTeller, tellLine } from './progress.ts'
import { parseJson } from './read-body.ts'
import { RegistryClient } from './registry-client.ts'
import { type Endpoint, endpointsOf, ownEndpoint, type RegistrySettings } from './registry-settings.ts'
import { openSender, type Sender } from './send-request.ts'
import { sideBySide } from './side-by-side.ts'

/**
 * Fetches an image from its registry, or from a mirror of it.
 *
 * - Nothing is believed before its digest has been looked at: manifest, configuration, each layer as it comes and as it
 *   unpacks. The image exists when all of it is there.
 * - A layer that is here already is not fetched. What a broken pull has fetched is kept under `<home>/pulls`, and the
 *   next pull goes on from there, in whatever process. Two that want one layer fetch it once: each layer has a lock.
 * - Credentials go to the host that they are for. A mirror gets those that the settings have for it.
 * - What a scope's own credentials fetched is that scope's: its name, and its layers. Knowing the digest of a layer is no
 *   right to it, so a pull for a scope takes a layer that is here only where it is open to all, or lies in the very
 *   repository that has just granted the manifest; any other is fetched, which proves the right.
 *
 * The caller holds the store's lock shared.
 */
export async function pullImage(
  store: Store,
  text: string,
  settings: RegistrySettings,
  options: PullOptions = {},
): Promise<Image> {
  const reference = parseReference(text)
  const sender = openSender(settings)
  try {
    return await fromFirst(endpointsOf(reference.registry, settings), options, async (endpoint) => {
      const credentials = await credentialsFor(endpoint, reference, settings, options)
      const client = clientOf({ endpoint, reference, sender, settings, credentials, options })
      const owner = isOwn(endpoint, reference) && options.credentials ? options.scope : undefined
      return pullFrom({ store, client, reference, text, options, owner })
    })
  } finally {
    sender.close()
  }
}

type Pull = {
  store: Store
  client: RegistryClient
  reference: Reference
  text: string
  options: PullOptions
  /** The scope whose own rights are used. */
  owner: string | undefined
}

/** Where one fails, whyever, the next is asked; the last one's failure is told. */
async function fromFirst<Result>(
  endpoints: readonly Endpoint[],
  { sink, signal }: PullOptions,
  work: (endpoint: Endpoint) => Promise<Result>,
): Promise<Result> {
  for (const [index, endpoint] of endpoints.entries()) {
    try {
      return await work(endpoint)
    } catch (error) {
      signal?.throwIfAborted()
      if (!isBerthError(error) || index === endpoints.length - 1) throw error
      tellLine(sink, `The mirror ${endpoint.host} does not help: ${error.message}`)
    }
  }
  throw new Error('A registry without an endpoint')
}

export async function credentialsFor(
  endpoint: Endpoint,
  reference: Reference,
  settings: RegistrySettings,
  options: PullOptions,
): Promise<Credentials | null> {
  const own = isOwn(endpoint, reference)
  if (own && options.credentials !== undefined) return options.credentials
  return (await settings.credentialsFor?.(own ? reference.registry : endpoint.host)) ?? null
}

/** The registry itself, and no mirror of it. */
function isOwn(endpoint: Endpoint, { registry }: Reference): boolean {
  return endpoint.host === ownEndpoint(registry).host && endpoint.prefix === ''
}

function clientOf(given: {
  endpoint: Endpoint
  reference: Reference
  sender: Sender
  settings: RegistrySettings
  credentials: Credentials | null
  options: PullOptions
}): RegistryClient {
  const { endpoint, reference, sender, settings, credentials, options } = given
  const repository = reference.path
  return new RegistryClient({
    ...{ endpoint, repository, sender, settings, credentials, rights: 'pull' },
    addresses: options.addresses ?? 'any',
    ...signalled(options),
  })
}

async function pullFrom(pull: Pull): Promise<Image> {
  const { store, client, reference, text, options, owner } = pull
  tellLine(options.sink, `Pulling ${text} from ${client.endpoint.host}`)
  const remote = await fetchManifest(client, reference.digest ?? reference.tag, text)
  checkMediaTypes(pull, remote)
  const configBlob = await fetchSmallBlob(client, remote.config)
  const oci = readConfig(pull, configBlob)
  const config = imageConfigFrom(oci)
  const diffIds = oci.rootfs.diff_ids
  if (config === null) throw unsupported(text, 'its configuration holds a value that no image may have')
  if (diffIds.length !== remote.layers.length) throw unsupported(text, 'it lists layers that have no digest')
  if (config.os !== 'linux' || config.architecture !== hostArchitecture) {
    const found = `${config.os}/${config.architecture}`
    throw imageError['IMAGE.WRONG_PLATFORM']({ found, needed: `linux/${hostArchitecture}` })
  }
  const layers = await sideBySide(remote.layers, parallelLayers, (descriptor, index) =>
    pullLayer(pull, { descriptor, diffId: diffIds[index] as string, number: index + 1, of: diffIds.length }),
  )
  const names = reference.digest === null ? [normaliseName(text)] : []
  const image = await commitOriginal(
    store,
    { config, layers, history: historyFrom(oci) },
    { original: { config: configBlob, manifest: remote.manifest }, names, scope: owner },
  )
  for (const digest of remote.digests)
    await store.pins.set(`${repositoryName(reference)}@${digest}`, image.digest, owner)
  reached('image pinned')
  return image
}

const parallelLayers = 3
/** Docker's and overlayfs's own limits are far below. */
const mostLayers = 500

/** Charts, signatures and the like lie in registries too. */
function checkMediaTypes({ text }: Pull, { config, layers }: RemoteImage): void {
  if (
    !/^(application\/vnd\.(oci\.image\.config|docker\.container\.image)\.v1\+json)?$/.test(config.mediaType)
  ) {
    throw unsupported(text, `it is no image but ${config.mediaType.slice(0, 80)}`)
  }
  if (layers.length > mostLayers)
    throw unsupported(text, `it has ${layers.length} layers; ${mostLayers} is the limit`)
  for (const { mediaType, urls } of layers) {
    const foreign = /foreign|nondistributable/.test(mediaType) || (urls?.length ?? 0) > 0
    if (foreign) throw unsupported(text, 'it has a layer that lies elsewhere (a foreign layer)')
    if (layerCompressions[mediaType] === undefined) {
      throw unsupported(text, `it has a layer of an unknown kind, ${mediaType.slice(0, 80)}`)
    }
  }
}

function readConfig({ text }: Pull, bytes: Buffer): OciConfig {
  const parsed = ociConfigSchema.safeParse(parseJson(bytes))
  if (!parsed.success) throw unsupported(text, 'its configuration is malformed')
  return parsed.data
}

// ------------------------------------------------------------------------------------------------ layers

type WantedLayer = { descriptor: Descriptor; diffId: string; number: number; of: number }

/** As long as a download that somebody else has begun may take. */
const longestWaitMs = 6 * 60 * 60 * 1000

async function pullLayer(pull: Pull, wanted: WantedLayer): Promise<string> {
  const { options } = pull
  const path = pullPath(pull, wanted)
  const known = await permittedLayer(pull, wanted)
  const lock = storeLock(`${path}.lock`)
  if (known !== undefined) {
    await dropPart(lock, `${path}.part`)
    return seenAgain(pull, wanted, known)
  }
  return lock(
    'exclusive',
    async () => (await permittedLayer(pull, wanted)) ?? (await fetchLayer(pull, wanted, `${path}.part`)),
    { timeoutMs: longestWaitMs, ...signalled(options) },
  )
}

/** Of a pull that was killed when the layer was there and its download not yet gone. Whoever is at it now keeps it. */
async function dropPart(lock: StoreLock, path: string): Promise<void> {
  if (!existsSync(path)) return
  await lock('exclusive', () => rm(path, { force: true }), { timeoutMs: 0 }).catch((error: unknown) => {
    if (!isBerthError(error, 'STORE.BUSY')) throw error
  })
}

/** What is fetched with a scope's own rights is not seen by others before it is a layer either. */
function pullPath({ store, owner }: Pull, { descriptor }: WantedLayer): string {
  const whose = owner === undefined ? '' : `-${createHash('sha256').update(owner).digest('hex').slice(0, 32)}`
  return `${pullsFolder(store)}/${descriptor.digest.slice('sha256:'.length)}${whose}`
}

/** The layer that is here already, where this pull may have it unasked. */
async function permittedLayer(
  { store, reference, options }: Pull,
  { diffId, descriptor }: WantedLayer,
): Promise<string | undefined> {
  const known = await layerOfDiffId(store, diffId)
  if (known === undefined || options.scope === undefined) return known
  const place = `${reference.registry}/${reference.path}`
  const granted = (await layerBlobs(store, known)).some(
    ({ open, digest, places }) => open || (digest === descriptor.digest && places.includes(place)),
  )
  return granted ? known : undefined
}

async function fetchLayer(pull: Pull, wanted: WantedLayer, path: string): Promise<string> {
  const { store, client, options } = pull
  const { digest, size } = wanted.descriptor
  const what = `layer ${wanted.number} of ${wanted.of}`
  const onBytes = progressTeller(options.sink, { what, ofBytes: size })
  await downloadBlob(client, { digest, size, path, onBytes, ...signalled(options) })
  reached('blob downloaded')
  const layer = await layerFromBlob(pull, wanted, path).catch(async (error: unknown) => {
    // Whole, and yet no layer: fetching it again would not help. A full disk is another matter.
    if (isBerthError(error) && !isBerthError(error, 'ARCHIVE.NO_SPACE')) await unlink(path)
    throw error
  })
  await unlink(path)
  reached('download removed')
  await rememberBlob(store, layer, { ...receivedBlob(pull, wanted), open: pull.owner === undefined })
  reached('blob remembered')
  return layer
}

/** One that others have here is shared: only that the archive is the one is checked. */
async function layerFromBlob(
  { store, options }: Pull,
  { diffId }: WantedLayer,
  path: string,
): Promise<string> {
  const known = await layerOfDiffId(store, diffId)
  if (known === undefined) return unpackLayer(store, path, diffId, options.signal)
  await checkDiffId(store, path, diffId, options.signal)
  return known
}

/** That this blob is this layer is only this image's word, unless it was unpacked here; then one more place is known. */
async function seenAgain(pull: Pull, wanted: WantedLayer, layer: string): Promise<string> {
  const blobs = await layerBlobs(pull.store, layer)
  const same = blobs.some(
    ({ origin, digest }) => origin === 'received' && digest === wanted.descriptor.digest,
  )
  if (same) await rememberBlob(pull.store, layer, receivedBlob(pull, wanted))
  return layer
}

function receivedBlob({ reference }: Pull, { descriptor, diffId }: WantedLayer): LayerBlob {
  return {
    diffId,
    digest: descriptor.digest,
    sizeBytes: descriptor.size,
    compression: layerCompressions[descriptor.mediaType] ?? 'gzip',
    origin: 'received',
    places: [`${reference.registry}/${reference.path}`],
  }
}

function signalled({ signal }: PullOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}

function pullsFolder(store: Store): string {
  const directory = `${store.options.home}/pulls`
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return directory
}

function unsupported(reference: string, what: string) {
  return registryError['REGISTRY.UNSUPPORTED']({ reference, what })
}
