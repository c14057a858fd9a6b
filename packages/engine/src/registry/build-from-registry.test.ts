import { Secret } from '@berth/command'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BuildHome, makeBuildHome } from '../testing/build-home.ts'
import { shortLimits } from '../testing/registry-fixture.ts'
import { publish, type ScriptedRegistry, startScriptedRegistry } from '../testing/scripted-registry.ts'

let registry: ScriptedRegistry
let at: BuildHome

beforeAll(async () => {
  registry = await startScriptedRegistry()
  at = await makeBuildHome({ registries: { plainHttp: [registry.host, '127.0.0.1:1'], limits: shortLimits } })
})
afterAll(async () => {
  await at.remove()
  await registry.close()
})

test('FROM and COPY --from take an image that is not here from its registry, once', async () => {
  const { manifest } = publish(registry, [[{ path: 'hello', content: 'from afar' }]])
  const base = `${registry.host}/acme/base`
  const dockerfile = `FROM ${base}@${manifest}\nCOPY --from=${base} /hello /again\n`
  const { image } = await at.build({ Dockerfile: dockerfile })
  expect(await at.read(image, '/hello')).toBe('from afar')
  expect(await at.read(image, '/again')).toBe('from afar')
  registry.asked.length = 0
  await at.build({ Dockerfile: dockerfile })
  expect(registry.asked).toEqual([])
})

test('credentials of the build open its registries, and go to no other', async () => {
  publish(registry, [[{ path: 'hello', content: 'private' }]], { tag: 'private' })
  registry.before = (request, response) => {
    if (request.headers.authorization === `Basic ${btoa('ann:word')}`) return false
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
    return true
  }
  const dockerfile = `FROM ${registry.host}/acme/base:private\n`
  const own = { username: 'ann', password: new Secret('word') }
  const others = { 'registry.example': own }
  await expect(at.build({ Dockerfile: dockerfile }, { registryCredentials: others })).rejects.toMatchObject({
    code: 'REGISTRY.DENIED',
  })
  const { image } = await at.build(
    { Dockerfile: dockerfile },
    { registryCredentials: { [registry.host]: own } },
  )
  expect(await at.read(image, '/hello')).toBe('private')
  registry.before = () => false
})

test.each(['127.0.0.1:2', '10.0.0.1', '169.254.169.254', '[::1]:5000', 'localhost'])(
  '%s is not called, unless the settings name it',
  async (host) => {
    await expect(at.build({ Dockerfile: `FROM ${host}/acme/base\n` })).rejects.toMatchObject({
      code: 'REGISTRY.UNREACHABLE',
      message: expect.stringContaining('private network'),
    })
  },
)

test.each([
  ['is not there', () => '127.0.0.1:1/acme/base', 'REGISTRY.UNREACHABLE'],
  ['does not have it', () => `${registry.host}/acme/base:absent`, 'REGISTRY.NOT_FOUND'],
])('a registry that %s is told, with the line that asked', async (_what, base, code) => {
  await expect(at.build({ Dockerfile: `# a base\nFROM ${base()}\n` })).rejects.toMatchObject({
    code,
    message: expect.stringContaining('Dockerfile:2'),
  })
})
