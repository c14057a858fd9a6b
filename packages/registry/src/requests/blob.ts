import { pipeline } from 'node:stream/promises'
import { registryError } from '../errors.ts'
import { parseDigest } from '../parse-names.ts'
import { answerEmpty, demand, refuseMethod, type Visit } from '../registry.ts'
import type { ByteRange, Digest, RepositoryName } from '../registry-store.ts'

/** `/v2/<name>/blobs/<digest>` */
export async function answerBlob(visit: Visit, repository: RepositoryName, given: string): Promise<void> {
  const { method } = visit.request
  if (method === 'GET' || method === 'HEAD') return send(visit, repository, given)
  if (method === 'DELETE') return remove(visit, repository, given)
  return refuseMethod(visit)
}

async function send(visit: Visit, repository: RepositoryName, given: string): Promise<void> {
  const key = await demand(visit, repository, { action: 'pull' })
  const { request, response, store } = visit
  const digest = parseDigest(given)
  const bytes = await store.blobBytes(key, digest)
  if (bytes === undefined) throw registryError['REGISTRY.BLOB_UNKNOWN']({ digest })
  const range = parseRange(request.headers.range, bytes)
  if (range === 'outside') return answerEmpty(visit, 416, { 'Content-Range': `bytes */${bytes}` })
  const content =
    request.method === 'HEAD' ? undefined : await store.readBlob(key, digest, range ?? undefined)
  response.writeHead(range === null ? 200 : 206, headersOf(digest, bytes, range))
  if (content === undefined) response.end()
  else await pipeline(content, response)
}

function headersOf(digest: Digest, bytes: number, range: ByteRange | null) {
  return {
    'Content-Type': 'application/octet-stream',
    'Content-Length': range === null ? bytes : range.last - range.first + 1,
    'Docker-Content-Digest': digest,
    'Accept-Ranges': 'bytes',
    // Named by its content: it never becomes another.
    'Cache-Control': 'private, max-age=31536000, immutable',
    ETag: `"${digest}"`,
    ...(range === null ? {} : { 'Content-Range': `bytes ${range.first}-${range.last}/${bytes}` }),
  }
}

/** One range, as clients that go on with a download ask for it; anything else is answered whole. Source: RFC 9110, 14. */
export function parseRange(header: string | undefined, bytes: number): ByteRange | 'outside' | null {
  const [, first, last] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === undefined) return null
  const range = { first: Number(first), last: last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) }
  return range.first >= bytes || range.last < range.first ? 'outside' : range
}

async function remove(visit: Visit, repository: RepositoryName, given: string): Promise<void> {
  if (visit.options.deletes !== true) refuseMethod(visit)
  const key = await demand(visit, repository, { action: 'delete' })
  const digest = parseDigest(given)
  if (!(await visit.store.removeBlob(key, digest))) throw registryError['REGISTRY.BLOB_UNKNOWN']({ digest })
  answerEmpty(visit, 202)
}
