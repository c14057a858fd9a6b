import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { execPath } from 'node:process'
import { localRunner } from '@berth/command'
import { expect, test } from 'vitest'
import { mount, unmount } from '../system/syscalls.ts'
import { large, useScriptedRegistry } from '../testing/registry-fixture.ts'
import { publish } from '../testing/scripted-registry.ts'
import { openSmallStore } from '../testing/small-store.ts'

const under = useScriptedRegistry()
const module = new URL('../testing/doomed-pull.ts', import.meta.url).pathname

test.each([
  ['before its manifest', /manifests/],
  ['before its configuration', /config/],
  ['in the middle of a layer', /layer/],
])(
  'a pull that is killed %s leaves nothing that is believed, and the next one succeeds',
  async (_when, at) => {
    const { layer, blob } = large(under.registry)
    const config = [...under.registry.blobs.keys()].find((digest) => digest !== layer) ?? ''
    const held = new Promise<void>((resolve) => {
      under.registry.before = (request, response) => {
        const url = request.url?.replace(config, 'config').replace(layer, 'layer') ?? ''
        if (!at.test(url)) return false
        if (url.endsWith('layer'))
          response.writeHead(200, { 'content-length': blob.length }).write(blob.subarray(0, 70_000))
        resolve()
        return true
      }
    })
    const { home } = under.store
    const running = localRunner.start({ argv: [execPath, module, home, under.registry.host, under.name] })
    await held
    if (at.test('layer') && running.stdout !== null) await once(running.stdout, 'data')
    running.kill('SIGKILL')
    await running.exited
    expect(await under.store.images.find(under.name)).toBeUndefined()
    expect(await under.store.fileSystems.layers()).toEqual([])
    under.registry.before = () => false
    expect((await under.store.images.pull(under.name)).layers).toHaveLength(1)
  },
)

test('a full disk is told, and its space given back', async () => {
  const content = Buffer.from(Array.from({ length: 40_000 }, (_, index) => String(Math.sin(index))).join(''))
  const [layer = ''] = publish(under.registry, [[{ path: 'noise', content }]]).layers
  const store = await openSmallStore({ registries: { plainHttp: [under.registry.host] } })
  const pulls = `${store.home}/pulls`
  mkdirSync(pulls)
  mount({ source: 'berth-test', target: pulls, type: 'tmpfs', data: 'size=64k' })
  try {
    expect(under.registry.blobs.get(layer)?.length).toBeGreaterThan(65_536)
    await expect(store.images.pull(under.name)).rejects.toMatchObject({ code: 'ARCHIVE.NO_SPACE' })
  } finally {
    unmount(pulls)
  }
  expect((await store.images.pull(under.name)).layers).toHaveLength(1)
  await store.close()
})
