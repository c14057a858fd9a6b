import { Secret } from '@berth/command'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type BuildHome, makeBuildHome } from '../testing/build-home.ts'
import { shortLimits } from '../testing/registry-fixture.ts'
import {
  publish,
  type ScriptedRegistry,
  sha256,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'

/** Two teams on one machine, a registry that asks for a password, and one that belongs to an attacker. */
let registry: ScriptedRegistry
let hostile: ScriptedRegistry
let at: BuildHome

beforeAll(async () => {
  ;[registry, hostile] = await Promise.all([startScriptedRegistry(), startScriptedRegistry()])
  const plainHttp = [registry.host, hostile.host]
  at = await makeBuildHome({ registries: { plainHttp, limits: shortLimits } })
})
afterEach(() => {
  registry.before = () => false
  registry.asked.length = 0
})
afterAll(async () => {
  await at.remove()
  await registry.close()
  await hostile.close()
})

const password = (name: string) => ({ username: name, password: new Secret('word') })
const build = (imageScope: string, from: string, named?: string) =>
  at.build(
    { Dockerfile: `FROM ${from}\n` },
    { imageScope, ...(named ? { registryCredentials: { [registry.host]: password(named) } } : {}) },
  )

/** The registry lets these in, and nobody else. */
function admit(...names: string[]): void {
  const accepted = names.map((name) => `Basic ${btoa(`${name}:word`)}`)
  registry.before = ({ headers }, response) => {
    if (accepted.includes(headers.authorization ?? '')) return false
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
    return true
  }
}

const blobsAsked = (of: ScriptedRegistry, digests: readonly string[]) =>
  of.asked.filter(({ url }) => digests.some((digest) => url.endsWith(digest))).length

test('an image that one team’s credentials fetched is not there for another, by name or by digest', async () => {
  const { manifest } = publish(registry, [[{ path: 'hello', content: 'ours' }]], { tag: 'secret' })
  const name = `${registry.host}/acme/base`
  admit('ann')
  const { image } = await build('one', `${name}:secret`, 'ann')
  await build('one', `${name}@${manifest}`, 'ann')
  for (const from of [`${name}:secret`, `${name}@${manifest}`, `${name}@${image.digest}`]) {
    await expect(build('two', from)).rejects.toMatchObject({ code: 'REGISTRY.DENIED' })
    await expect(build('two', from, 'eve')).rejects.toMatchObject({ code: 'REGISTRY.DENIED' })
  }
  await expect(build('two', image.digest)).rejects.toMatchObject({ code: 'IMAGE.NOT_FOUND' })
  registry.asked.length = 0
  await build('one', `${name}:secret`)
  expect(registry.asked).toEqual([])
})

test('a team that the registry lets in gets it too, and its layers are not fetched again', async () => {
  const { layers } = publish(registry, [[{ path: 'hello', content: 'both' }]], { tag: 'shared' })
  admit('ann', 'bob')
  const from = `${registry.host}/acme/base:shared`
  const first = await build('one', from, 'ann')
  const second = await build('two', from, 'bob')
  expect(second.image.digest).toBe(first.image.digest)
  expect(blobsAsked(registry, layers)).toBe(1)
})

test('what anybody may pull is there for all', async () => {
  const { layers } = publish(registry, [[{ path: 'hello', content: 'public' }]], { tag: 'public' })
  await build('one', `${registry.host}/acme/base:public`)
  await build('two', `${registry.host}/acme/base:public`)
  const elsewhere = `${registry.host}/acme/copy:public`
  await build('two', elsewhere, 'bob')
  expect(blobsAsked(registry, layers)).toBe(1)
})

test('whoever knows the digests of a layer does not get it by naming them', async () => {
  const parts = [{ path: 'hello', content: 'nobody else’s' }]
  const { layers } = publish(registry, [parts], { tag: 'hidden' })
  admit('ann')
  await build('one', `${registry.host}/acme/base:hidden`, 'ann')
  const [digest = ''] = layers
  publish(hostile, [parts], { tag: 'thief' })
  hostile.blobs.delete(digest)
  await expect(build('two', `${hostile.host}/acme/base:thief`)).rejects.toMatchObject({
    code: 'REGISTRY.NOT_FOUND',
  })
  hostile.blobs.set(digest, Buffer.from('not it, and of another size'))
  await expect(build('two', `${hostile.host}/acme/base:thief`)).rejects.toThrow()
  const other = Buffer.from('anything')
  hostile.blobs.set(sha256(other), other)
  publish(hostile, [parts], { tag: 'thief', layerDescriptor: { digest: sha256(other), size: other.length } })
  await expect(build('two', `${hostile.host}/acme/base:thief`)).rejects.toMatchObject({
    code: expect.stringMatching(/^(IMAGE.DIGEST_MISMATCH|ARCHIVE\.)/),
  })
})

test('who brings the layer itself shares the one that is here', async () => {
  const parts = [{ path: 'hello', content: 'known to two' }]
  publish(registry, [parts], { tag: 'known' })
  publish(hostile, [parts], { tag: 'known' })
  admit('ann')
  const first = await build('one', `${registry.host}/acme/base:known`, 'ann')
  const second = await build('two', `${hostile.host}/acme/base:known`)
  expect(second.image.layers).toEqual(first.image.layers)
})

test('removing the name removes it for every team', async () => {
  publish(registry, [[{ path: 'hello', content: 'gone' }]], { tag: 'gone' })
  admit('ann', 'bob')
  const from = `${registry.host}/acme/base:gone`
  await build('one', from, 'ann')
  await build('two', from, 'bob')
  expect((await at.images.list()).flatMap(({ names }) => names).filter((name) => name === from)).toEqual([
    from,
  ])
  await at.images.remove(from)
  expect((await at.images.list()).flatMap(({ names }) => names)).not.toContain(from)
  await expect(build('one', from)).rejects.toMatchObject({ code: 'REGISTRY.DENIED' })
})
