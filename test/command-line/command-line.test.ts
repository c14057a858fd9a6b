import { setTimeout as sleep } from 'node:timers/promises'
import { command, localRunner } from '@berth/command'
import { settingsEnvironment } from '@berth/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import type { Repository } from '../platform/repository.ts'
import { smallApp } from '../platform/small-app.ts'
import { checkout, type Platform, startPlatform } from '../platform/start-platform.ts'
import { visit } from '../platform/visitors.ts'

let platform: Platform
let ada: Signed
let work: Repository

beforeAll(async () => {
  platform = await startPlatform()
  ada = await person(platform, 'ada')
  work = await smallApp(platform, 'shop')
  const pushed = await work.push(ada, 'shop')
  expect(pushed.status, pushed.stderr).toBe(0)
})

afterAll(async () => {
  await platform?.remove()
})

const berth = async (...words: string[]) => (await platform.berth(words, { env: ada.env })).stdout

test('apps are listed for people and for programs', async () => {
  expect(await berth('apps')).toMatch(/NAME +STATE +RELEASE[\s\S]*shop +live +v1/)
  expect(JSON.parse(await berth('apps', '--json'))).toMatchObject([{ name: 'shop', state: 'live' }])
})

test('an app is created with what to do next', async () => {
  expect(await berth('create', 'other')).toMatch(/git remote add berth ssh:\/\/git@.*other\.git/)
  const again = await platform.berth(['create', 'other'], { env: ada.env, okStatuses: [1] })
  expect(again.stderr).toMatch(/ ! {5}.*other/)
})

test('releases name version, person and commit', async () => {
  expect(await berth('releases', '--app', 'shop')).toMatch(/v1 .*ada .*[0-9a-f]{8} +Version one/)
  expect(JSON.parse(await berth('releases', '--app', 'shop', '--json'))).toMatchObject([
    { version: 1, by: 'ada' },
  ])
})

test('the app is found by the git remote of the directory', async () => {
  await work.git('remote', 'add', 'berth', `ssh://git@127.0.0.1:${platform.settings.sshPort}/shop.git`)
  const { stdout } = await platform.berth(['releases'], { env: ada.env, cwd: work.directory })
  expect(stdout).toContain('v1')
})

test('logs follow what the app prints', async () => {
  const words = [`${checkout}/apps/cli/src/berth.ts`, 'logs', '-f', '--app', 'shop']
  const env = { ...settingsEnvironment(platform.settings), ...ada.env }
  const following = localRunner.start({ ...command(process.execPath, ...words), env })
  let printed = ''
  following.stdout?.on('data', (chunk) => {
    printed += chunk
  })
  for (let tries = 0; tries < 100 && !printed.includes('/a-page-to-find'); tries += 1) {
    await visit(platform, 'shop', '/a-page-to-find')
    await sleep(100)
  }
  following.kill('SIGINT')
  expect((await following.exited).status).toBe(0)
  expect(printed).toMatch(/app\[web\.1\] .*\/a-page-to-find/)
})

test('instances are listed', async () => {
  expect(await berth('ps', '--app', 'shop')).toMatch(/web\.1 +running +v1/)
})

test('images are managed at the machine, with the platform running', async () => {
  const { stdout } = await platform.berth(['image', 'list', '--json'])
  const [image] = JSON.parse(stdout) as { name: string; digest: string }[]
  expect(image?.name).toContain('shop')
  await platform.berth(['image', 'tag', image?.digest ?? '', 'kept:now'])
  expect((await platform.berth(['image'])).stdout).toContain('kept:now')
  await platform.berth(['image', 'remove', 'kept:now'])
  expect((await platform.berth(['image'])).stdout).not.toContain('kept:now')
})

test('the signed-in person is kept in a profile that only they can read', async () => {
  const home = `${platform.directory}/config`
  const env = { XDG_CONFIG_HOME: home }
  await platform.berth(['login', ada.env.BERTH_URL ?? '', '--token'], { env, input: `${ada.token}\n` })
  const { stdout } = await platform.berth(['whoami'], { env })
  expect(stdout).toContain(ada.email)
  const { stdout: mode } = await localRunner.run(command('stat', '-c', '%a', `${home}/berth/profile.json`))
  expect(mode.trim()).toBe('600')
  await platform.berth(['logout'], { env })
  expect((await platform.berth(['whoami'], { env, okStatuses: [1] })).stderr).toContain('berth login')
})

test.each([
  [['releses'], / ! {5}unknown command 'releses'\n.*Did you mean releases/],
  [['releases', '--app', 'nowhere'], /no app "nowhere"/],
  [['deployments', 'cancel', '--app', 'shop'], /is being built or deployed/],
  [['create'], /missing required argument 'name'/],
  [['logs', '--app', 'shop', '--tail', 'many'], /number up to 10000/],
])('%j says what is wrong, and ends with status 1', async (words, says) => {
  const { stderr } = await platform.berth(words, { env: ada.env, okStatuses: [1] })
  expect(stderr).toMatch(says)
})

test('without a token, a command says how to sign in', async () => {
  const { stderr } = await platform.berth(['apps'], {
    env: { XDG_CONFIG_HOME: '/nonexistent' },
    okStatuses: [1],
  })
  expect(stderr).toContain('berth login')
})
