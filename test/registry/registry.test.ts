import { type CommandResult, command, localRunner } from '@berth/command'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { smallApp } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'

/** Images of releases, pulled and pushed by skopeo through the front door, and by the engine's own client. */
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
  await platform?.remove()
})

const front = () => `docker://berth.localhost:${platform.settings.httpPort}`
const archive = (name: string) => `oci-archive:${platform.directory}/${name}.tar`

function skopeo(as: Signed, verb: 'copy' | 'inspect', ...words: string[]): Promise<CommandResult> {
  const login = `any:${as.token}`
  const flags =
    verb === 'inspect'
      ? ['--tls-verify=false', `--creds=${login}`]
      : ['--src-tls-verify=false', '--dest-tls-verify=false', `--src-creds=${login}`, `--dest-creds=${login}`]
  // Not every resolver knows names under localhost; asked as a proxy, the front door needs none.
  const env = { HTTP_PROXY: `http://127.0.0.1:${platform.settings.httpPort}` }
  return localRunner.run(
    { ...command('skopeo', '--insecure-policy', verb, ...flags, ...words), env },
    { okStatuses: [0, 1] },
  )
}

test('the image of a release is pulled by its version', async () => {
  const pulled = await skopeo(vera, 'copy', `${front()}/shop:v1`, archive('v1'))
  expect(pulled.status, pulled.stderr).toBe(0)
  const { stdout } = await skopeo(vera, 'inspect', `${front()}/shop:v1`)
  expect(JSON.parse(stdout)).toMatchObject({ Os: 'linux', Layers: [expect.any(String), expect.any(String)] })
  const missing = await skopeo(vera, 'inspect', `${front()}/shop:v2`)
  expect(missing.stderr).toContain('manifest unknown')
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
  // The same layers as they were; the configuration is written anew.
  expect(await layersOf(`${front()}/shop/copy:two`)).toEqual(await layersOf(`${front()}/shop/copy:one`))
})

test('the password is no one’s who may not see the app', async () => {
  const eve = await person(platform, 'eve', { team: 'Other' })
  expect((await skopeo(eve, 'inspect', `${front()}/shop:v1`)).status).toBe(1)
  expect((await skopeo({ ...ada, token: 'berth_wrong' }, 'inspect', `${front()}/shop:v1`)).status).toBe(1)
})

async function digestOf(image: string): Promise<string> {
  return (await skopeo(ada, 'inspect', '--format={{.Digest}}', image)).stdout.trim()
}

async function layersOf(image: string): Promise<string[]> {
  return (JSON.parse((await skopeo(ada, 'inspect', image)).stdout) as { Layers: string[] }).Layers
}
