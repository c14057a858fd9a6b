import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { large, type RegistryFixture, useScriptedRegistry } from '../testing/registry-fixture.ts'
import { publish } from '../testing/scripted-registry.ts'

const under = useScriptedRegistry()
const parts = [{ path: 'etc/a', content: 'x'.repeat(5000) }]

describe('what is busy or broken', () => {
  test.each([
    [429, { 'retry-after': '0' }],
    [503, {}],
    [500, {}],
  ])('(%i) is asked again', async (status, headers) => {
    publish(under.registry, [parts])
    under.on(/manifests/, (response, _request, count) => {
      if (count > 2) return false
      response.writeHead(status, headers).end()
      return true
    })
    expect((await under.store.images.pull(under.name)).config.command).toEqual(['run'])
  })

  test.each([
    [429, 'REGISTRY.LIMITED', 3],
    [500, 'REGISTRY.FAILED', 3],
    [403, 'REGISTRY.DENIED', 1],
    [404, 'REGISTRY.NOT_FOUND', 1],
    [418, 'REGISTRY.FAILED', 1],
  ])('(%i) for ever is told', async (status, code, times) => {
    under.on(/./, (response) => void response.writeHead(status, { 'retry-after': '86400' }).end())
    await under.expectRefused(code)
    expect(under.registry.asked).toHaveLength(times)
  })

  test('says why in words that a terminal does not obey', async () => {
    const message = '\u001b[2Jgone\nfaster'
    under.on(/./, (response) => void response.writeHead(418).end(JSON.stringify({ errors: [{ message }] })))
    await expect(under.store.images.pull(under.name)).rejects.toMatchObject({
      message: expect.stringContaining('?[2Jgone?faster'),
    })
  })

  test('(a connection that breaks) goes on where it was', async () => {
    const { layer, blob } = large(under.registry)
    const ranges: (string | undefined)[] = []
    let breakOff = () => {}
    under.on(/blobs/, (response, request) => {
      if (!request.url?.endsWith(layer)) return false
      ranges.push(request.headers.range)
      if (ranges.length > 1) return false
      response.writeHead(200, { 'content-length': blob.length })
      response.write(blob.subarray(0, 100_000))
      breakOff = () => response.destroy()
      return true
    })
    // Once something has come: what is under way when a connection ends may be lost.
    await under.store.images.pull(under.name, {
      sink: ({ kind }) => void (kind === 'progress' && breakOff()),
    })
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)])
  })

  test('(a connection that always breaks) is given up', async () => {
    const { layer } = large(under.registry)
    let count = 0
    under.on(/blobs/, (response, request) => {
      if (!request.url?.endsWith(layer)) return false
      count += 1
      response.writeHead(200).flushHeaders()
      setImmediate(() => response.destroy())
      return true
    })
    await under.expectRefused('REGISTRY.UNREACHABLE')
    expect(count).toBeLessThan(12)
  })

  test('(a range that is ignored) is read from the start', async () => {
    const { layer, blob } = large(under.registry)
    await endInTheMiddle(under, layer, blob)
    under.on(/blobs/, (response, request) => {
      if (!request.url?.endsWith(layer)) return false
      response.writeHead(200, { 'content-length': blob.length }).end(blob)
      return true
    })
    await under.store.images.pull(under.name)
  })
})

describe('a pull that was broken off', () => {
  test('goes on in the next one', async () => {
    const { layer, blob } = large(under.registry)
    await endInTheMiddle(under, layer, blob)
    const had = readFileSync(under.partOf(layer)).length
    expect(had).toBeGreaterThan(0)
    under.registry.before = () => false
    under.registry.asked.length = 0
    await under.store.images.pull(under.name)
    expect(under.registry.asked.find(({ url }) => url.endsWith(layer))?.headers.range).toBe(`bytes=${had}-`)
    expect(readdirSync(`${under.store.home}/pulls`).filter((file) => file.endsWith('.part'))).toEqual([])
  })

  test.each([
    ['damaged', (blob: Buffer) => Buffer.alloc(1000, blob[0])],
    ['longer than it may be', (blob: Buffer) => Buffer.concat([blob, blob])],
    ['whole and damaged', (blob: Buffer) => Buffer.alloc(blob.length, 3)],
    ['whole and sound', (blob: Buffer) => blob],
  ])('and left a file that is %s does no harm', async (_what, left) => {
    const { layer, blob } = large(under.registry)
    await endInTheMiddle(under, layer, blob)
    writeFileSync(under.partOf(layer), left(blob))
    under.registry.before = () => false
    expect((await under.store.images.pull(under.name)).layers).toHaveLength(1)
  })
})

/** A pull that ends in the middle of its layer. */
async function endInTheMiddle(under: RegistryFixture, layer: string, blob: Buffer): Promise<void> {
  const stop = new AbortController()
  under.on(/blobs/, (response, request) => {
    if (!request.url?.endsWith(layer)) return false
    response.writeHead(200, { 'content-length': blob.length })
    response.write(blob.subarray(0, 50_000))
    return true
  })
  const sink = ({ kind }: { kind: string }) => {
    if (kind === 'progress') stop.abort(new Error('killed'))
  }
  await expect(under.store.images.pull(under.name, { signal: stop.signal, sink })).rejects.toThrow('killed')
}
