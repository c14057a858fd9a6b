import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { command, localRunner } from '@berth/command'
import type { StageEvent } from '@berth/domain'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TarPart } from '../archive/make-tar.ts'
import { type DebianRegistry, registryUser, startDebianRegistry } from '../testing/debian-registry.ts'
import { openSmallStore, type SmallStore } from '../testing/small-store.ts'
import type { RegistrySettings } from './registry-settings.ts'

let open: DebianRegistry
let closed: DebianRegistry
let here: SmallStore
let there: SmallStore
let settings: RegistrySettings

beforeAll(async () => {
  open = await startDebianRegistry()
  closed = await startDebianRegistry({ login: true })
})
afterAll(async () => {
  await open.stop()
  await closed.stop()
})
beforeEach(async () => {
  settings = { plainHttp: [open.host, closed.host], limits: { uploadPieceBytes: 100_000 } }
  here = await openSmallStore({ registries: settings })
  there = await openSmallStore({ registries: settings })
})
afterEach(async () => {
  await here.close()
  await there.close()
})

const low: TarPart[] = [
  { path: 'etc/', type: '5', mode: 0o755 },
  { path: 'etc/a', content: 'low', uid: 1000, gid: 2000, mode: 0o4755 },
]
const high: TarPart[] = [{ path: 'etc/.wh.a' }, { path: 'etc/c', content: 'high' }]
const config = { command: ['serve'], env: { A: '1' }, labels: { l: 'x' } }

let number = 0
function newName(host = open.host): string {
  number += 1
  return `${host}/acme/app-${number}:v1`
}

describe('an image', () => {
  test('goes to a registry and comes back in another store, by name and by digest', async () => {
    const name = newName()
    const image = await here.image(name, [low, high], config)
    const pushed = await here.images.push(name)
    expect(pushed).toEqual({ name, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) })
    const came = await there.images.pull(name)
    expect(came.config).toEqual(image.config)
    expect(readFileSync(`${there.fileSystems.layerPath(came.layers[1] as string)}/etc/c`, 'utf8')).toBe(
      'high',
    )
    const pinned = `${name.slice(0, -':v1'.length)}@${pushed.digest}`
    for (const store of [here, there]) expect((await store.images.get(pinned)).config).toEqual(image.config)
    expect((await there.images.inspect(name)).RepoDigests).toEqual([pinned])
    expect(readdirSync(`${there.home}/pulls`).filter((file) => !file.endsWith('.lock'))).toEqual([])
  })

  test('comes by digest without a name', async () => {
    const name = newName()
    await here.image(name, [low], config)
    const { digest } = await here.images.push(name)
    const pinned = `${name.slice(0, -':v1'.length)}@${digest}`
    const came = await there.images.pull(pinned)
    expect((await there.images.list()).map(({ names }) => names)).toEqual([[]])
    expect((await there.images.get(pinned)).digest).toBe(came.digest)
  })

  test('with zstd layers and a source date is the same in any store', async () => {
    const options = { compression: 'zstd', sourceDate: new Date('2024-01-01T00:00:00Z') } as const
    const digests: string[] = []
    for (const store of [here, there]) {
      const name = newName()
      await store.image(name, [low, high], config)
      digests.push((await store.images.push(name, options)).digest)
    }
    expect(digests[0]).toBe(digests[1])
  })

  test('whose layers are here already moves nothing but its description', async () => {
    const [first, second] = [newName(), newName()]
    await here.image(first, [low, high], config)
    await here.images.push(first)
    await here.images.push(first, { name: second })
    await there.images.pull(first)
    const events: StageEvent[] = []
    await there.images.pull(second, { sink: (event) => events.push(event) })
    expect(events.filter(({ kind }) => kind === 'progress')).toEqual([])
    expect(await there.fileSystems.layers()).toHaveLength(2)
  })

  test('tells its transfer layer by layer', async () => {
    const name = newName()
    await here.image(name, [low, high], config)
    const events: StageEvent[] = []
    const sink = (event: StageEvent) => events.push(event)
    await here.images.push(name, { sink })
    await there.images.pull(name, { sink })
    const ends = events.flatMap((event) =>
      event.kind === 'progress' && event.doneBytes === event.ofBytes ? [event.what] : [],
    )
    expect(ends.sort()).toEqual(['layer 1 of 2', 'layer 1 of 2', 'layer 2 of 2', 'layer 2 of 2'])
  })

  test('is fetched once by two that want it at the same time', async () => {
    const name = newName()
    await here.image(name, [low, high], config)
    await here.images.push(name)
    const [one, other] = await Promise.all([there.images.pull(name), there.images.pull(name)])
    expect(one).toEqual(other)
    expect(await there.fileSystems.layers()).toHaveLength(2)
  })

  test('that is larger than a piece goes in pieces', async () => {
    const name = newName()
    const noise = randomBytes(300_000)
    await here.image(name, [[{ path: 'noise', content: noise }]])
    await here.images.push(name)
    const came = await there.images.pull(name)
    expect(readFileSync(`${there.fileSystems.layerPath(came.layers[0] as string)}/noise`).equals(noise)).toBe(
      true,
    )
  }, 30_000)
})

describe('a registry that asks who is there', () => {
  test('lets in who has the password, for both ways', async () => {
    const name = newName(closed.host)
    await here.image(name, [low], config)
    await here.images.push(name, { credentials: registryUser })
    expect((await there.images.pull(name, { credentials: registryUser })).config.command).toEqual(['serve'])
  })

  test('is told by the settings, where the caller says nothing', async () => {
    const name = newName(closed.host)
    const asked: string[] = []
    const credentialsFor = (host: string) => {
      asked.push(host)
      return registryUser
    }
    const store = await openSmallStore({ registries: { ...settings, credentialsFor } })
    await store.image(name, [low], config)
    await store.images.push(name)
    await store.close()
    expect(new Set(asked)).toEqual(new Set([closed.host]))
  })

  test.each([
    ['nobody', null],
    ['a wrong password', { ...registryUser, username: 'eve' }],
  ])('refuses %s', async (_who, credentials) => {
    const name = newName(closed.host)
    await here.image(name, [low], config)
    const refused = here.images.push(name, { credentials })
    await expect(refused).rejects.toMatchObject({ code: 'REGISTRY.DENIED' })
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('secret-word') })
  })
})

describe('resolving a name', () => {
  test('takes what is here, else what the registry has, else says so', async () => {
    const name = newName()
    const image = await here.image(name, [low], config)
    expect((await here.images.resolve(name)).digest).toBe(image.digest)
    await expect(there.images.resolve(name)).rejects.toMatchObject({ code: 'REGISTRY.NOT_FOUND' })
    await here.images.push(name)
    expect((await there.images.resolve(name)).config).toEqual(image.config)
  })

  test('asks nobody without registries', async () => {
    const alone = await openSmallStore()
    await expect(alone.images.resolve(newName())).rejects.toMatchObject({ code: 'IMAGE.NOT_FOUND' })
    await alone.close()
  })

  test('of a registry that is not there ends with a hint', async () => {
    const nobody = '127.0.0.1:1'
    const store = await openSmallStore({ registries: { plainHttp: [nobody] } })
    await expect(store.images.resolve(`${nobody}/x`)).rejects.toMatchObject({
      code: 'REGISTRY.UNREACHABLE',
      hint: expect.stringContaining('berth image import'),
    })
    await store.close()
  })

  test('never without encryption, unless the settings name the host', async () => {
    const store = await openSmallStore({ registries: {} })
    await expect(store.images.resolve(newName())).rejects.toMatchObject({ code: 'REGISTRY.UNREACHABLE' })
    await store.close()
  })
})

describe('a mirror', () => {
  test('is asked first, and the registry where it does not help', async () => {
    const name = newName()
    await here.image(name, [low], config)
    await here.images.push(name)
    const path = name.slice(name.indexOf('/') + 1)
    const mirrors = { 'registry.example': ['127.0.0.1:1', open.host], [open.host]: ['127.0.0.1:1/cache'] }
    const store = await openSmallStore({ registries: { plainHttp: ['127.0.0.1:1', open.host], mirrors } })
    const events: StageEvent[] = []
    await store.images.pull(`registry.example/${path}`, { sink: (event) => events.push(event) })
    expect((await store.images.get(`registry.example/${path}`)).config.command).toEqual(['serve'])
    expect(events).toContainEqual(
      expect.objectContaining({ text: expect.stringContaining('127.0.0.1:1 does not help') }),
    )
    await store.images.pull(name)
    await store.close()
  })
})

test('a layer that came from a registry goes back as the blob that it was', async () => {
  const name = newName()
  await here.image(name, [low, high], config)
  await here.images.push(name)
  const came = await there.images.pull(name)
  const [first = ''] = came.layers
  const derived = await there.images.commit(
    { ...came.config, user: 'app' },
    [...came.layers, await there.layer(low)],
    ['mine'],
  )
  const target = newName()
  await there.images.push(derived.digest, { name: target })
  const repository = (of: string) => of.slice(of.indexOf('/') + 1, -':v1'.length)
  const manifest = async (of: string) => {
    const response = await fetch(`http://${open.host}/v2/${repository(of)}/manifests/v1`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    })
    return (await response.json()) as { layers: { digest: string }[] }
  }
  const [was, is] = [await manifest(name), await manifest(target)]
  expect(is.layers.slice(0, 2)).toEqual(was.layers)
  expect(is.layers).toHaveLength(3)
  expect(first).not.toBe('')
})

test('skopeo takes what was pushed, and what skopeo pushes is taken', async () => {
  const directory = mkdtempSync('/tmp/berth-skopeo-')
  const [name, copy] = [newName(), newName()]
  await here.image(name, [low, high], config)
  await here.images.push(name)
  const plain = ['--src-tls-verify=false', '--dest-tls-verify=false']
  const copied = await localRunner.run(
    command(
      'skopeo',
      '--insecure-policy',
      'copy',
      '-q',
      '--format',
      'v2s2',
      ...plain,
      `docker://${name}`,
      `docker://${copy}`,
    ),
  )
  expect(copied.status).toBe(0)
  expect((await there.images.pull(copy)).config).toMatchObject({ command: ['serve'], env: { A: '1' } })
  rmSync(directory, { recursive: true })
}, 30_000)
