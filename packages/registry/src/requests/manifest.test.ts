import { describe, expect, test } from 'vitest'
import {
  codeOf,
  described,
  digestOf,
  imageType,
  indexType,
  registryUnderTest,
} from '../testing/registry-under-test.ts'

const at = registryUnderTest()

describe('a manifest', () => {
  test('is found by its tag and by its digest', async () => {
    const body = await at.image()
    const pushed = await at.put(body, 'v1')
    expect(pushed.status).toBe(201)
    expect(pushed.headers.get('docker-content-digest')).toBe(digestOf(body))
    for (const reference of ['v1', digestOf(body)]) {
      const found = await at.ask('GET', `/v2/shop/manifests/${reference}`)
      expect([found.status, found.headers.get('content-type')]).toEqual([200, imageType])
      expect(await found.text()).toBe(body)
    }
    const head = await at.ask('HEAD', '/v2/shop/manifests/v1')
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(body.length)])
  })

  test('whose blobs are not there is refused', async () => {
    const layers = [described(digestOf('nowhere'))]
    expect(await codeOf(await at.put(await at.image('shop', { layers }), 'v1'))).toEqual([
      400,
      'MANIFEST_BLOB_UNKNOWN',
    ])
    await at.pushBlob('nowhere', 'other')
    expect((await at.put(await at.image('shop', { layers }), 'v1')).status).toBe(400)
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
    expect(await codeOf(await at.put(body, 'v1', { type }))).toEqual([400, 'MANIFEST_INVALID'])
  })

  test('that is too large is refused', async () => {
    const body = JSON.stringify({ annotations: { x: 'x'.repeat(5_000_000) } })
    expect(await codeOf(await at.put(body, 'v1'))).toEqual([400, 'MANIFEST_INVALID'])
  })

  test('is not kept under a digest that is not its own', async () => {
    expect(await codeOf(await at.put(await at.image(), digestOf('x')))).toEqual([400, 'DIGEST_INVALID'])
  })

  test('moves with its tag; the one before stays by its digest', async () => {
    const [one, two] = [await at.image(), await at.image('shop', { annotations: { version: '2' } })]
    await at.put(one, 'latest')
    await at.put(two, 'latest')
    expect(await (await at.ask('GET', '/v2/shop/manifests/latest')).text()).toBe(two)
    expect((await at.ask('HEAD', `/v2/shop/manifests/${digestOf(one)}`)).status).toBe(200)
  })

  test('that is deleted takes its tags along; a deleted tag leaves it', async () => {
    const body = await at.image()
    for (const tag of ['a', 'b']) await at.put(body, tag)
    expect((await at.ask('DELETE', '/v2/shop/manifests/a')).status).toBe(202)
    expect((await at.ask('HEAD', `/v2/shop/manifests/${digestOf(body)}`)).status).toBe(200)
    expect((await at.ask('DELETE', `/v2/shop/manifests/${digestOf(body)}`)).status).toBe(202)
    expect((await at.ask('HEAD', '/v2/shop/manifests/b')).status).toBe(404)
  })

  test('is told of to whoever wants to know', async () => {
    const told: unknown[] = []
    at.options.pushed = async (repository, tag, { digest }) => void told.push([repository, tag, digest])
    const body = await at.image()
    await at.put(body, 'v1')
    await at.put(body, digestOf(body))
    expect(told).toEqual([
      ['shop', 'v1', digestOf(body)],
      ['shop', null, digestOf(body)],
    ])
  })

  test('that is not there may be made when it is asked for', async () => {
    const body = await at.image()
    const asked: string[] = []
    at.options.make = async (repository, reference) => {
      asked.push(`${repository}:${reference}`)
      return reference === 'v7' && (await at.put(body, 'v7')).ok
    }
    expect((await at.ask('GET', '/v2/shop/manifests/v7')).status).toBe(200)
    expect(await codeOf(await at.ask('GET', '/v2/shop/manifests/v8'))).toEqual([404, 'MANIFEST_UNKNOWN'])
    expect(asked).toEqual(['shop:v7', 'shop:v8'])
  })
})

test('an index may lead to platforms that were not pushed', async () => {
  const manifests = [described(digestOf('elsewhere'), 9, imageType)]
  const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests })
  expect((await at.put(body, 'v1', { type: indexType })).status).toBe(201)
})

test('what refers to an image is listed, by kind', async () => {
  const subject = await at.image()
  await at.put(subject, 'v1')
  const about = described(digestOf(subject), subject.length, imageType)
  const signature = await at.image('shop', { subject: about, artifactType: 'application/x-signature' })
  const list = await at.image('shop', {
    subject: about,
    artifactType: 'application/x-sbom',
    annotations: { a: 'b' },
  })
  for (const body of [signature, list]) {
    const pushed = await at.put(body, digestOf(body))
    expect(pushed.headers.get('oci-subject')).toBe(digestOf(subject))
  }
  const all = await at.ask('GET', `/v2/shop/referrers/${digestOf(subject)}`)
  expect(all.headers.get('content-type')).toBe(indexType)
  const { manifests } = (await all.json()) as { manifests: { digest: string }[] }
  expect(manifests.map(({ digest }) => digest).sort()).toEqual([digestOf(signature), digestOf(list)].sort())
  const some = await at.ask('GET', `/v2/shop/referrers/${digestOf(subject)}?artifactType=application/x-sbom`)
  expect(some.headers.get('oci-filters-applied')).toBe('artifactType')
  expect(await some.json()).toMatchObject({
    manifests: [{ digest: digestOf(list), artifactType: 'application/x-sbom', annotations: { a: 'b' } }],
  })
  await at.ask('DELETE', `/v2/shop/manifests/${digestOf(list)}`)
  const left = (await (await at.ask('GET', `/v2/shop/referrers/${digestOf(subject)}`)).json()) as {
    manifests: unknown[]
  }
  expect(left.manifests).toHaveLength(1)
  expect(await (await at.ask('GET', `/v2/shop/referrers/${digestOf('nothing')}`)).json()).toMatchObject({
    manifests: [],
  })
})

test('tags are listed page by page', async () => {
  const body = await at.image()
  for (const tag of ['c', 'a', 'b']) await at.put(body, tag)
  const first = await at.ask('GET', '/v2/shop/tags/list?n=2')
  expect(await first.json()).toEqual({ name: 'shop', tags: ['a', 'b'] })
  expect(first.headers.get('link')).toBe('</v2/shop/tags/list?n=2&last=b>; rel="next"')
  const rest = await at.ask('GET', '/v2/shop/tags/list?n=2&last=b')
  expect([await rest.json(), rest.headers.get('link')]).toEqual([{ name: 'shop', tags: ['c'] }, null])
})
