import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openFileStore } from './drivers/file-store.ts'
import { parseRepositoryName } from './parse-names.ts'
import { createRegistry, type RegistryAction, type RegistryOptions } from './registry.ts'
import type { RegistryStore } from './registry-store.ts'

let home: string
let store: RegistryStore
let server: Server
let base: string
let bugs: unknown[]
let rights: (repository: string, action: RegistryAction) => 'granted' | 'denied' | 'unknown'
/** What the store calls a repository. */
let keys: Record<string, string>
let options: Partial<RegistryOptions>

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'berth-registry-'))
  store = await openFileStore(home, { mostBlobBytes: 1_000_000, mostUploads: 5 })
  bugs = []
  rights = () => 'granted'
  keys = {}
  options = { deletes: true }
  const onBug = (error: unknown) => void bugs.push(error)
  server = createServer((request, response) => {
    const registry = createRegistry({ store, onBug, ...options })
    void registry.answer(request, response, async (repository, action) => {
      const answer = rights(repository, action)
      return answer === 'granted' ? { key: parseRepositoryName(keys[repository] ?? repository) } : answer
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(home, { recursive: true })
  expect(bugs).toEqual([])
})

const ask = (method: string, path: string, init: RequestInit = {}) =>
  fetch(path.startsWith('http') ? path : `${base}${path}`, { method, redirect: 'manual', ...init })
const codeOf = async (response: Response) =>
  [response.status, ((await response.json()) as { errors: { code: string }[] }).errors[0]?.code] as const
const digestOf = (content: string | Uint8Array) =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`

async function pushBlob(content: string | Uint8Array<ArrayBuffer>, repository = 'shop'): Promise<string> {
  const digest = digestOf(content)
  const response = await ask('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, { body: content })
  expect(response.status).toBe(201)
  return digest
}

const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const described = (digest: string, size = 1, mediaType = 'application/octet-stream') => ({
  mediaType,
  digest,
  size,
})

async function image(repository = 'shop', more: object = {}): Promise<string> {
  const config = described(await pushBlob('{}', repository), 2, 'application/vnd.oci.image.config.v1+json')
  const layers = [described(await pushBlob('layer', repository))]
  return JSON.stringify({ schemaVersion: 2, mediaType: imageType, config, layers, ...more })
}

const put = (body: string, reference: string, { repository = 'shop', type = imageType } = {}) =>
  ask('PUT', `/v2/${repository}/manifests/${reference}`, { body, headers: { 'Content-Type': type } })

test('a client finds out that it is a registry', async () => {
  const response = await ask('GET', '/v2/')
  expect(response.status).toBe(200)
  expect(response.headers.get('docker-distribution-api-version')).toBe('registry/2.0')
})

describe('a blob', () => {
  test('is pushed by one request, and read back, whole or in part', async () => {
    const digest = await pushBlob('hello, registry')
    const whole = await ask('GET', `/v2/shop/blobs/${digest}`)
    expect(whole.headers.get('docker-content-digest')).toBe(digest)
    expect(await whole.text()).toBe('hello, registry')
    const head = await ask('HEAD', `/v2/shop/blobs/${encodeURIComponent(digest)}`)
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '15'])
    const part = await ask('GET', `/v2/shop/blobs/${digest}`, { headers: { Range: 'bytes=7-' } })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 7-14/15'])
    expect(await part.text()).toBe('registry')
  })

  test.each([
    ['bytes=15-', 416],
    ['bytes=5-3', 416],
    ['bytes=-5', 200],
    ['lines=1-2', 200],
  ])('asked for by the range %j answers %i', async (Range, status) => {
    const digest = await pushBlob('hello, registry')
    expect((await ask('GET', `/v2/shop/blobs/${digest}`, { headers: { Range } })).status).toBe(status)
  })

  test('is pushed in pieces, which may be asked about and must follow each other', async () => {
    const begun = await ask('POST', '/v2/shop/blobs/uploads/')
    expect(begun.status).toBe(202)
    const location = begun.headers.get('location') ?? ''
    const first = await ask('PATCH', location, { body: 'hello, ', headers: { 'Content-Range': '0-6' } })
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-6'])
    const gap = await ask('PATCH', location, { body: 'x', headers: { 'Content-Range': '9-9' } })
    expect(await codeOf(gap)).toEqual([416, 'BLOB_UPLOAD_INVALID'])
    const standing = await ask('GET', location)
    expect([standing.status, standing.headers.get('range')]).toEqual([204, '0-6'])
    const digest = digestOf('hello, again')
    const ended = await ask('PUT', `${location}?digest=${digest}`, { body: 'again' })
    expect([ended.status, ended.headers.get('location')]).toEqual([201, `/v2/shop/blobs/${digest}`])
    expect((await ask('PUT', `${location}?digest=${digest}`)).status).toBe(404)
    expect(await (await ask('GET', `/v2/shop/blobs/${digest}`)).text()).toBe('hello, again')
  })

  test('that broke off half-way goes on from where it stands', async () => {
    const location = (await ask('POST', '/v2/shop/blobs/uploads/')).headers.get('location') ?? ''
    const socket = connect(Number(new URL(base).port), '127.0.0.1')
    socket.write(`PATCH ${location} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`)
    const deadline = Date.now() + 10_000
    const range = async () => (await ask('GET', location)).headers.get('range')
    while ((await range()) !== '0-3' && Date.now() < deadline)
      await new Promise((wake) => setTimeout(wake, 10))
    socket.destroy()
    const digest = digestOf('half and half')
    const ended = await ask('PUT', `${location}?digest=${digest}`, { body: ' and half' })
    expect(ended.status).toBe(201)
  })

  test('whose content is not what it says is not kept', async () => {
    const digest = digestOf('one')
    const wrong = await ask('POST', `/v2/shop/blobs/uploads/?digest=${digest}`, { body: 'two' })
    expect(await codeOf(wrong)).toEqual([400, 'DIGEST_INVALID'])
    expect((await ask('HEAD', `/v2/shop/blobs/${digest}`)).status).toBe(404)
    expect(await readdir(join(home, 'uploads', 'shop'))).toEqual([])
  })

  test('may not be larger than allowed', async () => {
    const large = new Uint8Array(randomBytes(1_000_001))
    const refused = await ask('POST', `/v2/shop/blobs/uploads/?digest=${digestOf(large)}`, { body: large })
    expect(await codeOf(refused)).toEqual([413, 'SIZE_INVALID'])
  })

  test('of another repository is not seen, and is mounted only by who may pull it', async () => {
    const digest = await pushBlob('shared', 'shop')
    expect((await ask('HEAD', `/v2/other/blobs/${digest}`)).status).toBe(404)
    const mount = () => ask('POST', `/v2/other/blobs/uploads/?mount=${digest}&from=shop`)
    rights = (repository, action) => (repository === 'shop' && action === 'pull' ? 'denied' : 'granted')
    expect((await mount()).status).toBe(202)
    rights = () => 'granted'
    expect((await mount()).status).toBe(201)
    expect(await (await ask('GET', `/v2/other/blobs/${digest}`)).text()).toBe('shared')
    expect((await ask('POST', `/v2/other/blobs/uploads/?mount=${digestOf('none')}&from=shop`)).status).toBe(
      202,
    )
  })

  test('that is deleted from one repository stays in the other', async () => {
    const digest = await pushBlob('x', 'shop')
    await pushBlob('x', 'other')
    expect((await ask('DELETE', `/v2/shop/blobs/${digest}`)).status).toBe(202)
    expect((await ask('DELETE', `/v2/shop/blobs/${digest}`)).status).toBe(404)
    expect((await ask('HEAD', `/v2/other/blobs/${digest}`)).status).toBe(200)
  })

  test('has no more uploads under way than allowed; one that is called off makes room', async () => {
    const begin = () => ask('POST', '/v2/shop/blobs/uploads/')
    const first = (await begin()).headers.get('location') ?? ''
    for (let number = 2; number <= 5; number += 1) expect((await begin()).status).toBe(202)
    expect(await codeOf(await begin())).toEqual([429, 'TOOMANYREQUESTS'])
    expect((await ask('DELETE', first)).status).toBe(204)
    expect((await begin()).status).toBe(202)
  })

  test.each(['../../x', '%2e%2e', 'x', '0'.repeat(31), `${'0'.repeat(32)}%00`])(
    'has no upload %j',
    async (id) => {
      expect((await ask('PATCH', `/v2/shop/blobs/uploads/${id}`, { body: 'x' })).status).toBeOneOf([404, 405])
    },
  )
})

describe('a manifest', () => {
  test('is found by its tag and by its digest', async () => {
    const body = await image()
    const pushed = await put(body, 'v1')
    expect(pushed.status).toBe(201)
    expect(pushed.headers.get('docker-content-digest')).toBe(digestOf(body))
    for (const reference of ['v1', digestOf(body)]) {
      const found = await ask('GET', `/v2/shop/manifests/${reference}`)
      expect([found.status, found.headers.get('content-type')]).toEqual([200, imageType])
      expect(await found.text()).toBe(body)
    }
    const head = await ask('HEAD', '/v2/shop/manifests/v1')
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(body.length)])
  })

  test('whose blobs are not there is refused', async () => {
    const layers = [described(digestOf('nowhere'))]
    expect(await codeOf(await put(await image('shop', { layers }), 'v1'))).toEqual([
      400,
      'MANIFEST_BLOB_UNKNOWN',
    ])
    await pushBlob('nowhere', 'other')
    expect((await put(await image('shop', { layers }), 'v1')).status).toBe(400)
  })

  test.each<[string, string, string]>([
    ['no JSON', '{', imageType],
    ['no object', '[]', imageType],
    ['another type than its request says', JSON.stringify({ mediaType: indexType }), imageType],
    ['a type that nobody knows', '{}', 'text/plain'],
    ['no configuration', JSON.stringify({ schemaVersion: 2, layers: [] }), imageType],
    [
      'a path for a digest',
      JSON.stringify({ schemaVersion: 2, layers: [], config: described('../../x') }),
      imageType,
    ],
    ['the first schema', JSON.stringify({ schemaVersion: 1, layers: [] }), imageType],
  ])('with %s is refused', async (_what, body, type) => {
    expect(await codeOf(await put(body, 'v1', { type }))).toEqual([400, 'MANIFEST_INVALID'])
  })

  test('that is too large is refused', async () => {
    const body = JSON.stringify({ annotations: { x: 'x'.repeat(5_000_000) } })
    expect(await codeOf(await put(body, 'v1'))).toEqual([400, 'MANIFEST_INVALID'])
  })

  test('is not kept under a digest that is not its own', async () => {
    expect(await codeOf(await put(await image(), digestOf('x')))).toEqual([400, 'DIGEST_INVALID'])
  })

  test('moves with its tag; the one before stays by its digest', async () => {
    const [one, two] = [await image(), await image('shop', { annotations: { version: '2' } })]
    await put(one, 'latest')
    await put(two, 'latest')
    expect(await (await ask('GET', '/v2/shop/manifests/latest')).text()).toBe(two)
    expect((await ask('HEAD', `/v2/shop/manifests/${digestOf(one)}`)).status).toBe(200)
  })

  test('that is deleted takes its tags along; a deleted tag leaves it', async () => {
    const body = await image()
    for (const tag of ['a', 'b']) await put(body, tag)
    expect((await ask('DELETE', '/v2/shop/manifests/a')).status).toBe(202)
    expect((await ask('HEAD', `/v2/shop/manifests/${digestOf(body)}`)).status).toBe(200)
    expect((await ask('DELETE', `/v2/shop/manifests/${digestOf(body)}`)).status).toBe(202)
    expect((await ask('HEAD', '/v2/shop/manifests/b')).status).toBe(404)
  })

  test('is told of to whoever wants to know', async () => {
    const told: unknown[] = []
    options.pushed = async (repository, tag, { digest }) => void told.push([repository, tag, digest])
    const body = await image()
    await put(body, 'v1')
    await put(body, digestOf(body))
    expect(told).toEqual([
      ['shop', 'v1', digestOf(body)],
      ['shop', null, digestOf(body)],
    ])
  })

  test('that is not there may be made when it is asked for', async () => {
    const body = await image()
    const asked: string[] = []
    options.make = async (repository, reference) => {
      asked.push(`${repository}:${reference}`)
      return reference === 'v7' && (await put(body, 'v7')).ok
    }
    expect((await ask('GET', '/v2/shop/manifests/v7')).status).toBe(200)
    expect(await codeOf(await ask('GET', '/v2/shop/manifests/v8'))).toEqual([404, 'MANIFEST_UNKNOWN'])
    expect(asked).toEqual(['shop:v7', 'shop:v8'])
  })
})

test('an index may lead to platforms that were not pushed', async () => {
  const manifests = [described(digestOf('elsewhere'), 9, imageType)]
  const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests })
  expect((await put(body, 'v1', { type: indexType })).status).toBe(201)
})

test('what refers to an image is listed, by kind', async () => {
  const subject = await image()
  await put(subject, 'v1')
  const about = described(digestOf(subject), subject.length, imageType)
  const signature = await image('shop', { subject: about, artifactType: 'application/x-signature' })
  const list = await image('shop', {
    subject: about,
    artifactType: 'application/x-sbom',
    annotations: { a: 'b' },
  })
  for (const body of [signature, list]) {
    const pushed = await put(body, digestOf(body))
    expect(pushed.headers.get('oci-subject')).toBe(digestOf(subject))
  }
  const all = await ask('GET', `/v2/shop/referrers/${digestOf(subject)}`)
  expect(all.headers.get('content-type')).toBe(indexType)
  const { manifests } = (await all.json()) as { manifests: { digest: string }[] }
  expect(manifests.map(({ digest }) => digest).sort()).toEqual([digestOf(signature), digestOf(list)].sort())
  const some = await ask('GET', `/v2/shop/referrers/${digestOf(subject)}?artifactType=application/x-sbom`)
  expect(some.headers.get('oci-filters-applied')).toBe('artifactType')
  expect(await some.json()).toMatchObject({
    manifests: [{ digest: digestOf(list), artifactType: 'application/x-sbom', annotations: { a: 'b' } }],
  })
  await ask('DELETE', `/v2/shop/manifests/${digestOf(list)}`)
  const left = (await (await ask('GET', `/v2/shop/referrers/${digestOf(subject)}`)).json()) as {
    manifests: unknown[]
  }
  expect(left.manifests).toHaveLength(1)
  expect(await (await ask('GET', `/v2/shop/referrers/${digestOf('nothing')}`)).json()).toMatchObject({
    manifests: [],
  })
})

test('tags are listed page by page', async () => {
  const body = await image()
  for (const tag of ['c', 'a', 'b']) await put(body, tag)
  const first = await ask('GET', '/v2/shop/tags/list?n=2')
  expect(await first.json()).toEqual({ name: 'shop', tags: ['a', 'b'] })
  expect(first.headers.get('link')).toBe('</v2/shop/tags/list?n=2&last=b>; rel="next"')
  const rest = await ask('GET', '/v2/shop/tags/list?n=2&last=b')
  expect([await rest.json(), rest.headers.get('link')]).toEqual([{ name: 'shop', tags: ['c'] }, null])
})

describe('rights', () => {
  const digest = digestOf('x')
  test.each<[string, string, RegistryAction]>([
    ['GET', `/v2/shop/blobs/${digest}`, 'pull'],
    ['HEAD', `/v2/shop/blobs/${digest}`, 'pull'],
    ['DELETE', `/v2/shop/blobs/${digest}`, 'delete'],
    ['POST', '/v2/shop/blobs/uploads/', 'push'],
    ['GET', '/v2/shop/blobs/uploads/x', 'push'],
    ['PATCH', '/v2/shop/blobs/uploads/x', 'push'],
    ['PUT', '/v2/shop/blobs/uploads/x', 'push'],
    ['DELETE', '/v2/shop/blobs/uploads/x', 'push'],
    ['GET', '/v2/shop/manifests/v1', 'pull'],
    ['PUT', '/v2/shop/manifests/v1', 'push'],
    ['DELETE', '/v2/shop/manifests/v1', 'delete'],
    ['GET', '/v2/shop/tags/list', 'pull'],
    ['GET', `/v2/shop/referrers/${digest}`, 'pull'],
  ])('%s %s asks for %s', async (method, path, action) => {
    const asked: string[] = []
    rights = (repository, wanted) => {
      asked.push(`${repository} ${wanted}`)
      return 'denied'
    }
    expect((await ask(method, path)).status).toBe(403)
    expect(asked).toEqual([`shop ${action}`])
    rights = () => 'unknown'
    expect((await ask(method, path)).status).toBe(404)
  })
})

test('nothing is deleted where that is not configured', async () => {
  options = { deletes: false }
  const digest = await pushBlob('x')
  expect(await codeOf(await ask('DELETE', `/v2/shop/blobs/${digest}`))).toEqual([405, 'UNSUPPORTED'])
  expect(await codeOf(await ask('DELETE', '/v2/shop/manifests/v1'))).toEqual([405, 'UNSUPPORTED'])
})

test.each([
  ['GET', '/v2/Shop/tags/list', 400],
  ['GET', '/v2/a%2f..%2fb/tags/list', 400],
  ['GET', '/v2/../etc/passwd', 405],
  ['GET', `/v2/shop/blobs/sha256:${'A'.repeat(64)}`, 400],
  ['GET', '/v2/shop/blobs/sha512:00', 400],
  ['GET', '/v2/shop/manifests/-x', 400],
  ['GET', `/v2/${'a'.repeat(201)}/tags/list`, 400],
  ['GET', '/v2/shop/tags/other', 405],
  ['POST', '/v2/shop/tags/list', 405],
  ['GET', '/v2/shop/blobs/uploads/', 405],
  ['GET', '/v2/%', 405],
  ['GET', `/v2/${'a/'.repeat(600)}tags/list`, 405],
])('%s %s is refused with %i', async (method, path, status) => {
  expect((await ask(method, path)).status).toBe(status)
})

describe('garbage', () => {
  const days = (number: number) => new Date(Date.now() + number * 24 * 60 * 60 * 1000)

  test('is what no repository has, once no push can be under way that needs it', async () => {
    const [kept, gone] = [await pushBlob('kept'), await pushBlob('gone')]
    await ask('DELETE', `/v2/shop/blobs/${gone}`)
    expect(await store.collectGarbage(new Date())).toBe(0)
    expect(await store.collectGarbage(days(2))).toBe(4)
    expect((await ask('HEAD', `/v2/shop/blobs/${kept}`)).status).toBe(200)
    await pushBlob('gone')
  })

  test('is an upload that nobody went on with', async () => {
    const location = (await ask('POST', '/v2/shop/blobs/uploads/')).headers.get('location') ?? ''
    await ask('PATCH', location, { body: 'half' })
    expect(await store.collectGarbage(days(0.5))).toBe(0)
    expect(await store.collectGarbage(days(2))).toBe(4)
    expect((await ask('GET', location)).status).toBe(404)
  })

  test('is not what is pushed again in the meantime', async () => {
    const digest = await pushBlob('again')
    await ask('DELETE', `/v2/shop/blobs/${digest}`)
    const hex = digest.slice(7)
    await utimes(join(home, 'blobs/sha256', hex.slice(0, 2), hex), new Date(0), new Date(0))
    await pushBlob('again', 'other')
    expect(await store.collectGarbage(new Date())).toBe(0)
    expect(await (await ask('GET', `/v2/other/blobs/${digest}`)).text()).toBe('again')
  })
})

test('a name that passes to somebody else brings nothing of the one before', async () => {
  keys = { shop: 'app1' }
  await put(await image(), 'v1')
  keys = { shop: 'app2' }
  expect((await ask('GET', '/v2/shop/manifests/v1')).status).toBe(404)
  expect(await (await ask('GET', '/v2/shop/tags/list')).json()).toEqual({ name: 'shop', tags: [] })
  const mount = await ask('POST', `/v2/shop/blobs/uploads/?mount=${digestOf('layer')}&from=shop`)
  expect(mount.status).toBe(202)
})

test('a repository that is removed has nothing, and the others keep theirs', async () => {
  const body = await image('a')
  await put(body, 'v1', { repository: 'a' })
  const digest = await pushBlob('layer', 'b')
  expect((await store.repositories()).sort()).toEqual(['a', 'b'])
  await store.removeRepository(parseRepositoryName('a'))
  expect((await ask('GET', '/v2/a/manifests/v1')).status).toBe(404)
  expect(await store.collectGarbage(new Date(Date.now() + 2 * 24 * 60 * 60 * 1000))).toBe(2)
  expect((await ask('HEAD', `/v2/b/blobs/${digest}`)).status).toBe(200)
})

test('what was pushed is there for the next process', async () => {
  const body = await image()
  await put(body, 'v1')
  store = await openFileStore(home)
  expect(await (await ask('GET', '/v2/shop/manifests/v1')).text()).toBe(body)
})
