import type { IncomingMessage, ServerResponse } from 'node:http'
import { isBerthError } from '@berth/domain'
import { registryError } from './errors.ts'
import { parseRepositoryName } from './parse-names.ts'
import { parseRoute, type Route } from './parse-route.ts'
import type { Digest, RegistryStore, RepositoryName, StoredManifest, Tag } from './registry-store.ts'
import { answerBlob } from './requests/blob.ts'
import { answerManifest } from './requests/manifest.ts'
import { answerReferrers } from './requests/referrers.ts'
import { answerTags } from './requests/tags.ts'
import { answerUpload, answerUploads } from './requests/uploads.ts'
import { answerError } from './wire-errors.ts'

/**
 * The OCI distribution protocol, 1.1, for one request whose sender is known. Who may do what is asked for every repository
 * that a request names, the source of a mount included; a repository that somebody may not see does not exist for them.
 */
export type Registry = {
  /** Answers in any case; resolves when the answer is written. */
  answer(request: IncomingMessage, response: ServerResponse, access: Access): Promise<void>
}

export type RegistryAction = 'pull' | 'push' | 'delete'

/**
 * `tag`: the one that is to be set or removed; null where the request concerns none. `key` is the name under which the store
 * keeps the repository: one that stays its own when a name passes to somebody else. `reserved`: all but this tag.
 */
export type Access = (
  repository: RepositoryName,
  action: RegistryAction,
  tag: Tag | null,
) => Promise<{ key: RepositoryName } | 'denied' | 'unknown' | 'reserved'>

export type RegistryOptions = {
  store: RegistryStore
  /** Default: nothing can be deleted. */
  deletes?: boolean
  /** An image was pushed. */
  pushed?(key: RepositoryName, tag: Tag | null, manifest: StoredManifest): Promise<void>
  /** Somebody asks for an image that is not here: it may be made now. True: look again. */
  make?(key: RepositoryName, reference: Tag | Digest): Promise<boolean>
  onBug(error: unknown): void
}

/** One request, with what answering it takes. */
export type Visit = {
  request: IncomingMessage
  response: ServerResponse
  query: URLSearchParams
  options: RegistryOptions
  store: RegistryStore
  access: Access
}

export function createRegistry(options: RegistryOptions): Registry {
  return {
    async answer(request, response, access) {
      try {
        const parsed = parseRoute(request.url ?? '')
        if (parsed === null) throw registryError['REGISTRY.UNSUPPORTED']({ what: 'This address' })
        response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0')
        const visit = { request, response, query: parsed.query, options, store: options.store, access }
        await dispatch(visit, parsed.route)
      } catch (error) {
        if (!response.destroyed) answerError(response, error)
        if (!isExpected(error, request)) options.onBug(error)
      }
    },
  }
}

async function dispatch(visit: Visit, route: Route): Promise<void> {
  if (route.kind === 'base') return answerJson(visit, 200, {})
  const repository = parseRepositoryName(route.name)
  switch (route.kind) {
    case 'blob':
      return answerBlob(visit, repository, route.digest)
    case 'uploads':
      return answerUploads(visit, repository)
    case 'upload':
      return answerUpload(visit, repository, route.id)
    case 'manifest':
      return answerManifest(visit, repository, route.reference)
    case 'tags':
      return answerTags(visit, repository)
    case 'referrers':
      return answerReferrers(visit, repository, route.digest)
  }
}

export type Demand = { action: RegistryAction; tag?: Tag | null }

/** The key under which the store keeps it. @throws REGISTRY.NAME_UNKNOWN, REGISTRY.DENIED, REGISTRY.TAG_RESERVED */
export async function demand(
  { access }: Visit,
  repository: RepositoryName,
  { action, tag = null }: Demand,
): Promise<RepositoryName> {
  const answer = await access(repository, action, tag)
  if (answer === 'unknown') throw registryError['REGISTRY.NAME_UNKNOWN']({ repository })
  if (answer === 'denied') throw registryError['REGISTRY.DENIED']({ repository, action })
  if (answer === 'reserved') throw registryError['REGISTRY.TAG_RESERVED']({ repository, tag: tag ?? '' })
  return answer.key
}

/** @throws REGISTRY.UNSUPPORTED */
export function refuseMethod({ request }: Visit): never {
  throw registryError['REGISTRY.UNSUPPORTED']({ what: `${request.method} here` })
}

export function answerJson(
  { response }: Visit,
  status: number,
  body: object,
  type = 'application/json',
): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) })
  response.end(response.req.method === 'HEAD' ? undefined : text)
}

export function answerEmpty(
  { response }: Visit,
  status: number,
  headers: Record<string, string | number> = {},
): void {
  response.writeHead(status, { 'Content-Length': 0, ...headers })
  response.end()
}

/** A client that goes away in the middle is no bug of ours. */
function isExpected(error: unknown, request: IncomingMessage): boolean {
  return isBerthError(error) || request.destroyed
}
