import { readdirSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { large, shortLimits, useScriptedRegistry } from '../testing/registry-fixture.ts'
import { publish, type ScriptedRegistry, sha256 } from '../testing/scripted-registry.ts'
import { openSmallStore } from '../testing/small-store.ts'

const under = useScriptedRegistry()
const parts = [{ path: 'etc/a', content: 'x'.repeat(5000) }]

describe('a push', () => {
  test('that breaks goes on where the registry says it was, and the manifest comes last', async () => {
    const limits = { ...shortLimits, uploadPieceBytes: 1000 }
    const pushing = await openSmallStore({
      registries: { plainHttp: [under.registry.host], limits },
    })
    const content = large(under.registry).blob.subarray(0, 20_000)
    await pushing.image(under.name, [[{ path: 'f', content }]])
    const uploads = acceptUploads(under.registry, { breakAtBytes: 5000, keptBytes: 300 })
    const { digest } = await pushing.images.push(under.name)
    expect(uploads.broke).toBe(true)
    expect(uploads.calls.at(-1)).toBe('PUT /v2/acme/app/manifests/latest')
    expect(digest).toMatch(/^sha256:/)
    await pushing.close()
  })

  test('takes over from another repository what is known to lie there', async () => {
    publish(under.registry, [parts])
    const pulled = await under.store.images.pull(under.name)
    under.registry.before = (request, response) => {
      const { method, url = '' } = request
      if (method === 'HEAD') response.writeHead(404).end()
      else if (url.includes('mount=')) response.writeHead(201).end()
      else if (method === 'POST') response.writeHead(202, { location: '/v2/acme/new/blobs/uploads/1' }).end()
      else response.writeHead(201).end()
      return true
    }
    under.registry.asked.length = 0
    await under.store.images.push(pulled.digest, { name: `${under.registry.host}/acme/new:v1` })
    const mounts = under.registry.asked.filter(({ url }) => url.includes('mount='))
    expect(mounts.map(({ url }) => new URL(url, 'http://x').searchParams.get('from'))).toEqual(['acme/app'])
    // The configuration alone was sent.
    expect(
      under.registry.asked.filter(({ method, url }) => method === 'PUT' && url.includes('uploads')),
    ).toHaveLength(1)
  })

  test('is forgotten with its image, also where a crash came right after the image went', async () => {
    const { digest } = await under.store.image(under.name, [parts])
    acceptUploads(under.registry, { breakAtBytes: Number.POSITIVE_INFINITY, keptBytes: 0 })
    await under.store.images.push(under.name)
    const pins = `${under.store.home}/pins`
    expect(readdirSync(pins)).toHaveLength(1)
    rmSync(`${under.store.home}/images/${digest.slice('sha256:'.length)}.json`)
    await under.store.images.prune([])
    expect(readdirSync(pins)).toEqual([])
  })

  test('gives its bytes to no host that is not named', async () => {
    await under.store.image(under.name, [parts])
    under.registry.before = (request, response) => {
      if (request.method === 'HEAD') response.writeHead(404).end()
      else response.writeHead(202, { location: 'http://127.0.0.1:2/upload' }).end()
      return true
    }
    await expect(under.store.images.push(under.name)).rejects.toMatchObject({ code: 'REGISTRY.INSECURE' })
  })
})

/** Takes uploads in pieces, breaks one off in the middle, and holds each to its digest. */
function acceptUploads(registry: ScriptedRegistry, options: { breakAtBytes: number; keptBytes: number }) {
  const uploads = { broke: false, calls: [] as string[] }
  let received = Buffer.alloc(0)
  const location = { location: '/v2/acme/app/blobs/uploads/1?state=x' }
  const replies: Record<string, (body: Buffer, request: IncomingMessage, response: ServerResponse) => void> =
    {
      HEAD: (_body, _request, response) => response.writeHead(404).end(),
      POST: (_body, _request, response) => response.writeHead(202, location).end(),
      GET: (_body, _request, response) =>
        response.writeHead(204, { ...location, range: `0-${received.length - 1}` }).end(),
      PATCH(body, request, response) {
        const breaks = received.length >= options.breakAtBytes && !uploads.broke
        expect(request.headers['content-range']).toBe(
          `${received.length}-${received.length + body.length - 1}`,
        )
        received = Buffer.concat([received, breaks ? body.subarray(0, options.keptBytes) : body])
        if (breaks) response.destroy()
        else response.writeHead(202, location).end()
        uploads.broke ||= breaks
      },
      PUT(body, request, response) {
        const digest = new URL(request.url ?? '', 'http://x').searchParams.get('digest')
        received = Buffer.concat([received, body])
        if (digest !== null) expect(digest).toBe(sha256(received))
        received = Buffer.alloc(0)
        response.writeHead(201).end()
      },
    }
  registry.before = async (request, response) => {
    const { method = '', url = '' } = request
    uploads.calls.push(`${method} ${url.replace(/\?.*/, '')}`)
    replies[method]?.(await buffer(request), request, response)
    return true
  }
  return uploads
}
