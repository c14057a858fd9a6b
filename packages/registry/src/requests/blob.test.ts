import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { codeOf, digestOf, registryUnderTest } from '../testing/registry-under-test.ts'

const at = registryUnderTest()

describe('a blob', () => {
  test('is pushed by one request, and read back, whole or in part', async () => {
    const digest = await at.pushBlob('hello, registry')
    const whole = await at.ask('GET', `/v2/shop/blobs/${digest}`)
    expect(whole.headers.get('docker-content-digest')).toBe(digest)
    expect(await whole.text()).toBe('hello, registry')
    const head = await at.ask('HEAD', `/v2/shop/blobs/${encodeURIComponent(digest)}`)
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '15'])
    const part = await at.ask('GET', `/v2/shop/blobs/${digest}`, { headers: { Range: 'bytes=7-' } })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 7-14/15'])
    expect(await part.text()).toBe('registry')
  })

  test.each([
    ['bytes=15-', 416],
    ['bytes=5-3', 416],
    ['bytes=-5', 200],
    ['lines=1-2', 200],
  ])('asked for by the range %j answers %i', async (Range, status) => {
    const digest = await at.pushBlob('hello, registry')
    expect((await at.ask('GET', `/v2/shop/blobs/${digest}`, { headers: { Range } })).status).toBe(status)
  })

  test('is pushed in pieces, which may be asked about and must follow each other', async () => {
    const begun = await at.ask('POST', '/v2/shop/blobs/uploads/')
    expect(begun.status).toBe(202)
    const location = begun.headers.get('location') ?? ''
    const first = await at.ask('PATCH', location, { body: 'hello, ', headers: { 'Content-Range': '0-6' } })
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-6'])
    const gap = await at.ask('PATCH', location, { body: 'x', headers: { 'Content-Range': '9-9' } })
    expect(await codeOf(gap)).toEqual([416, 'BLOB_UPLOAD_INVALID'])
    const standing = await at.ask('GET', location)
    expect([standing.status, standing.headers.get('range')]).toEqual([204, '0-6'])
    const digest = digestOf('hello, again')
    const ended = await at.ask('PUT', `${location}?digest=${digest}`, { body: 'again' })
    expect([ended.status, ended.headers.get('location')]).toEqual([201, `/v2/shop/blobs/${digest}`])
    expect((await at.ask('PUT', `${location}?digest=${digest}`)).status).toBe(404)
    expect(await (await at.ask('GET', `/v2/shop/blobs/${digest}`)).text()).toBe('hello, again')
  })

  test('that broke off half-way goes on from where it stands', async () => {
    const location = (await at.ask('POST', '/v2/shop/blobs/uploads/')).headers.get('location') ?? ''
    const socket = connect(Number(new URL(at.base).port), '127.0.0.1')
    socket.write(`PATCH ${location} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`)
    const deadline = Date.now() + 10_000
    const range = async () => (await at.ask('GET', location)).headers.get('range')
    while ((await range()) !== '0-3' && Date.now() < deadline)
      await new Promise((wake) => setTimeout(wake, 10))
    socket.destroy()
    const digest = digestOf('half and half')
    const ended = await at.ask('PUT', `${location}?digest=${digest}`, { body: ' and half' })
    expect(ended.status).toBe(201)
  })

  test('whose content is not what it says is not kept', async () => {
    const digest = digestOf('one')
    const wrong = await at.ask('POST', `/v2/shop/blobs/uploads/?digest=${digest}`, { body: 'two' })
    expect(await codeOf(wrong)).toEqual([400, 'DIGEST_INVALID'])
    expect((await at.ask('HEAD', `/v2/shop/blobs/${digest}`)).status).toBe(404)
    expect(await readdir(join(at.home, 'uploads', 'shop'))).toEqual([])
  })

  test('may not be larger than allowed', async () => {
    const large = new Uint8Array(randomBytes(1_000_001))
    const refused = await at.ask('POST', `/v2/shop/blobs/uploads/?digest=${digestOf(large)}`, { body: large })
    expect(await codeOf(refused)).toEqual([413, 'SIZE_INVALID'])
  })

  test('of another repository is not seen, and is mounted only by who may pull it', async () => {
    const digest = await at.pushBlob('shared', 'shop')
    expect((await at.ask('HEAD', `/v2/other/blobs/${digest}`)).status).toBe(404)
    const mount = () => at.ask('POST', `/v2/other/blobs/uploads/?mount=${digest}&from=shop`)
    at.rights = (repository, action) => (repository === 'shop' && action === 'pull' ? 'denied' : 'granted')
    expect((await mount()).status).toBe(202)
    at.rights = () => 'granted'
    expect((await mount()).status).toBe(201)
    expect(await (await at.ask('GET', `/v2/other/blobs/${digest}`)).text()).toBe('shared')
    expect(
      (await at.ask('POST', `/v2/other/blobs/uploads/?mount=${digestOf('none')}&from=shop`)).status,
    ).toBe(202)
  })

  test('that is deleted from one repository stays in the other', async () => {
    const digest = await at.pushBlob('x', 'shop')
    await at.pushBlob('x', 'other')
    expect((await at.ask('DELETE', `/v2/shop/blobs/${digest}`)).status).toBe(202)
    expect((await at.ask('DELETE', `/v2/shop/blobs/${digest}`)).status).toBe(404)
    expect((await at.ask('HEAD', `/v2/other/blobs/${digest}`)).status).toBe(200)
  })

  test('has no more uploads under way than allowed; one that is called off makes room', async () => {
    const begin = () => at.ask('POST', '/v2/shop/blobs/uploads/')
    const first = (await begin()).headers.get('location') ?? ''
    for (let number = 2; number <= 5; number += 1) expect((await begin()).status).toBe(202)
    expect(await codeOf(await begin())).toEqual([429, 'TOOMANYREQUESTS'])
    expect((await at.ask('DELETE', first)).status).toBe(204)
    expect((await begin()).status).toBe(202)
  })

  test.each(['../../x', '%2e%2e', 'x', '0'.repeat(31), `${'0'.repeat(32)}%00`])(
    'has no upload %j',
    async (id) => {
      expect((await at.ask('PATCH', `/v2/shop/blobs/uploads/${id}`, { body: 'x' })).status).toBeOneOf([
        404, 405,
      ])
    },
  )
})
