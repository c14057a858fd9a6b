import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { openFileStore } from '../drivers/file-store.ts'
import { parseRepositoryName } from '../parse-names.ts'
import { createRegistry, type RegistryAction, type RegistryOptions } from '../registry.ts'
import type { RegistryStore } from '../registry-store.ts'

/** A registry over a directory, behind a real HTTP server: a new one for each test of a file. */
export type UnderTest = {
  home: string
  base: string
  store: RegistryStore
  /** Everything is granted, unless a test says otherwise. */
  rights: (
    repository: string,
    action: RegistryAction,
    tag: string | null,
  ) => 'granted' | 'denied' | 'unknown' | 'reserved'
  /** What the store calls a repository, where that is not its name. */
  keys: Record<string, string>
  options: Partial<RegistryOptions>
  ask(method: string, path: string, init?: RequestInit): Promise<Response>
  /** Returns the digest. */
  pushBlob(content: string | Uint8Array<ArrayBuffer>, repository?: string): Promise<string>
  /** A manifest whose blobs are there. */
  image(repository?: string, more?: object): Promise<string>
  put(body: string, reference: string, as?: { repository?: string; type?: string }): Promise<Response>
}

export const imageType = 'application/vnd.oci.image.manifest.v1+json'
export const indexType = 'application/vnd.oci.image.index.v1+json'
const configType = 'application/vnd.oci.image.config.v1+json'

export function registryUnderTest(): UnderTest {
  let server: Server
  let bugs: unknown[]
  const at = {} as UnderTest

  beforeEach(async () => {
    bugs = []
    at.home = await mkdtemp(join(tmpdir(), 'berth-registry-'))
    at.store = await openFileStore(at.home, { mostBlobBytes: 1_000_000, mostUploads: 5 })
    Object.assign(at, { rights: () => 'granted', keys: {}, options: { deletes: true } })
    server = createServer((request, response) => {
      const onBug = (error: unknown) => void bugs.push(error)
      const registry = createRegistry({ store: at.store, onBug, ...at.options })
      void registry.answer(request, response, async (repository, action, tag) => {
        const answer = at.rights(repository, action, tag)
        const key = at.keys[repository] ?? repository
        return answer === 'granted' ? { key: parseRepositoryName(key) } : answer
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    at.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(at.home, { recursive: true })
    expect(bugs).toEqual([])
  })

  at.ask = (method, path, init = {}) =>
    fetch(path.startsWith('http') ? path : `${at.base}${path}`, { method, redirect: 'manual', ...init })
  at.pushBlob = async (body, repository = 'shop') => {
    const digest = digestOf(body)
    const response = await at.ask('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, { body })
    expect(response.status).toBe(201)
    return digest
  }
  at.image = async (repository = 'shop', more = {}) => {
    const config = described(await at.pushBlob('{}', repository), 2, configType)
    const layers = [described(await at.pushBlob('layer', repository))]
    return JSON.stringify({ schemaVersion: 2, mediaType: imageType, config, layers, ...more })
  }
  at.put = (body, reference, { repository = 'shop', type = imageType } = {}) =>
    at.ask('PUT', `/v2/${repository}/manifests/${reference}`, { body, headers: { 'Content-Type': type } })
  return at
}

/** Status, and the code that clients know. */
export async function codeOf(response: Response): Promise<readonly [number, string | undefined]> {
  const { errors } = (await response.json()) as { errors: { code: string }[] }
  return [response.status, errors[0]?.code]
}

export function digestOf(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

export function described(digest: string, size = 1, mediaType = 'application/octet-stream') {
  return { mediaType, digest, size }
}
