import { request } from 'node:http'
import { type CommandResult, command, localRunner } from '@berth/command'
import { hostArchitecture } from '@berth/engine'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { smallApp } from '../platform/small-app.ts'
import { type BerthOptions, type Platform, startPlatform } from '../platform/start-platform.ts'

/** Images of releases, pulled and pushed by skopeo through the front door, by the engine's own client, and by another Berth. */
let platform: Platform
let ada: Signed
let vera: Signed

beforeAll(async () => {
  platform = await startPlatform()
  ada = await person(platform, 'ada', { team: 'Acme' })
  vera = await person(platform, 'vera', { team: 'Acme', role: 'viewer' })
  const work = await smallApp(platform, 'shop')
  const pushed = await work.push(ada, 'shop')
  expect(pushed.status, pushed.stderr).toBe(0)
})
afterAll(async () => {
  if (platform === undefined) return
  await elsewhere(['down', '--remove', '--yes'])
  await platform.remove()
})

const place = () => `localhost:${platform.settings.httpPort}`
const front = () => `docker://${place()}`
const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const archive = (name: string) => `oci-archive:${platform.directory}/${name}.tar`

function skopeo(as: Signed, verb: 'copy' | 'inspect', ...words: string[]): Promise<CommandResult> {
  const login = `any:${as.token}`
  const flags =
    verb === 'inspect'
      ? ['--tls-verify=false', `--creds=${login}`]
      : ['--src-tls-verify=false', '--dest-tls-verify=false', `--src-creds=${login}`, `--dest-creds=${login}`]
  return localRunner.run(command('skopeo', '--insecure-policy', verb, ...flags, ...words), {
    okStatuses: [0, 1],
  })
}

/** Another Berth's command line: a home of its own on this machine, and nothing of it running. */
function elsewhere(words: readonly string[], options: BerthOptions = {}): Promise<CommandResult> {
  const env = {
    BERTH_HOME: `${platform.directory}/other`,
    BERTH_RUN: `${platform.directory}/other-run`,
    BERTH_PRIVATE_REGISTRIES: `http://${place()}`,
  }
  return platform.berth(words, { ...options, env })
}

test('the image of a release is pulled by its version', async () => {
  const pulled = await skopeo(vera, 'copy', `${front()}/shop:v1`, archive('v1'))
  expect(pulled.status, pulled.stderr).toBe(0)
  const { stdout } = await skopeo(vera, 'inspect', `${front()}/shop:v1`)
  expect(JSON.parse(stdout)).toMatchObject({ Os: 'linux', Layers: [expect.any(String), expect.any(String)] })
  const missing = await skopeo(vera, 'inspect', `${front()}/shop:v2`)
  expect(missing.stderr).toContain('manifest unknown')
})

test('it is the same under the dashboard’s name, and nobody pushes another in its place', async () => {
  const url = `http://127.0.0.1:${platform.settings.httpPort}/v2/shop/manifests/v1`
  const authorization = `Basic ${btoa(`any:${ada.token}`)}`
  const asked = await fetchAs(`berth.localhost:${platform.settings.httpPort}`, { url, authorization })
  expect(asked).toBe(await digestOf(`${front()}/shop:v1`))
  for (const tag of ['v1', 'v2']) {
    const refused = await skopeo(ada, 'copy', archive('v1'), `${front()}/shop:${tag}`)
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('kept for a release')])
  }
})

test('an image is pushed below the app by a developer, and not by a viewer', async () => {
  const refused = await skopeo(vera, 'copy', archive('v1'), `${front()}/shop/copy:one`)
  expect(refused.status).toBe(1)
  const pushed = await skopeo(ada, 'copy', archive('v1'), `${front()}/shop/copy:one`)
  expect(pushed.status, pushed.stderr).toBe(0)
  const { stdout } = await skopeo(vera, 'inspect', '--format={{.Digest}}', `${front()}/shop/copy:one`)
  expect(stdout.trim()).toBe(await digestOf(`${front()}/shop:v1`))
})

test('the engine pulls it, runs it, and pushes it back', async () => {
  const door = `127.0.0.1:${platform.settings.receiverPort}`
  const login = ['-u', 'any', '--password-stdin', '-q']
  const engine = (words: string[]) => platform.berth(['engine', ...words], { input: ada.token })
  await engine(['pull', ...login, `${door}/shop/copy:one`])
  const ran = await engine([
    'run',
    '--rm',
    '--entrypoint',
    '/bin/busybox',
    `${door}/shop/copy:one`,
    'cat',
    '/www/index.html',
  ])
  expect(ran.stdout).toBe('version one\n')
  await engine(['tag', `${door}/shop/copy:one`, `${door}/shop/copy:two`])
  await engine(['push', ...login, `${door}/shop/copy:two`])
  expect(await digestOf(`${front()}/shop/copy:two`)).toBe(await digestOf(`${front()}/shop/copy:one`))
})

test('another Berth pulls a release, and what it pushes is the very image', async () => {
  const login = ['-u', 'any', '--password-stdin', '-q']
  const engine = (words: string[]) => elsewhere(['engine', ...words], { input: ada.token })
  await engine(['pull', ...login, `${place()}/shop:v1`])
  await engine(['tag', `${place()}/shop:v1`, `${place()}/shop/back:1`])
  await engine(['push', ...login, `${place()}/shop/back:1`])
  expect(await digestOf(`${front()}/shop/back:1`)).toBe(await digestOf(`${front()}/shop:v1`))
  await engine(['rmi', `${place()}/shop:v1`, `${place()}/shop/back:1`])
  await engine(['pull', ...login, `${place()}/shop/back:1`])
  const ran = await engine([
    'run',
    '--rm',
    '--entrypoint',
    '/bin/busybox',
    `${place()}/shop/back:1`,
    'cat',
    '/www/index.html',
  ])
  expect(ran.stdout).toBe('version one\n')
})

test('an index of several platforms is copied whole, and a Berth takes what is for its machine', async () => {
  const copied = await skopeo(ada, 'copy', `${front()}/shop:v1`, `${front()}/shop/many:this`)
  expect(copied.status, copied.stderr).toBe(0)
  const described = (digest: string, size: number, architecture: string) => ({
    ...{ mediaType: imageType, digest, size },
    platform: { os: 'linux', architecture },
  })
  const { stdout: manifest } = await skopeo(ada, 'inspect', '--raw', `${front()}/shop/many:this`)
  const own = described(await digestOf(`${front()}/shop/many:this`), manifest.length, hostArchitecture)
  const index = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [own] })
  const put = await fetch(`http://${place()}/v2/shop/many/manifests/1`, {
    ...{ method: 'PUT', body: index },
    headers: { authorization: `Basic ${btoa(`any:${ada.token}`)}`, 'content-type': indexType },
  })
  expect(put.status).toBe(201)
  const all = await skopeo(ada, 'copy', '--all', `${front()}/shop/many:1`, `${front()}/shop/mirror:1`)
  expect(all.status, all.stderr).toBe(0)
  expect((await skopeo(vera, 'inspect', '--raw', `${front()}/shop/mirror:1`)).stdout).toBe(index)
  const login = ['-u', 'any', '--password-stdin', '-q']
  await elsewhere(['engine', 'pull', ...login, `${place()}/shop/mirror:1`], { input: vera.token })
})

test('the password is no one’s who may not see the app', async () => {
  const eve = await person(platform, 'eve', { team: 'Other' })
  expect((await skopeo(eve, 'inspect', `${front()}/shop:v1`)).status).toBe(1)
  expect((await skopeo({ ...ada, token: 'berth_wrong' }, 'inspect', `${front()}/shop:v1`)).status).toBe(1)
})

async function digestOf(image: string): Promise<string> {
  return (await skopeo(ada, 'inspect', '--format={{.Digest}}', image)).stdout.trim()
}

/** The digest that the front door has for a manifest under another of its names, whatever this machine's resolver knows. */
function fetchAs(host: string, { url, authorization }: { url: string; authorization: string }) {
  return new Promise<unknown>((resolve, reject) => {
    request(url, { method: 'HEAD', headers: { host, authorization } }, (answer) => {
      answer.resume()
      resolve(answer.headers['docker-content-digest'])
    })
      .on('error', reject)
      .end()
  })
}
