import type { ServerResponse } from 'node:http'
import { Secret } from '@berth/command'
import { hostArchitecture } from '@berth/engine'
import {
  ociIndexType,
  ociManifestType,
  publish,
  putManifest,
  type ScriptedRegistry,
  sha256,
  startScriptedRegistry,
} from '@berth/engine/testing/scripted-registry.ts'
import { type Attack, attacksBy, describeAttacks } from './attack.ts'

/** Registries that answer what they should not, and that want what is another's. */
let registry: ScriptedRegistry
/** Another host, which is to have nothing of what is meant for the first. */
let thief: ScriptedRegistry

const password = 'a-password-of-the-registry'
const credentials = { username: 'ada', password: new Secret(password) }
const layer = [{ path: 'etc/a', content: 'x'.repeat(5000) }]
const platform = { os: 'linux', architecture: hostArchitecture }
const index = (manifests: object[]) =>
  Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociIndexType, manifests }))

const fresh = () => {
  for (const each of [registry, thief]) {
    each.before = () => false
    each.asked.length = 0
    each.manifests.clear()
    each.blobs.clear()
  }
}
/** A pull of `acme/app`, and of the digest where there is one, from a registry that was set up for it. */
const pulling = (digest = '') =>
  attacksBy(async ({ engine }, set: () => unknown) => {
    fresh()
    set()
    return engine.images.pull(`${registry.host}/acme/app${digest}`, { credentials })
  })
const { refused } = pulling()

/** The registry gets the password that it asks for and leads to the thief, who is asked, and hears none. */
const robbed = (name: string, path: RegExp): Attack => ({
  name,
  async run(site) {
    fresh()
    publish(registry, [layer])
    registry.before = (request, response) => {
      if (request.headers.authorization === undefined) challenge(response)
      else if (path.test(request.url ?? ''))
        response.writeHead(307, { location: `http://${thief.host}${request.url}` }).end()
      else return false
      return true
    }
    await site.codeOf(site.engine.images.pull(`${registry.host}/acme/app`, { credentials }))
    return { registry: hearsPassword(registry), thief: hearsPassword(thief), asked: thief.asked.length > 0 }
  },
  expect: { contained: { registry: true, thief: false, asked: true } },
})
const challenge = (response: ServerResponse) =>
  response.writeHead(401, { 'www-authenticate': 'Basic realm="acme"' }).end()
const hearsPassword = ({ asked }: ScriptedRegistry) => {
  const told = JSON.stringify(asked.map(({ url, headers, body }) => [url, headers, body.toString()]))
  return told.includes(password) || told.includes(Buffer.from(`ada:${password}`).toString('base64'))
}

const lies: Attack[] = [
  pulling(`@${sha256('asked')}`).refused(
    'a manifest that is another than asked for',
    'REGISTRY.DIGEST_MISMATCH',
    () => {
      publish(registry, [layer])
      registry.manifests.set(sha256('asked'), { content: Buffer.from('{}'), type: ociManifestType })
    },
  ),
  refused('a layer that is another', 'REGISTRY.DIGEST_MISMATCH', () => {
    const [blob = ''] = publish(registry, [layer]).layers
    registry.blobs.set(blob, Buffer.alloc(registry.blobs.get(blob)?.length ?? 0, 1))
  }),
  refused('a layer that unpacks to another', 'IMAGE.DIGEST_MISMATCH', () =>
    publish(registry, [layer], { config: { rootfs: { type: 'layers', diff_ids: [sha256('x')] } } }),
  ),
  refused('a layer that leads out', 'ARCHIVE.UNSAFE_PATH', () =>
    publish(registry, [[{ path: '../../../../../tmp/planted', content: 'x' }]]),
  ),
  refused('an index that names itself', 'REGISTRY.INVALID', () => {
    let inner = { digest: publish(registry, [layer], { tag: 'x' }).manifest, size: 1 }
    for (let depth = 0; depth < 6; depth += 1) {
      const content = index([{ ...inner, platform }])
      registry.manifests.get(inner.digest)
      inner = {
        digest: putManifest(registry, content, { tag: 'latest', type: ociIndexType }),
        size: content.length,
      }
    }
  }),
  refused('a manifest of megabytes', 'REGISTRY.TOO_LARGE', () =>
    putManifest(registry, Buffer.alloc(10_000_000, ' '), { tag: 'latest', type: ociManifestType }),
  ),
  refused('a configuration that says it has terabytes', 'REGISTRY.TOO_LARGE', () =>
    publish(registry, [layer], { manifest: { config: { digest: sha256('x'), size: 1e12, mediaType: '' } } }),
  ),
  refused('a digest that is a path', 'REGISTRY.INVALID', () =>
    publish(registry, [layer], { layerDescriptor: { digest: 'sha256:../../../../etc/passwd' } }),
  ),
  refused('a layer that lies in the machine’s own network', 'REGISTRY.UNSUPPORTED', () =>
    publish(registry, [layer], { layerDescriptor: { urls: ['http://169.254.169.254/'] } }),
  ),
  refused('what is no image', 'REGISTRY.UNSUPPORTED', () =>
    publish(registry, [layer], { configType: 'application/vnd.cncf.helm.config.v1+json' }),
  ),
  refused('a NUL in its configuration', 'REGISTRY.UNSUPPORTED', () =>
    publish(registry, [layer], { config: { config: { Env: ['A=x\0y'] } } }),
  ),
  refused('an image for another machine', 'IMAGE.WRONG_PLATFORM', () =>
    publish(registry, [layer], { config: { architecture: 's390x' } }),
  ),
]

const names: Attack[] = [
  '../../etc/passwd',
  'host/../../x',
  '-option',
  'a b',
  'x@sha256:../../..',
  `a${'/a'.repeat(300)}`,
].map((name) => ({
  name: `the image name ${JSON.stringify(name.slice(0, 20))}`,
  run: ({ engine }) => engine.images.pull(name),
  expect: { refused: 'IMAGE.INVALID_NAME' },
}))

const answer = (status: number, headers: () => Record<string, string>) => {
  registry.before = (_request, response) => {
    response.writeHead(status, headers()).end()
    return true
  }
}

const theft: Attack[] = [
  robbed('a redirect of a manifest to another host', /manifests/),
  robbed('a redirect of a layer to another host', /blobs/),
  refused('a token to be had without encryption from a host nobody trusts so', 'REGISTRY.INSECURE', () =>
    answer(401, () => ({ 'www-authenticate': 'Bearer realm="http://203.0.113.9/token",service="x"' })),
  ),
  refused('a redirect to a host without encryption that nobody trusts so', 'REGISTRY.INSECURE', () =>
    answer(307, () => ({ location: 'http://203.0.113.9/v2/' })),
  ),
  refused('a redirect to a file', 'REGISTRY.INSECURE', () =>
    answer(307, () => ({ location: 'file:///etc/passwd' })),
  ),
  refused('redirects without end', 'REGISTRY.INVALID', () => answer(307, () => ({ location: '/v2/again' }))),
]

const builds: Attack[] = ['127.0.0.1:9', 'localhost:9', '169.254.169.254', '[::1]:9'].map((host) => ({
  name: `FROM ${host}, which a build may not reach`,
  run: async (site) => site.codeOf(site.build({ Dockerfile: `FROM ${host}/acme/app\n` })),
  expect: { contained: 'REGISTRY.UNREACHABLE' },
}))

describeAttacks('a registry', [...lies, ...names, ...theft, ...builds], {
  async registries() {
    registry = await startScriptedRegistry()
    thief = await startScriptedRegistry()
    const limits = { attempts: 1, firstPauseMs: 1, longestPauseMs: 10 }
    return { plainHttp: [registry.host, thief.host], limits }
  },
  async restore() {
    await registry.close()
    await thief.close()
  },
})
