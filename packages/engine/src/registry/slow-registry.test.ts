import { describe, test } from 'vitest'
import { impatientLimits, useScriptedRegistry } from '../testing/registry-fixture.ts'
import { publish, type ScriptedRegistry } from '../testing/scripted-registry.ts'

const under = useScriptedRegistry(impatientLimits)
const parts = [{ path: 'etc/a', content: 'x'.repeat(5000) }]

describe('what is too slow is broken off:', () => {
  test('an answer that never comes', async () => {
    under.on(/./, () => undefined)
    await under.expectRefused('REGISTRY.UNREACHABLE')
  })

  test('an answer that comes byte by byte', async () => {
    under.on(/./, (response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(drip))
    })
    await under.expectRefused('REGISTRY.UNREACHABLE')
  })

  test('a layer that comes byte by byte', async () => {
    publish(under.registry, [parts])
    under.on(/blobs/, (response, request) => {
      if (!request.url?.includes(layerOf(under.registry))) return false
      response.writeHead(200)
      const drip = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(drip))
      return true
    })
    await under.expectRefused('REGISTRY.UNREACHABLE')
  })
})

function layerOf(registry: ScriptedRegistry): string {
  const manifest = JSON.parse(String(registry.manifests.get('latest')?.content)) as {
    layers: { digest: string }[]
  }
  return manifest.layers[0]?.digest ?? ''
}
