import { readFile } from 'node:fs/promises'
import { openBrowser, type StoryBrowser, type Visitor } from '@berth/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gitEnvironment, makeKey, type Signed } from '../platform/person.ts'
import type { Repository } from '../platform/repository.ts'
import { smallApp, smallVersion } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { untilAnswer, visit } from '../platform/visitors.ts'
import { localAddress, publicAddress, signInLink } from './addresses.ts'
import { flawsOf, onPhone } from './flaws.ts'
import { tabTo } from './tab-to.ts'

/** The life of an app, seen from the dashboard at the front door, while stock git pushes to it. */
let platform: Platform
let browser: StoryBrowser
let ada: Visitor
let pusher: Signed
let work: Repository
let failedAddress = ''

beforeAll(async () => {
  platform = await startPlatform()
  browser = await openBrowser()
  await platform.berth(['account', 'create', 'ada@example.test', '--name', 'Ada', '--role', 'owner'])
  await untilAnswer(platform, 'berth', ({ status }) => status === 307, 15_000)
  ada = await signedIn('ada@example.test')
  work = await smallApp(platform, 'shop')
})

afterAll(async () => {
  await browser?.close()
  await platform?.remove()
})

async function signedIn(email: string, address = publicAddress(platform)): Promise<Visitor> {
  const visitor = await browser.visitor({ baseURL: address })
  await visitor.page.goto(await signInLink(platform, email, address))
  await visitor.page.getByRole('button', { name: 'Sign in' }).click()
  await visitor.page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor()
  return visitor
}

test('an app is created by its name, and the page goes on to a key and the push', async () => {
  const { page } = ada
  await page.getByRole('link', { name: 'New app' }).click()
  await page.getByLabel('Name').fill('Not A Name')
  await page.getByRole('button', { name: 'Create app' }).click()
  await page.getByRole('alert').getByText(/name/).waitFor()
  await page.getByLabel('Name').fill('shop')
  await page.getByRole('button', { name: 'Create app' }).click()
  await page.getByText('shop is there.').waitFor()

  const keyPath = await makeKey(platform, 'ada')
  await page.getByLabel('Public key').fill(await readFile(keyPath, 'utf8'))
  await page.getByRole('button', { name: 'Add key' }).click()
  await page
    .getByRole('alert')
    .getByText(/private/)
    .waitFor()
  await page.getByLabel('Public key').fill(await readFile(`${keyPath}.pub`, 'utf8'))
  await page.getByRole('button', { name: 'Add key' }).click()
  await page.getByRole('heading', { level: 2, name: 'Push', exact: true }).waitFor()
  pusher = { email: '', token: '', env: {}, keyPath, gitEnv: gitEnvironment(keyPath) }
})

test('the commands on the page, as they stand there, deploy; the deployment is followed while it happens', async () => {
  const { page } = ada
  const commands = await page
    .getByRole('region', { name: 'Commands to deploy' })
    .locator('code')
    .allTextContents()
  expect(commands).toEqual([
    `git remote add berth ssh://git@localhost:${platform.settings.sshPort}/shop.git`,
    'git push berth main',
  ])
  await page.getByRole('link', { name: 'Open shop' }).click()
  await page.getByText('Nothing deployed yet. Push a repository with a Dockerfile:').waitFor()

  await work.commit(smallVersion('one', 3), 'Open the shop')
  await work.git(...(commands[0] ?? '').split(' ').slice(1))
  const pushing = work.push(pusher, 'shop')
  await page.getByRole('heading', { name: 'Recent deployments' }).waitFor()
  await page.getByRole('link', { name: /^(Deployment without a release|Release v1)$/ }).click()
  await state('Starting').waitFor()
  await page.getByText('COPY www /www').first().waitFor()
  const pushed = await pushing
  expect(pushed.status, pushed.stderr).toBe(0)
  await page.getByRole('heading', { level: 2, name: 'v1' }).waitFor()
  await state('Live').first().waitFor()
  await page.getByRole('button', { name: 'Done: Starting web.1' }).waitFor()
  expect(ada.problems).toEqual([])
})

const state = (word: string) => ada.page.getByRole('status').filter({ hasText: word })

test('the page of the app says that it is up, where, since when, and what runs', async () => {
  const { page } = ada
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByRole('heading', { name: 'Current release' }).waitFor()
  await state('Live').waitFor()
  await page.getByText('Open the shop').first().waitFor()
  const instance = page.getByRole('listitem').filter({ hasText: 'web.1' })
  await instance.getByText('Running').waitFor()
  const address = page.getByRole('link', { name: `shop.localhost:${platform.settings.httpPort}` })
  expect(await address.getAttribute('href')).toBe(`http://shop.localhost:${platform.settings.httpPort}`)
  expect(ada.problems).toEqual([])
})

test('what the app prints is on the page of its logs a moment later', async () => {
  const { page } = ada
  await page.getByRole('link', { name: 'Logs' }).click()
  for (const path of ['/first-page', '/second-page']) {
    await visit(platform, 'shop', path)
    // Twice: the app prints it, and the front door tells of the request.
    await page.getByRole('log').getByText(path).first().waitFor({ timeout: 5_000 })
  }
  expect(ada.problems).toEqual([])
})

test('a push that fails says why on top of its deployment, with what to do', async () => {
  const { page } = ada
  await page.getByRole('link', { name: 'Deployments' }).click()
  await work.commit({ Dockerfile: 'FROM scratch\nCOPY missing /missing\n' }, 'Break it')
  const pushed = await work.push(pusher, 'shop')
  expect(pushed.status).toBe(1)
  await page.getByRole('link', { name: 'Deployment without a release' }).click()
  const notice = page.getByRole('main').getByRole('alert')
  await notice.getByText('Dockerfile:2: there is no "missing" in the repository.', { exact: true }).waitFor()
  await notice.getByText('> 2 | COPY missing /missing').waitFor()
  await notice.getByText('Is it committed, and spelled as in the repository?').waitFor()
  await state('Failed').waitFor()
  failedAddress = page.url()
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByText('The version before it is still serving.').waitFor()
  expect((await visit(platform, 'shop')).body).toContain('version one')
  expect(ada.problems).toEqual([])
})

test('every page is whole on a phone and without a flaw that axe knows, in light and in dark', async () => {
  const tabs = ['', '/deployments', '/logs', '/settings'].map((tab) => `/apps/shop${tab}`)
  const paths = ['/', '/apps/new', '/account', ...tabs, new URL(failedAddress).pathname]
  const storageState = await ada.page.context().storageState()
  const phone = await browser.visitor({ baseURL: new URL(ada.page.url()).origin, storageState, ...onPhone })
  expect(await flawsOf(phone, paths)).toEqual([])
})

test('a keyboard is enough to sign in and to open an app', async () => {
  const { page, problems } = await browser.visitor({ baseURL: publicAddress(platform) })
  await page.goto(await signInLink(platform, 'ada@example.test'))
  await page.locator('button:focus').waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor()
  await tabTo(page, 'Skip to content')
  await page.keyboard.press('Enter')
  await tabTo(page, 'shop')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'shop' }).waitFor()
  await tabTo(page, 'Logs')
  await page.keyboard.press('Enter')
  await page.getByRole('log').waitFor()
  expect(problems).toEqual([])
})

test('for a member of another team there is no such app', async () => {
  await platform.berth([
    'account',
    'create',
    'eve@example.test',
    '--name',
    'Eve',
    '--team',
    'Another',
    '--role',
    'owner',
  ])
  const eve = await signedIn('eve@example.test', localAddress(platform))
  expect(await eve.page.getByText('shop').count()).toBe(0)
  await eve.page.goto('/apps/shop')
  await eve.page.getByRole('heading', { name: 'Nothing here' }).waitFor()
  const pages = ['', '/deployments', '/deployments/v1', '/logs', '/settings'].map(
    (page) => `/apps/shop${page}`,
  )
  for (const path of [...pages, new URL(failedAddress).pathname, '/apps/no-such-app'])
    expect((await eve.page.request.get(path)).status(), path).toBe(404)
  expect(eve.problems).toEqual([])
})

test('an app goes when its name has been typed, and not before', async () => {
  const { page } = ada
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Remove' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('shoe')
  expect(await dialog.getByRole('button', { name: /Remove/ }).isEnabled()).toBe(false)
  await dialog.getByRole('textbox').fill('shop')
  await dialog.getByRole('button', { name: /Remove/ }).click()
  await page.getByText('No apps yet. Push one:').waitFor()
  await untilAnswer(platform, 'shop', ({ status }) => status === 404, 15_000)
  expect(ada.problems).toEqual([])
})
