import { registryError } from '../errors.ts'
import { parseDigest, parseRepositoryName } from '../parse-names.ts'
import { answerEmpty, demand, refuseMethod, type Visit } from '../registry.ts'
import type { Digest, RepositoryName } from '../registry-store.ts'

/** `POST /v2/<name>/blobs/uploads/`: begin an upload, or have it all done by this one request. */
export async function answerUploads(visit: Visit, repository: RepositoryName): Promise<void> {
  if (visit.request.method !== 'POST') return refuseMethod(visit)
  const key = await demand(visit, repository, { action: 'push' })
  const { query, store, request } = visit
  const [mount, digest] = [query.get('mount'), query.get('digest')]
  if (mount !== null && (await mounted(visit, key, parseDigest(mount)))) {
    return answerMade(visit, repository, parseDigest(mount))
  }
  const wanted = digest === null ? null : parseDigest(digest)
  const id = await store.startUpload(key)
  if (wanted === null) return answerStanding(visit, { repository, id, bytes: 0, status: 202 })
  await store.append(key, id, { offset: 0, content: request })
  await store.finishUpload(key, id, wanted)
  answerMade(visit, repository, wanted)
}

/** `from` is looked at with the same eyes as any pull: a mount must not be a way around rights. */
async function mounted(visit: Visit, to: RepositoryName, digest: Digest): Promise<boolean> {
  const given = visit.query.get('from')
  if (given === null) return false
  const from = parseRepositoryName(given)
  const access = await visit.access(from, 'pull', null)
  return typeof access === 'object' && visit.store.mountBlob({ digest, from: access.key, to })
}

/** `/v2/<name>/blobs/uploads/<id>` */
export async function answerUpload(visit: Visit, repository: RepositoryName, id: string): Promise<void> {
  const { method } = visit.request
  if (method === undefined || !['GET', 'PATCH', 'PUT', 'DELETE'].includes(method)) return refuseMethod(visit)
  const upload = { repository, id, key: await demand(visit, repository, { action: 'push' }) }
  if (method === 'GET')
    return answerStanding(visit, { ...upload, bytes: await standing(visit, upload), status: 204 })
  if (method === 'PATCH')
    return answerStanding(visit, { ...upload, bytes: await append(visit, upload), status: 202 })
  if (method === 'PUT') return finish(visit, upload)
  if (!(await visit.store.cancelUpload(upload.key, id))) throw registryError['REGISTRY.UPLOAD_UNKNOWN']()
  answerEmpty(visit, 204)
}

type Upload = { repository: RepositoryName; key: RepositoryName; id: string }

async function standing({ store }: Visit, { key, id }: Upload): Promise<number> {
  const bytes = await store.uploadBytes(key, id)
  if (bytes === undefined) throw registryError['REGISTRY.UPLOAD_UNKNOWN']()
  return bytes
}

/** With `Content-Range: first-last` at that place, else behind what is there. */
async function append(visit: Visit, { key, id }: Upload): Promise<number> {
  const first = /^(?:bytes )?(\d{1,15})-\d{1,15}/.exec(visit.request.headers['content-range'] ?? '')?.[1]
  const offset = first === undefined ? null : Number(first)
  return visit.store.append(key, id, { offset, content: visit.request })
}

async function finish(visit: Visit, upload: Upload): Promise<void> {
  const digest = parseDigest(visit.query.get('digest') ?? '')
  await append(visit, upload)
  await visit.store.finishUpload(upload.key, upload.id, digest)
  answerMade(visit, upload.repository, digest)
}

function answerStanding(
  visit: Visit,
  { repository, id, bytes, status }: Omit<Upload, 'key'> & { bytes: number; status: number },
): void {
  answerEmpty(visit, status, {
    Location: `/v2/${repository}/blobs/uploads/${id}`,
    Range: `0-${Math.max(0, bytes - 1)}`,
    'Docker-Upload-UUID': id,
  })
}

function answerMade(visit: Visit, repository: RepositoryName, digest: Digest): void {
  answerEmpty(visit, 201, { Location: `/v2/${repository}/blobs/${digest}`, 'Docker-Content-Digest': digest })
}
