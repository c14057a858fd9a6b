import { createReadStream } from 'node:fs'
import { isBerthError } from '@berth/domain'
import { registryError } from './errors.ts'
import { discard } from './read-body.ts'
import type { RegistryClient } from './registry-client.ts'

/**
 * Brings a blob into a repository, unless it is there: from another repository of the same registry where it is known to
 * lie, else in pieces, or in one where it is small. What breaks off goes on where the registry says it was; a registry that
 * cannot say gets it from the start, a bounded number of times.
 * Source: OCI distribution-spec 1.1, "Pushing blobs".
 */
export type Upload = {
  digest: string
  size: number
  content: Buffer | { path: string }
  onBytes: (doneBytes: number) => void
}

export async function hasBlob(client: RegistryClient, digest: string): Promise<boolean> {
  const url = client.url(`blobs/${digest}`)
  const response = await client.request({ method: 'HEAD', url, expect: [200, 404], what: digest })
  discard(response)
  return response.statusCode === 200
}

/** True: it is there now, and nothing was sent. `from`: a repository of this registry. */
export async function mountBlob(client: RegistryClient, digest: string, from: string): Promise<boolean> {
  client.alsoRead(from)
  const url = client.url('blobs/uploads/')
  url.searchParams.set('mount', digest)
  url.searchParams.set('from', `${client.endpoint.prefix}${from}`)
  try {
    const response = await client.request({
      method: 'POST',
      url,
      body: nothing,
      expect: [201, 202],
      what: digest,
    })
    discard(response)
    return response.statusCode === 201
  } catch (error) {
    // Not allowed to read there: then it is sent.
    if (isBerthError(error, 'REGISTRY.DENIED', 'REGISTRY.NOT_FOUND', 'REGISTRY.FAILED')) return false
    throw error
  }
}

export async function uploadBlob(client: RegistryClient, upload: Upload): Promise<void> {
  let session = await beginUpload(client, upload.digest)
  let pauseMs = client.limits.firstPauseMs
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await sendRest(client, upload, session)
    } catch (error) {
      if (!isBerthError(error) || !error.retryable || attempt >= client.limits.attempts) throw error
      await client.pause(pauseMs)
      pauseMs = Math.min(pauseMs * 2, client.limits.longestPauseMs)
      session = (await whereItIs(client, session, upload)) ?? (await beginUpload(client, upload.digest))
    }
  }
}

type Session = { location: URL; sentBytes: number }

const nothing = Buffer.alloc(0)

async function beginUpload(client: RegistryClient, digest: string): Promise<Session> {
  const url = client.url('blobs/uploads/')
  const response = await client.request({ method: 'POST', url, body: nothing, expect: [202], what: digest })
  discard(response)
  return { location: client.locationOf(response, url), sentBytes: 0 }
}

async function sendRest(client: RegistryClient, upload: Upload, session: Session): Promise<void> {
  while (upload.size - session.sentBytes > client.limits.uploadPieceBytes)
    await sendPiece(client, upload, session)
  const start = session.sentBytes
  const url = new URL(session.location)
  url.searchParams.set('digest', upload.digest)
  const response = await client.request({
    method: 'PUT',
    url,
    ...piece(upload, start, upload.size),
    expect: [201, 202, 204],
    what: upload.digest,
  })
  discard(response)
  upload.onBytes(upload.size)
}

async function sendPiece(client: RegistryClient, upload: Upload, session: Session): Promise<void> {
  const end = session.sentBytes + client.limits.uploadPieceBytes
  const response = await client.request({
    method: 'PATCH',
    url: session.location,
    ...piece(upload, session.sentBytes, end),
    expect: [202, 204],
    what: upload.digest,
  })
  discard(response)
  session.location = client.locationOf(response, session.location)
  session.sentBytes = end
  upload.onBytes(end)
}

function piece({ content }: Upload, start: number, end: number) {
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(end - start),
    ...(end > start ? { 'content-range': `${start}-${end - 1}` } : {}),
  }
  if (Buffer.isBuffer(content)) return { headers, body: content.subarray(start, end) }
  if (end === start) return { headers, body: nothing }
  return {
    headers,
    stream: () => createReadStream(content.path, { start, end: end - 1, highWaterMark: 256 * 1024 }),
  }
}

/** Null: the registry does not know the upload any more, or does not say how far it came. */
async function whereItIs(client: RegistryClient, session: Session, upload: Upload): Promise<Session | null> {
  try {
    const response = await client.request({
      method: 'GET',
      url: session.location,
      expect: [204],
      what: upload.digest,
    })
    discard(response)
    const last = /^(?:bytes=)?0-(\d+)$/.exec(response.headers.range ?? '')?.[1]
    const location =
      response.headers.location === undefined
        ? session.location
        : client.locationOf(response, session.location)
    const sentBytes = last === undefined ? 0 : Number(last) + 1
    return sentBytes <= upload.size && last !== undefined ? { location, sentBytes } : null
  } catch (error) {
    if (isBerthError(error, 'REGISTRY.NOT_FOUND', 'REGISTRY.FAILED')) return null
    throw error
  }
}

/** Last of all: what names everything else. Returns its digest as the registry has it. */
export async function putManifest(
  client: RegistryClient,
  manifest: { content: Buffer; mediaType: string; digest: string },
  tag: string,
): Promise<void> {
  const { content, mediaType, digest } = manifest
  const response = await client.request({
    method: 'PUT',
    url: client.url(`manifests/${tag}`),
    headers: { 'content-type': mediaType },
    body: content,
    expect: [201, 202, 200],
    what: tag,
  })
  discard(response)
  const said = response.headers['docker-content-digest']
  if (typeof said === 'string' && said.startsWith('sha256:') && said !== digest) {
    throw registryError['REGISTRY.DIGEST_MISMATCH']({ what: digest })
  }
}
