import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { openFileStore } from './drivers/file-store.ts'
import { parseDigest, parseManifestReference, parseRepositoryName } from './parse-names.ts'
import type { RegistryAction } from './registry.ts'
import type { Tag } from './registry-store.ts'
import { codeOf, digestOf, imageType, registryUnderTest } from './testing/registry-under-test.ts'

const at = registryUnderTest()

test('a client finds out that it is a registry', async () => {
  const response = await at.ask('GET', '/v2/')
  expect(response.status).toBe(200)
  expect(response.headers.get('docker-distribution-api-version')).toBe('registry/2.0')
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
    at.rights = (repository, wanted) => {
      asked.push(`${repository} ${wanted}`)
      return 'denied'
    }
    expect((await at.ask(method, path)).status).toBe(403)
    expect(asked).toEqual([`shop ${action}`])
    at.rights = () => 'unknown'
    expect((await at.ask(method, path)).status).toBe(404)
  })
})

describe('a tag that is reserved', () => {
  const asked: string[] = []
  beforeEach(() => {
    asked.length = 0
    at.rights = (_repository, action, tag) => {
      asked.push(`${action} ${tag}`)
      return tag === 'v7' && action !== 'pull' ? 'reserved' : 'granted'
    }
  })

  test('is not set, and the message says where to push instead', async () => {
    const refused = await at.put(await at.image(), 'v7')
    expect(refused.status).toBe(403)
    const { errors } = (await refused.json()) as { errors: { code: string; message: string }[] }
    expect(errors[0]).toMatchObject({ code: 'DENIED', message: expect.stringContaining('APP/NAME:v7') })
    expect((await at.ask('GET', '/v2/shop/manifests/v7')).status).toBe(404)
  })

  test('is not set by what was pushed under its digest before', async () => {
    const body = await at.image()
    expect((await at.put(body, digestOf(body))).status).toBe(201)
    expect(await codeOf(await at.put(body, '%76%37'))).toEqual([403, 'DENIED'])
    expect(asked).toContain('push null')
  })

  test('is not removed, neither by its name nor with its manifest', async () => {
    const body = await at.image()
    const manifest = { mediaType: imageType, subject: null, content: Buffer.from(body) }
    const [shop, digest] = [parseRepositoryName('shop'), parseDigest(digestOf(body))]
    for (const tag of ['v7', 'latest']) {
      await at.store.putManifest(shop, parseManifestReference(tag) as Tag, { digest, ...manifest })
    }
    for (const reference of ['v7', digest]) {
      expect(await codeOf(await at.ask('DELETE', `/v2/shop/manifests/${reference}`))).toEqual([403, 'DENIED'])
    }
    expect((await at.ask('DELETE', '/v2/shop/manifests/latest')).status).toBe(202)
    expect((await at.ask('GET', '/v2/shop/manifests/v7')).status).toBe(200)
  })
})

test('nothing is deleted where that is not configured', async () => {
  at.options = { deletes: false }
  const digest = await at.pushBlob('x')
  expect(await codeOf(await at.ask('DELETE', `/v2/shop/blobs/${digest}`))).toEqual([405, 'UNSUPPORTED'])
  expect(await codeOf(await at.ask('DELETE', '/v2/shop/manifests/v1'))).toEqual([405, 'UNSUPPORTED'])
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
  expect((await at.ask(method, path)).status).toBe(status)
})

describe('garbage', () => {
  const days = (number: number) => new Date(Date.now() + number * 24 * 60 * 60 * 1000)

  test('is what no repository has, once no push can be under way that needs it', async () => {
    const [kept, gone] = [await at.pushBlob('kept'), await at.pushBlob('gone')]
    await at.ask('DELETE', `/v2/shop/blobs/${gone}`)
    expect(await at.store.collectGarbage(new Date())).toBe(0)
    expect(await at.store.collectGarbage(days(2))).toBe(4)
    expect((await at.ask('HEAD', `/v2/shop/blobs/${kept}`)).status).toBe(200)
    await at.pushBlob('gone')
  })

  test('is an upload that nobody went on with', async () => {
    const location = (await at.ask('POST', '/v2/shop/blobs/uploads/')).headers.get('location') ?? ''
    await at.ask('PATCH', location, { body: 'half' })
    expect(await at.store.collectGarbage(days(0.5))).toBe(0)
    expect(await at.store.collectGarbage(days(2))).toBe(4)
    expect((await at.ask('GET', location)).status).toBe(404)
  })

  test('is no upload that is being ended after a long wait, nor what it becomes', async () => {
    const location = (await at.ask('POST', '/v2/shop/blobs/uploads/')).headers.get('location') ?? ''
    await at.ask('PATCH', location, { body: 'begun' })
    const id = location.split('/').at(-1) ?? ''
    const shop = parseRepositoryName('shop')
    const [waiting, rest] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    async function* slowly() {
      waiting.resolve()
      await rest.promise
      yield Buffer.from(' ended')
    }
    const appended = at.store.append(shop, id, { offset: 5, content: slowly() })
    const ended = at.store.finishUpload(shop, id, parseDigest(digestOf('begun ended')))
    await waiting.promise
    expect(await at.store.collectGarbage(days(2))).toBe(0)
    rest.resolve()
    await Promise.all([appended, ended])
    expect(await (await at.ask('GET', `/v2/shop/blobs/${digestOf('begun ended')}`)).text()).toBe(
      'begun ended',
    )
  })

  test('is what a process was writing when it was killed', async () => {
    await at.put(await at.image(), 'v1')
    const half = ['manifests', 'tags'].map((name) => join(at.home, 'repositories/shop', name, '.7-1'))
    for (const path of half) await writeFile(path, 'half')
    expect(await at.store.collectGarbage(new Date())).toBe(0)
    expect(await at.store.collectGarbage(days(2))).toBe(8)
    expect((await at.ask('GET', '/v2/shop/manifests/v1')).status).toBe(200)
  })

  test('is not what is pushed again in the meantime', async () => {
    const digest = await at.pushBlob('again')
    await at.ask('DELETE', `/v2/shop/blobs/${digest}`)
    const hex = digest.slice(7)
    await utimes(join(at.home, 'blobs/sha256', hex.slice(0, 2), hex), new Date(0), new Date(0))
    await at.pushBlob('again', 'other')
    expect(await at.store.collectGarbage(new Date())).toBe(0)
    expect(await (await at.ask('GET', `/v2/other/blobs/${digest}`)).text()).toBe('again')
  })
})

test('a name that passes to somebody else brings nothing of the one before', async () => {
  at.keys = { shop: 'app1' }
  await at.put(await at.image(), 'v1')
  at.keys = { shop: 'app2' }
  expect((await at.ask('GET', '/v2/shop/manifests/v1')).status).toBe(404)
  expect(await (await at.ask('GET', '/v2/shop/tags/list')).json()).toEqual({ name: 'shop', tags: [] })
  const mount = await at.ask('POST', `/v2/shop/blobs/uploads/?mount=${digestOf('layer')}&from=shop`)
  expect(mount.status).toBe(202)
})

test('a repository that is removed has nothing, and the others keep theirs', async () => {
  const body = await at.image('a')
  await at.put(body, 'v1', { repository: 'a' })
  const digest = await at.pushBlob('layer', 'b')
  await at.ask('POST', '/v2/c/blobs/uploads/')
  expect((await at.store.repositories()).sort()).toEqual(['a', 'b', 'c'])
  await at.store.removeRepository(parseRepositoryName('a'))
  expect((await at.ask('GET', '/v2/a/manifests/v1')).status).toBe(404)
  expect(await at.store.collectGarbage(new Date(Date.now() + 2 * 24 * 60 * 60 * 1000))).toBe(2)
  expect((await at.ask('HEAD', `/v2/b/blobs/${digest}`)).status).toBe(200)
})

test('what was pushed is there for the next process', async () => {
  const body = await at.image()
  await at.put(body, 'v1')
  at.store = await openFileStore(at.home)
  expect(await (await at.ask('GET', '/v2/shop/manifests/v1')).text()).toBe(body)
})
