import { existsSync, readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { hostArchitecture } from '../store/image-config.ts'
import { useScriptedRegistry } from '../testing/registry-fixture.ts'
import { ociIndexType, ociManifestType, publish, putManifest, sha256 } from '../testing/scripted-registry.ts'

const under = useScriptedRegistry()
const parts = [{ path: 'etc/a', content: 'x'.repeat(5000) }]

describe('what is not what it says is refused, and nothing of it stays:', () => {
  test('a manifest asked for by digest', async () => {
    publish(under.registry, [parts])
    const asked = sha256('another')
    under.registry.manifests.set(asked, { content: Buffer.from('{}'), type: ociManifestType })
    under.name = `${under.name}@${asked}`
    await under.expectRefused('REGISTRY.DIGEST_MISMATCH')
  })

  test('a manifest whose own header names another digest', async () => {
    publish(under.registry, [parts])
    under.on(/manifests/, (response) => {
      response.setHeader('docker-content-digest', sha256('another'))
      return false
    })
    await under.expectRefused('REGISTRY.DIGEST_MISMATCH')
  })

  test('a manifest in an index', async () => {
    const { manifest } = publish(under.registry, [parts], { tag: 'inner' })
    const size = under.registry.manifests.get(manifest)?.content.length
    under.registry.manifests.set(manifest, { content: Buffer.alloc(size ?? 0, ' '), type: ociManifestType })
    putManifest(under.registry, indexOf([{ digest: manifest, size, platform }]), {
      tag: 'latest',
      type: ociIndexType,
    })
    await under.expectRefused('REGISTRY.DIGEST_MISMATCH')
  })

  test('a configuration', async () => {
    const { config } = publish(under.registry, [parts])
    under.registry.blobs.set(config, Buffer.alloc(under.registry.blobs.get(config)?.length ?? 0, ' '))
    await under.expectRefused('REGISTRY.DIGEST_MISMATCH')
  })

  test('a layer', async () => {
    const [layer = ''] = publish(under.registry, [parts]).layers
    under.registry.blobs.set(layer, Buffer.alloc(under.registry.blobs.get(layer)?.length ?? 0, 1))
    await under.expectRefused('REGISTRY.DIGEST_MISMATCH')
    expect(readFileSync(under.partOf(layer))).toHaveLength(0)
  })

  test('a layer that unpacks to something else', async () => {
    const [layer = ''] = publish(under.registry, [parts], {
      config: { rootfs: { type: 'layers', diff_ids: [sha256('another')] } },
    }).layers
    await under.expectRefused('IMAGE.DIGEST_MISMATCH')
    expect(existsSync(under.partOf(layer))).toBe(false)
  })

  test('a layer that leads out', async () => {
    publish(under.registry, [[{ path: '../../../../tmp/berth-canary', content: 'x' }]])
    await under.expectRefused('ARCHIVE.UNSAFE_PATH')
    expect(existsSync('/tmp/berth-canary')).toBe(false)
  })
})

describe('what has no end is ended:', () => {
  test('a manifest', async () => {
    under.on(/manifests/, (response) => endless(response))
    await under.expectRefused('REGISTRY.TOO_LARGE')
  })

  test('a configuration that claims to be huge', async () => {
    publish(under.registry, [parts], {
      manifest: { config: { digest: sha256('x'), size: 1e12, mediaType: '' } },
    })
    await under.expectRefused('REGISTRY.TOO_LARGE')
  })

  test('a layer', async () => {
    const [layer = ''] = publish(under.registry, [parts]).layers
    under.on(
      /blobs\/sha256/,
      (response, request) => request.url?.endsWith(layer) === true && endless(response),
    )
    await under.expectRefused('REGISTRY.TOO_LARGE')
    expect(readFileSync(under.partOf(layer))).toHaveLength(0)
  })

  test('a layer whose answer says that it is larger', async () => {
    const [layer = ''] = publish(under.registry, [parts]).layers
    under.registry.blobs.set(layer, Buffer.alloc(1_000_000))
    await under.expectRefused('REGISTRY.TOO_LARGE')
  })

  test('redirects', async () => {
    under.on(
      /./,
      (response, request) => void response.writeHead(307, { location: `${request.url}?more` }).end(),
    )
    await under.expectRefused('REGISTRY.INVALID')
    expect(under.registry.asked.length).toBeLessThan(10)
  })

  test('indexes in indexes', async () => {
    let inner = publish(under.registry, [parts], { tag: 'inner' }).manifest
    for (let depth = 0; depth < 6; depth += 1) {
      const size = under.registry.manifests.get(inner)?.content.length
      inner = putManifest(under.registry, indexOf([{ digest: inner, size, platform }]), {
        tag: 'latest',
        type: ociIndexType,
      })
    }
    await under.expectRefused('REGISTRY.INVALID')
  })

  test('an index of very many', async () => {
    const many = Array.from({ length: 2_000 }, () => ({ digest: sha256('x'), size: 1, platform }))
    putManifest(under.registry, indexOf(many), { tag: 'latest', type: ociIndexType })
    await under.expectRefused('REGISTRY.INVALID')
  })
})

describe('what is not an image for this machine is named:', () => {
  test.each([
    ['schema 1', { schemaVersion: 1, fsLayers: [] }, 'REGISTRY.UNSUPPORTED'],
    ['no manifest at all', [], 'REGISTRY.INVALID'],
    ['both a manifest and an index', { manifests: [], layers: [], config: {} }, 'REGISTRY.INVALID'],
  ])('%s', async (_what, document, code) => {
    putManifest(under.registry, Buffer.from(JSON.stringify(document)), {
      tag: 'latest',
      type: ociManifestType,
    })
    await under.expectRefused(code)
  })

  test.each<[string, Parameters<typeof publish>[2], string]>([
    ['a chart', { configType: 'application/vnd.cncf.helm.config.v1+json' }, 'REGISTRY.UNSUPPORTED'],
    [
      'a foreign layer',
      { layerDescriptor: { mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' } },
      'REGISTRY.UNSUPPORTED',
    ],
    [
      'a layer that lies elsewhere',
      { layerDescriptor: { urls: ['http://169.254.169.254/'] } },
      'REGISTRY.UNSUPPORTED',
    ],
    ['a layer of an unknown kind', { layerDescriptor: { mediaType: 'text/plain' } }, 'REGISTRY.UNSUPPORTED'],
    ['another architecture', { config: { architecture: 's390x' } }, 'IMAGE.WRONG_PLATFORM'],
    ['fewer diff ids than layers', { config: { rootfs: { diff_ids: [] } } }, 'REGISTRY.UNSUPPORTED'],
    ['a configuration that is none', { config: { config: { Env: 7 } } }, 'REGISTRY.UNSUPPORTED'],
    ['a NUL in the configuration', { config: { config: { User: 'a\0' } } }, 'REGISTRY.UNSUPPORTED'],
  ])('%s', async (_what, changes, code) => {
    publish(under.registry, [parts], changes)
    await under.expectRefused(code)
  })

  test('an index without it', async () => {
    const windows = { os: 'windows', architecture: 'amd64' }
    putManifest(under.registry, indexOf([{ digest: sha256('x'), size: 1, platform: windows }]), {
      tag: 'latest',
      type: ociIndexType,
    })
    await under.expectRefused('IMAGE.WRONG_PLATFORM')
  })
})

const platform = { os: 'linux', architecture: hostArchitecture }

function indexOf(manifests: object[]): Buffer {
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociIndexType, manifests }))
}

/** Fills whatever is read, as long as it is. */
function endless(response: ServerResponse): true {
  response.writeHead(200)
  const more = () => {
    while (response.write(Buffer.alloc(65_536, 1)));
  }
  response.on('drain', more)
  more()
  return true
}
