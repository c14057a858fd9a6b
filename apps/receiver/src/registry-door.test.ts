import { createHash } from 'node:crypto'
import { fromErrorRecord, parseAppName } from '@berth/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type House, openHouse } from './tests/open-house.ts'
import type { Pusher } from './tests/pusher.ts'

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(async () => {
  await house.close()
  expect(house.log).toEqual([])
})

const digestOf = (content: string) => `sha256:${createHash('sha256').update(content).digest('hex')}`

function ask(as: Pusher | null, method: string, path: string, body?: string): Promise<Response> {
  const headers: HeadersInit = as === null ? {} : { authorization: `Basic ${btoa(`x:${as.token}`)}` }
  return fetch(`http://127.0.0.1:${house.receiver.httpPort}${path}`, {
    ...{ method, headers },
    // A text would be sent with a type of its own.
    ...(body === undefined ? {} : { body: new Blob([body]) }),
  })
}

async function shopOf(team: string) {
  const found = (await house.stores.people.teams()).find(({ name }) => name === team)
  return house.stores.apps.create({ name: parseAppName('shop'), teamId: found?.id ?? '' })
}

const push = (as: Pusher, repository: string, content: string) =>
  ask(as, 'POST', `/v2/${repository}/blobs/uploads/?digest=${digestOf(content)}`, content)
const pull = (as: Pusher, repository: string, content: string) =>
  ask(as, 'GET', `/v2/${repository}/blobs/${digestOf(content)}`)

test('without a token nothing is said but how to come in', async () => {
  for (const path of ['/v2/', '/v2', '/v2/shop/tags/list']) {
    const answer = await ask(null, 'GET', path)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Basic'),
    ])
  }
})

test('a developer pushes and pulls, also below the app; a viewer pulls alone', async () => {
  const [ada, vera] = [await house.pusher('ada'), await house.pusher('vera', { role: 'viewer' })]
  await shopOf('Acme')
  for (const repository of ['shop', 'shop/cache']) {
    expect((await push(ada, repository, 'layer')).status).toBe(201)
    expect(await (await pull(vera, repository, 'layer')).text()).toBe('layer')
    expect((await push(vera, repository, 'other')).status).toBe(403)
    expect((await ask(ada, 'DELETE', `/v2/${repository}/blobs/${digestOf('layer')}`)).status).toBe(403)
  }
})

test('an admin deletes', async () => {
  const max = await house.pusher('max', { role: 'admin' })
  await shopOf('Acme')
  await push(max, 'shop', 'layer')
  expect((await ask(max, 'DELETE', `/v2/shop/blobs/${digestOf('layer')}`)).status).toBe(202)
})

test('an app of another team is not there, whatever is asked', async () => {
  const ada = await house.pusher('ada')
  const eve = await house.pusher('eve', { team: 'Other', role: 'owner' })
  await shopOf('Acme')
  await push(ada, 'shop', 'layer')
  for (const name of ['shop', 'nothing', 'git', '0']) {
    const answers = [await pull(eve, name, 'layer'), await push(eve, name, 'layer')]
    expect(answers.map(({ status }) => status)).toEqual([404, 404])
  }
})

test('what was pushed is not another team’s when it takes the name over', async () => {
  const ada = await house.pusher('ada')
  const eve = await house.pusher('eve', { team: 'Other', role: 'owner' })
  const { id } = await shopOf('Acme')
  await push(ada, 'shop', 'layer')
  await house.stores.apps.remove(id)
  await shopOf('Other')
  expect((await pull(eve, 'shop', 'layer')).status).toBe(404)
})

test('a release is brought by the worker when somebody wants its image, once, and only into its own repository', async () => {
  const ada = await house.pusher('ada')
  const { id } = await shopOf('Acme')
  const asked: unknown[] = []
  const answers: number[] = []
  house.live.whenPublishing = async (appId, version, token) => {
    asked.push([appId, version])
    const as = { ...ada, token }
    const image = imageOf('{}', 'layer')
    for (const blob of ['{}', 'layer']) answers.push((await push(as, appId, blob)).status)
    for (const path of [
      `/v2/${appId}/manifests/v7`,
      `/v2/${appId}/manifests/v8`,
      '/v2/shop/manifests/v7',
      '/v2/other/manifests/v7',
    ]) {
      answers.push((await ask(as, 'PUT', path, image)).status)
    }
    answers.push((await ask(as, 'GET', '/git/shop.git/info/refs?service=git-upload-pack')).status)
  }
  const wanted = await Promise.all([1, 2].map(() => ask(ada, 'GET', '/v2/shop/manifests/v7')))
  expect(asked).toEqual([[id, 7]])
  expect(answers).toEqual([201, 201, 201, 403, 404, 404, 401])
  expect(wanted.map(({ status }) => status)).toEqual([200, 200])
  expect((await ask(ada, 'GET', '/v2/shop/manifests/v7')).status).toBe(200)
  expect(asked).toHaveLength(1)
})

test('no release is brought for who may not see the app, nor for other tags', async () => {
  const [ada, eve] = [await house.pusher('ada'), await house.pusher('eve', { team: 'Other', role: 'owner' })]
  await shopOf('Acme')
  house.live.whenPublishing = () => Promise.reject(new Error('asked'))
  expect((await ask(eve, 'GET', '/v2/shop/manifests/v7')).status).toBe(404)
  for (const tag of ['latest', 'v0', 'v07', 'v1x']) {
    expect((await ask(ada, 'GET', `/v2/shop/manifests/${tag}`)).status).toBe(404)
  }
})

describe('the tag of a release', () => {
  const image = imageOf('{}', 'layer')
  const put = (as: Pusher, path: string) => ask(as, 'PUT', `/v2/${path}`, image)

  test.each(['v7', 'v07', 'V7', 'v0', '%767'])('%s is set by no person, whatever their role', async (tag) => {
    const max = await house.pusher('max', { role: 'owner' })
    await shopOf('Acme')
    for (const blob of ['{}', 'layer']) await push(max, 'shop', blob)
    const refused = await put(max, `shop/manifests/${tag}`)
    expect([refused.status, await refused.json()]).toEqual([
      403,
      { errors: [{ code: 'DENIED', message: expect.stringContaining('is kept for a release') }] },
    ])
    expect((await put(max, `shop/manifests/${digestOf(image)}`)).status).toBe(201)
    expect((await put(max, `shop/manifests/${tag}`)).status).toBe(403)
    expect((await ask(max, 'GET', '/v2/shop/tags/list').then((answer) => answer.json())).tags).toEqual([])
  })

  test.each(['shop/manifests/v7a', 'shop/manifests/v7.1', 'shop/manifests/7', 'shop/base/manifests/v7'])(
    'is not %s',
    async (path) => {
      const ada = await house.pusher('ada')
      await shopOf('Acme')
      const repository = path.split('/manifests')[0] ?? ''
      for (const blob of ['{}', 'layer']) await push(ada, repository, blob)
      expect((await put(ada, path)).status).toBe(201)
    },
  )

  test('is not set with what was mounted from another repository, and stays when a person deletes', async () => {
    const max = await house.pusher('max', { role: 'admin' })
    await shopOf('Acme')
    for (const blob of ['{}', 'layer']) {
      await push(max, 'shop/base', blob)
      const mount = `/v2/shop/blobs/uploads/?mount=${digestOf(blob)}&from=shop/base`
      expect((await ask(max, 'POST', mount)).status).toBe(201)
    }
    expect((await put(max, 'shop/manifests/v7')).status).toBe(403)
    house.live.whenPublishing = async (appId, _version, token) => {
      const as = { ...max, token }
      for (const blob of ['{}', 'layer']) await push(as, appId, blob)
      await put(as, `${appId}/manifests/v7`)
      expect((await ask(as, 'DELETE', `/v2/${appId}/manifests/v7`)).status).toBe(403)
    }
    expect((await ask(max, 'GET', '/v2/shop/manifests/v7')).status).toBe(200)
    for (const reference of ['v7', digestOf(image)]) {
      expect((await ask(max, 'DELETE', `/v2/shop/manifests/${reference}`)).status).toBe(403)
    }
    expect((await ask(max, 'GET', '/v2/shop/manifests/v7')).status).toBe(200)
  })
})

test('a release whose image is gone is not there; what else hinders the worker is told as that', async () => {
  const ada = await house.pusher('ada')
  await shopOf('Acme')
  // As it comes from the worker's engine: its own table has codes of these names.
  const failWith = (code: string) => {
    const record = { code, message: 'Not here.', hint: 'Look.', fault: 'user', retryable: false } as const
    house.live.whenPublishing = () => Promise.reject(fromErrorRecord(record))
  }
  failWith('IMAGE.NOT_FOUND')
  expect((await ask(ada, 'GET', '/v2/shop/manifests/v7')).status).toBe(404)
  failWith('REGISTRY.DENIED')
  const answer = await ask(ada, 'GET', '/v2/shop/manifests/v7')
  expect([answer.status, await answer.text()]).toEqual([
    503,
    expect.stringContaining('release v7 cannot be brought now: Not here.'),
  ])
})

test('a release that a worker died over is brought by the next one', async () => {
  const ada = await house.pusher('ada')
  await shopOf('Acme')
  house.live.whenPublishing = async (appId, _version, token) => {
    await push({ ...ada, token }, appId, '{}')
    throw fromErrorRecord({ ...unavailable, code: 'LIVE.UNAVAILABLE' })
  }
  expect((await ask(ada, 'GET', '/v2/shop/manifests/v7')).status).toBe(503)
  house.live.whenPublishing = async (appId, _version, token) => {
    const as = { ...ada, token }
    await push(as, appId, 'layer')
    expect((await ask(as, 'PUT', `/v2/${appId}/manifests/v7`, imageOf('{}', 'layer'))).status).toBe(201)
  }
  expect((await ask(ada, 'GET', '/v2/shop/manifests/v7')).status).toBe(200)
})

const unavailable = { message: 'Away.', hint: 'Wait.', fault: 'system', retryable: true } as const

test('a worker that is away is no missing image', async () => {
  const ada = await house.pusher('ada')
  await shopOf('Acme')
  house.live.available = false
  expect((await ask(ada, 'GET', '/v2/shop/manifests/v7')).status).toBe(503)
})

function imageOf(config: string, layer: string): string {
  const described = (content: string) => ({
    mediaType: 'x/y',
    digest: digestOf(content),
    size: content.length,
  })
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  return JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: described(config),
    layers: [described(layer)],
  })
}
