import { createHash } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { makeTar, type TarPart } from '../archive/make-tar.ts'
import { hostArchitecture } from '../store/image-config.ts'

/** A registry that answers as a test tells it to, and remembers what it was asked. */
export type ScriptedRegistry = {
  host: string
  asked: { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer }[]
  /** Asked first; true: it has answered. */
  before: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>
  /** What lies under `blobs/` and, by digest or tag, under `manifests/`. */
  blobs: Map<string, Buffer>
  manifests: Map<string, { content: Buffer; type: string }>
  close(): Promise<void>
}

export const sha256 = (bytes: Buffer | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
export const ociManifestType = 'application/vnd.oci.image.manifest.v1+json'
export const ociIndexType = 'application/vnd.oci.image.index.v1+json'

export async function startScriptedRegistry(): Promise<ScriptedRegistry> {
  const server = createServer((request, response) => {
    answer(registry, request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const registry: ScriptedRegistry = {
    host: `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    asked: [],
    before: () => false,
    blobs: new Map(),
    manifests: new Map(),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return registry
}

async function answer(
  registry: ScriptedRegistry,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '', headers } = request
  const asked = { method, url, headers, body: Buffer.alloc(0) }
  registry.asked.push(asked)
  if (await registry.before(request, response)) return
  const pieces: Buffer[] = []
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece)
  asked.body = Buffer.concat(pieces)
  const [, kind = '', name = ''] = /\/(manifests|blobs)\/([^/?]+)$/.exec(url) ?? []
  const manifest = kind === 'manifests' ? registry.manifests.get(name) : undefined
  const blob = kind === 'blobs' ? registry.blobs.get(name) : undefined
  if (manifest !== undefined) response.writeHead(200, { 'content-type': manifest.type }).end(manifest.content)
  else if (blob !== undefined) sendBlob(request, response, blob)
  else response.writeHead(404).end('{"errors":[{"code":"NOT_FOUND"}]}')
}

function sendBlob(request: IncomingMessage, response: ServerResponse, blob: Buffer): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  if (start === 0) response.writeHead(200, { 'content-length': blob.length }).end(blob)
  else {
    const range = `bytes ${start}-${blob.length - 1}/${blob.length}`
    response
      .writeHead(206, { 'content-range': range, 'content-length': blob.length - start })
      .end(blob.subarray(start))
  }
}

export type Published = { manifest: string; config: string; layers: string[] }

/** Puts an image there, as `tag`. `changes` say what of it is not what it should be. */
export function publish(
  registry: ScriptedRegistry,
  layers: readonly (readonly TarPart[])[],
  changes: {
    tag?: string
    config?: object
    configType?: string
    layerDescriptor?: object
    manifest?: object
    type?: string
  } = {},
): Published {
  const tars = layers.map((parts) => makeTar(parts))
  const packed = tars.map((tar) => gzipSync(tar))
  const config = JSON.stringify({
    architecture: hostArchitecture,
    os: 'linux',
    config: { Cmd: ['run'] },
    rootfs: { type: 'layers', diff_ids: tars.map(sha256) },
    ...changes.config,
  })
  for (const content of [Buffer.from(config), ...packed]) registry.blobs.set(sha256(content), content)
  const described = (content: Buffer | string, mediaType: string) => ({
    ...{ mediaType, digest: sha256(content) },
    size: Buffer.byteLength(content),
  })
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      config: described(config, changes.configType ?? 'application/vnd.oci.image.config.v1+json'),
      layers: packed.map((layer) => ({
        ...described(layer, 'application/vnd.oci.image.layer.v1.tar+gzip'),
        ...changes.layerDescriptor,
      })),
      ...changes.manifest,
    }),
  )
  const digest = putManifest(registry, manifest, {
    tag: changes.tag ?? 'latest',
    type: changes.type ?? ociManifestType,
  })
  return { manifest: digest, config: sha256(config), layers: packed.map(sha256) }
}

export function putManifest(
  registry: ScriptedRegistry,
  content: Buffer,
  { tag, type }: { tag: string; type: string },
): string {
  for (const name of [tag, sha256(content)]) registry.manifests.set(name, { content, type })
  return sha256(content)
}

/** From now on it keeps what is sent to it, unless `before` is set to something else. */
export function acceptPushes(registry: ScriptedRegistry): void {
  const uploads = new Map<string, Buffer>()
  registry.before = async (request, response) => {
    if (!['POST', 'PATCH', 'PUT'].includes(request.method ?? '')) return false
    const body = await buffer(request)
    if (request.url?.includes('/blobs/uploads/'))
      response.writeHead(...takeBlob(registry, uploads, request, body))
    else {
      const { pathname } = new URL(request.url ?? '', 'http://x')
      const [tag, type] = [
        pathname.slice(pathname.lastIndexOf('/') + 1),
        request.headers['content-type'] ?? '',
      ]
      putManifest(registry, body, { tag, type })
      response.writeHead(201)
    }
    response.end()
    return true
  }
}

/** Begins an upload, adds to it, or ends it. */
function takeBlob(
  registry: ScriptedRegistry,
  uploads: Map<string, Buffer>,
  { method, url = '' }: IncomingMessage,
  body: Buffer,
): [status: number, headers: { location: string }] {
  const { pathname, searchParams } = new URL(url, 'http://x')
  const location = method === 'POST' ? `${pathname}${uploads.size}` : pathname
  uploads.set(location, Buffer.concat([uploads.get(location) ?? Buffer.alloc(0), body]))
  if (method !== 'PUT') return [202, { location }]
  registry.blobs.set(searchParams.get('digest') ?? '', uploads.get(location) ?? body)
  return [201, { location }]
}
