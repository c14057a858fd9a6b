import { readFile } from 'node:fs/promises'
import { openBrowser, type StoryBrowser, type Visitor } from '@berth/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gitEnvironment, makeKey, type Signed } from '../platform/person.ts'
import type { Repository } from '../platform/repository.ts'
import { smallApp } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { untilAnswer, visit } from '../platform/visitors.ts'
import { localAddress, ownerLink, publicAddress, signInLink } from './addresses.ts'

/**
 * From a platform that belongs to nobody to a team at work: the first owner and every way in and out, then the first app,
 * from its push by stock git to going back, and a colleague, who may some of it.
 */
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
  expect(ada.page.url()).toMatch(new RegExp(`^${localAddress(platform)}/teams/`))
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
  await ada.page.getByRole('link', { name: 'API tokens' }).click()
  await ada.page.getByRole('button', { name: 'Create a token' }).click()
  await ada.page.getByPlaceholder('laptop').fill('laptop')
  await ada.page.getByRole('button', { name: 'Create token' }).click()
  const token = (await ada.page.getByTitle(/^berth_/).textContent()) ?? ''
  const command = await ada.page
    .getByText(/^berth login http/)
    .first()
    .textContent()
  const env = { BERTH_URL: command?.split(' ')[2] ?? '', BERTH_TOKEN: token }
  expect((await platform.berth(['whoami'], { env })).stdout).toContain(email)

  await ada.page.reload()
  await ada.page.getByRole('listitem').getByText('laptop', { exact: true }).waitFor()
  expect(await ada.page.content()).not.toContain(token)
  await ada.page.getByRole('button', { name: 'Revoke the token laptop' }).click()
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
  await ada.page.getByText('No tokens yet.').waitFor()
  expect((await platform.berth(['whoami'], { env, okStatuses: [1] })).stderr).toMatch(/token/)
  expect(ada.problems).toEqual([])
})

describe('a team at work', () => {
  let ada: Visitor
  let bob: Visitor
  let work: Repository
  let pusher: Signed

  const state = (word: string) => ada.page.getByRole('status').filter({ hasText: word })
  const tab = (name: string) => ada.page.getByRole('link', { name, exact: true }).click()
  /** The release that serves, as the page of the app has it. */
  const serves = (version: string) =>
    ada.page
      .getByRole('region', { name: 'Current release' })
      .getByRole('link', { name: version, exact: true })
      .waitFor({ timeout: 60_000 })

  beforeAll(async () => {
    ada = await browser.visitor({ baseURL: publicAddress(platform) })
    await ada.page.goto('/')
    await signIn(ada, password)
    await heading(ada, 'Apps').waitFor()
    work = await smallApp(platform, 'shop')
  })

  test('an app is made by its name, and the page goes on to a key and the push', async () => {
    const { page } = ada
    await page.getByRole('link', { name: 'New app' }).click()
    await page.getByLabel('Name').fill('shop')
    await page.getByRole('button', { name: 'Create app' }).click()
    await page.getByText('shop is there.').waitFor()
    const keyPath = await makeKey(platform, 'ada')
    await page.getByLabel('Public key').fill(await readFile(`${keyPath}.pub`, 'utf8'))
    await page.getByRole('button', { name: 'Add key' }).click()
    await page.getByRole('heading', { level: 2, name: 'Push', exact: true }).waitFor()
    pusher = { email, token: '', env: {}, keyPath, gitEnv: gitEnvironment(keyPath) }
  })

  test('a push by stock git is watched while it happens, and the app is opened where the page says', async () => {
    const { page } = ada
    const pushing = work.push(pusher, 'shop')
    await page.waitForURL(/\/apps\/shop\/deployments\//, { timeout: 60_000 })
    await page.getByText('COPY www /www').first().waitFor()
    const pushed = await pushing
    expect(pushed.status, pushed.stderr).toBe(0)
    await state('Live').first().waitFor()
    await tab('Overview')
    await serves('v1')
    const [opened] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: `shop.localhost:${platform.settings.httpPort}` }).click(),
    ])
    await opened.getByText('version one').waitFor()
    await opened.close()
    expect(ada.problems).toEqual([])
  })

  test('a variable is set in a draft, reviewed, and makes the next release', async () => {
    const { page } = ada
    await tab('Configuration')
    await page.getByRole('button', { name: 'Add a variable' }).click()
    await page.getByLabel('Name').fill('GREETING')
    await page.getByLabel('Value').fill('ahoy')
    await page.getByRole('button', { name: 'Add to the draft' }).click()
    await page.getByRole('button', { name: 'Review and save' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Save and deploy v2' }).click()
    await page.getByText('Saved as v2').waitFor()
    await tab('Overview')
    await serves('v2')
    expect((await visit(platform, 'shop')).body).toContain('version one')
    expect(ada.problems).toEqual([])
  })

  test('another instance is asked for, and runs', async () => {
    const { page } = ada
    await tab('Processes')
    await page.getByRole('button', { name: 'Scale and limits' }).first().click()
    await page.getByRole('spinbutton', { name: 'Number of instances' }).fill('2')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('web goes from 1 to 2.').waitFor()
    await page.getByText('2 of 2 running').first().waitFor({ timeout: 30_000 })
    expect(ada.problems).toEqual([])
  })

  test('a release that should not have been is taken back, after a look at what that changes', async () => {
    const { page } = ada
    await tab('Overview')
    await page.getByRole('link', { name: 'Roll back to v1' }).click()
    await page.getByText('GREETING').first().waitFor()
    await page.getByRole('button', { name: 'Roll back to v1' }).click()
    await page.waitForURL(/\/apps\/shop\/deployments\//)
    await tab('Overview')
    await serves('v3')
    expect(ada.problems).toEqual([])
  })

  test('a colleague is invited as a developer, and makes an account by the link', async () => {
    const { page } = ada
    await page.goto('/')
    await heading(ada, 'Apps').waitFor()
    await tab('Team')
    await page.getByRole('button', { name: 'Invite somebody' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('E-mail address').fill('bob@example.test')
    await dialog.getByRole('button', { name: 'Invite', exact: true }).click()
    const link = await dialog.getByText(/\/invitation\?token=/).textContent()
    await dialog.getByRole('button', { name: 'Done' }).click()

    bob = await browser.visitor({ baseURL: publicAddress(platform) })
    await bob.page.goto(link ?? '')
    await bob.page.getByLabel('Name').fill('Bob')
    await bob.page.getByLabel('Password').fill(password)
    await bob.page.getByRole('button', { name: 'Make the account and join' }).click()
    await heading(bob, 'Apps').waitFor()
    await bob.page.getByRole('link', { name: 'shop', exact: true }).waitFor()
    expect([...ada.problems, ...bob.problems]).toEqual([])
  })

  test('the colleague configures the app, and may neither remove it nor invite anybody', async () => {
    const { page } = bob
    await page.goto('/apps/shop/settings')
    await page.getByRole('button', { name: 'Lock shop' }).waitFor()
    expect(await page.getByRole('button', { name: 'Remove shop…' }).count()).toBe(0)
    await page.goto('/apps/shop/configuration')
    await page.getByRole('button', { name: 'Add a variable' }).waitFor()
    await page.goto('/')
    await heading(bob, 'Apps').waitFor()
    await page.getByRole('link', { name: 'Team', exact: true }).click()
    await page.getByRole('row', { name: /Bob/ }).waitFor()
    expect(await page.getByRole('button', { name: 'Invite somebody' }).count()).toBe(0)
    // What is not offered is refused as well.
    expect(await post(bob, '/api/trpc/apps.remove', { app: 'shop', confirmedName: 'shop' })).toMatchObject({
      status: 403,
    })
    expect((await visit(platform, 'shop')).status).toBe(200)
    expect(bob.problems).toEqual([])
  })

  test('all of it stands in the activity of the team, for its owner', async () => {
    const { page } = ada
    await tab('Activity')
    for (const words of [
      'Ada created shop',
      /^Ada pushed \w{7} to main of shop/,
      'Ada set GREETING on shop · v2',
      'Ada scaled web 1 → 2 on shop',
      'Ada rolled shop back to v1 · v3',
      /^Ada invited bob@example.test as developer/,
    ])
      await page.getByText(words).first().waitFor()
    await bob.page.getByRole('link', { name: 'Activity', exact: true }).click()
    await bob.page.getByText('Its admins and owners see what everybody did.').waitFor()
    expect(await bob.page.getByText('Ada created shop').count()).toBe(0)
    expect([...ada.problems, ...bob.problems]).toEqual([])
  })
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
  const { status, text } = await page.evaluate(
    async ([to, asked]) => {
      const headers = { 'content-type': 'application/json', 'x-berth-request': '1' }
      const answer = await fetch(to, { method: 'POST', headers, body: asked })
      return { status: answer.status, text: await answer.text() }
    },
    [path, JSON.stringify(body)] as const,
  )
  const failure = /"failure":\{"code":"([A-Z_.]+)"/.exec(text)
  return { status, code: failure?.[1] ?? null }
}
