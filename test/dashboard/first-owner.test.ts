import { openBrowser, type StoryBrowser, type Visitor } from '@berth/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { untilAnswer, visit } from '../platform/visitors.ts'
import { localAddress, ownerLink, publicAddress, signInLink } from './addresses.ts'

/** From a platform that belongs to nobody to its first owner, and every way in and out. */
let platform: Platform
let browser: StoryBrowser
const password = 'correct horse battery'
const email = 'ada@example.test'

beforeAll(async () => {
  platform = await startPlatform()
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await platform?.remove()
})

const heading = ({ page }: Visitor, name: string) => page.getByRole('heading', { level: 1, name })

test('while there is no owner, the front door shows no dashboard', async () => {
  const answer = await visit(platform, 'berth')
  expect(answer.status).toBe(404)
  expect(answer.body).toContain('No app answers at this address')
})

test('while there is no owner, a stranger at the machine learns where the link is, and cannot register', async () => {
  const stranger = await browser.visitor({ baseURL: localAddress(platform) })
  await stranger.page.goto('/apps/shop')
  await heading(stranger, 'This Berth has no owner yet').waitFor()
  const form = { name: 'Eve', email: 'eve@example.test', password }
  expect(await post(stranger, '/api/auth/sign-up/email', form)).toMatchObject({ status: 404 })
  const guessed = await post(stranger, '/api/welcome', { ...form, token: 'guessed' })
  expect(guessed).toMatchObject({ status: 400, code: 'LINK.INVALID' })
  expect(stranger.problems).toEqual([])
})

test('the link that `berth up` prints makes the first owner, once', async () => {
  const link = await ownerLink(platform)
  const ada = await browser.visitor()
  await ada.page.goto(link)
  await ada.page.getByLabel('Name').fill('Ada')
  await ada.page.getByLabel('E-mail address').fill(email)
  await ada.page.getByLabel('Password').fill(password)
  await ada.page.getByRole('button', { name: 'Make the account' }).click()
  await ada.page.getByText('No apps yet. Push one:').waitFor()
  expect(ada.page.url()).toBe(`${localAddress(platform)}/`)
  expect(ada.problems).toEqual([])

  const second = await browser.visitor({ baseURL: localAddress(platform) })
  await second.page.goto(link)
  await heading(second, 'Sign in').waitFor()
  const token = new URL(link).searchParams.get('token')
  const form = { token, name: 'Eve', email: 'eve@example.test', password }
  expect(await post(second, '/api/welcome', form)).toMatchObject({ status: 400, code: 'LINK.USED' })
})

test('now the front door leads to the dashboard, and asks who it is', async () => {
  await untilAnswer(platform, 'berth', ({ status }) => status === 307, 15_000)
  const ada = await browser.visitor({ baseURL: publicAddress(platform) })
  await ada.page.goto('/account')
  await heading(ada, 'Sign in').waitFor()

  await signIn(ada, 'not her password')
  await ada.page.getByText('Address and password do not match.').waitFor()
  await signIn(ada, password)
  await heading(ada, 'Ada').waitFor()
  expect(ada.page.url()).toBe(`${publicAddress(platform)}/account`)

  await ada.page.getByRole('button', { name: 'Sign out' }).first().click()
  await heading(ada, 'Sign in').waitFor()
  await ada.page.goto('/account')
  await heading(ada, 'Sign in').waitFor()
  expect(ada.problems).toEqual([])
})

test('a page of an app cannot use the cookie of the dashboard to change anything', async () => {
  const ada = await browser.visitor({ baseURL: localAddress(platform) })
  await ada.page.goto('/')
  await signIn(ada, password)
  await heading(ada, 'Apps').waitFor()
  const create = (origin: string, name: string) =>
    ada.page.request.post('/api/trpc/apps.create', {
      data: { name },
      headers: { origin, 'x-berth-request': '1' },
    })
  const app = `http://shop.${platform.settings.baseDomain}:${platform.settings.httpPort}`
  expect((await create(app, 'stolen')).status()).toBe(403)
  expect((await create(localAddress(platform), 'own')).status()).toBe(200)
  await ada.page.reload()
  await ada.page.getByRole('link', { name: 'own', exact: true }).waitFor()
  expect(await ada.page.content()).not.toContain('stolen')
})

test('a link made at the machine signs in once', async () => {
  const link = await signInLink(platform, email)
  const ada = await browser.visitor()
  await ada.page.goto(link)
  await ada.page.getByRole('button', { name: 'Sign in' }).click()
  await heading(ada, 'Apps').waitFor()
  expect(ada.problems).toEqual([])

  const second = await browser.visitor()
  await second.page.goto(link)
  await heading(second, 'This link was used already').waitFor()
})

test('an API token is shown once, and works with `berth` until it is revoked', async () => {
  const ada = await browser.visitor()
  await ada.page.goto(await signInLink(platform, email))
  await ada.page.getByRole('button', { name: 'Sign in' }).click()
  await ada.page.getByRole('button', { name: 'Ada' }).click()
  await ada.page.getByRole('menuitem', { name: 'Account' }).click()
  await ada.page.getByRole('button', { name: 'Create a token' }).click()
  await ada.page.getByPlaceholder('laptop').fill('laptop')
  await ada.page.getByRole('button', { name: 'Create token' }).click()
  const token = (await ada.page.getByTitle(/^berth_/).textContent()) ?? ''
  const command = await ada.page
    .getByText(/^berth login http/)
    .first()
    .textContent()
  const env = { BERTH_URL: command?.split(' ').at(-1) ?? '', BERTH_TOKEN: token }
  expect((await platform.berth(['whoami'], { env })).stdout).toContain(email)

  await ada.page.reload()
  await ada.page.getByText('laptop').waitFor()
  expect(await ada.page.content()).not.toContain(token)
  await ada.page.getByRole('button', { name: 'Revoke the token laptop' }).click()
  await ada.page.getByText('No tokens yet.').waitFor()
  expect((await platform.berth(['whoami'], { env, okStatuses: [1] })).stderr).toMatch(/token/)
  expect(ada.problems).toEqual([])
})

async function signIn({ page }: Visitor, given: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(given)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** As one of the dashboard's own pages would send it. */
async function post(
  { page }: Visitor,
  path: string,
  body: unknown,
): Promise<{ status: number; code: unknown }> {
  const headers = { origin: new URL(page.url()).origin, 'x-berth-request': '1' }
  const answer = await page.request.post(path, { data: body, headers })
  const read = (await answer.json().catch(() => null)) as {
    error?: { data?: { failure?: { code: string } } }
  } | null
  return { status: answer.status(), code: read?.error?.data?.failure?.code ?? null }
}
