import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { Secret } from '@berth/command'
import { describe, expect, test } from 'vitest'
import { useScriptedRegistry } from '../testing/registry-fixture.ts'
import { publish } from '../testing/scripted-registry.ts'

const under = useScriptedRegistry()
const credentials = { username: 'ann', password: new Secret('secret-word') }
const parts = [{ path: 'etc/a', content: 'x'.repeat(5000) }]

describe('credentials stay where they belong:', () => {
  test('a redirect to another host gets the request, and not them', async () => {
    const [layer = ''] = publish(under.registry, [parts]).layers
    under.other.blobs.set(layer, under.registry.blobs.get(layer) ?? Buffer.alloc(0))
    under.registry.before = (request, response) => {
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
        return true
      }
      if (!request.url?.endsWith(layer)) return false
      response.writeHead(307, { location: `http://eve:pw@${under.other.host}/v2/x/blobs/${layer}` }).end()
      return true
    }
    await under.store.images.pull(under.name, { credentials })
    expect(under.other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined])
    expect(under.registry.asked.some(({ headers }) => headers.authorization?.startsWith('Basic '))).toBe(true)
  })

  test.each(['http://127.0.0.1:1/token', 'http://169.254.169.254/latest', 'ftp://x/', 'no address'])(
    'a place for tokens at %s gets nothing',
    async (realm) => {
      under.on(
        /./,
        (response) => void response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end(),
      )
      const refused = under.store.images.pull(under.name, { credentials })
      await expect(refused).rejects.toMatchObject({
        code:
          realm.startsWith('http') || realm.startsWith('ftp')
            ? 'REGISTRY.INSECURE'
            : expect.stringMatching(/^REGISTRY\./),
      })
    },
  )

  test('without encryption goes nothing to a host that is not named', async () => {
    under.on(/./, (response) => void response.writeHead(302, { location: 'http://127.0.0.1:2/x' }).end())
    await under.expectRefused('REGISTRY.INSECURE')
  })
})

describe('tokens', () => {
  const guarded = (asked: (request: IncomingMessage, body: string) => object | null) => {
    under.registry.before = async (request, response) => {
      if (request.url?.startsWith('/token')) {
        const answer = asked(request, String(await buffer(request)))
        response.writeHead(answer === null ? 405 : 200).end(JSON.stringify(answer ?? {}))
        return true
      }
      if (request.headers.authorization === 'Bearer good') return false
      const challenge = `Bearer realm="http://${under.registry.host}/token",service="the, service",scope="repository:acme/app:pull"`
      response.writeHead(401, { 'www-authenticate': challenge }).end()
      return true
    }
  }

  test('are asked for once, with the password and the scope', async () => {
    publish(under.registry, [parts])
    guarded((request) => {
      const query = new URL(request.url ?? '', 'http://x').searchParams
      expect(query.get('service')).toBe('the, service')
      expect(query.getAll('scope')).toEqual(['repository:acme/app:pull'])
      expect(request.headers.authorization).toBe(`Basic ${Buffer.from('ann:secret-word').toString('base64')}`)
      return { token: 'good' }
    })
    await under.store.images.pull(under.name, { credentials })
    expect(under.registry.asked.filter(({ url }) => url.startsWith('/token'))).toHaveLength(1)
  })

  test('are got by an identity token', async () => {
    publish(under.registry, [parts])
    guarded((request, body) => {
      expect(request.method).toBe('POST')
      expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({
        grant_type: 'refresh_token',
        refresh_token: 'secret-word',
      })
      return { access_token: 'good' }
    })
    await under.store.images.pull(under.name, { credentials: { ...credentials, username: '<token>' } })
  })

  test('are got by POST where GET is not allowed', async () => {
    publish(under.registry, [parts])
    guarded((request, body) =>
      request.method === 'POST' && body.includes('grant_type=password') ? { token: 'good' } : null,
    )
    await under.store.images.pull(under.name, { credentials })
  })

  test.each([
    ['that hold a line break', { token: 'a\r\nx: y' }, 'REGISTRY.INVALID'],
    ['that are none', {}, 'REGISTRY.INVALID'],
    ['that do not fit', { token: 'x'.repeat(300_000) }, 'REGISTRY.TOO_LARGE'],
    ['that do not help', { token: 'bad' }, 'REGISTRY.DENIED'],
  ])('%s are refused', async (_what, answer, code) => {
    guarded(() => answer)
    await under.expectRefused(code)
  })
})
