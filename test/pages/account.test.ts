import { codeFor } from '@berth/database/tests/people-house.ts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** What is one's own: name, ways in, sessions, keys, tokens, and the end of all that. */
let pages: Pages

beforeAll(async () => {
  pages = await openPages()
})
afterAll(() => pages?.close())

const password = 'a long enough password'
const dialog = (page: Page) => page.getByRole('dialog')

test('somebody takes another name, which stands above their account', async () => {
  const { page, problems } = await pages.visitor('bob')
  await page.goto('/account')
  for (const name of ['Bob B. Bergen', 'Bob Bergen']) {
    await page.getByLabel('Your name').fill(name)
    await page.getByRole('button', { name: 'Save the name' }).click()
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
  }
  await page.getByRole('list', { name: 'Teams' }).getByText('You are a developer.').waitFor()
  expect(problems).toEqual([])
})

test('an authenticator is set up with a code for the camera, gives recovery codes once, and is turned off', async () => {
  const { page, problems } = await pages.signIn('vera')
  await page.goto('/account/security')
  await page.getByRole('button', { name: 'Set up an authenticator' }).click()
  await page.getByLabel('Your password').fill(password)
  await page.getByRole('button', { name: 'Set up an authenticator' }).click()
  await page.getByRole('img', { name: 'For the camera of the authenticator' }).waitFor()
  const uri = (await page.getByText(/^otpauth:/).textContent()) ?? ''

  await page.getByLabel('Code', { exact: true }).fill('000000')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('The code is not right.').waitFor()
  await page.getByLabel('Code', { exact: true }).fill(codeFor(uri))
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('The authenticator is asked for from now on.').waitFor()
  expect(await page.getByText(/^\w{5}-\w{5}$/).count()).toBe(10)
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.reload()
  expect(await page.getByText(/^\w{5}-\w{5}$/).count()).toBe(0)

  await page.getByRole('button', { name: 'Turn off' }).click()
  await dialog(page).getByLabel('Your password').fill('not her password')
  await dialog(page).getByRole('button', { name: 'Turn it off' }).click()
  await dialog(page).getByText('The password is not right.').waitFor()
  await dialog(page).getByLabel('Your password').fill(password)
  await dialog(page).getByRole('button', { name: 'Turn it off' }).click()
  await page.getByText('The password alone lets you in now.').waitFor()
  expect(problems).toEqual([])
})

test('sessions are listed with this one marked, and the others end together', async () => {
  const other = await pages.signIn('bob')
  const { page, problems } = await pages.signIn('bob')
  await page.goto('/account/sessions')
  const sessions = page.getByRole('list', { name: 'Sessions' }).getByRole('listitem')
  await sessions.first().getByText('This one').waitFor()
  expect(await sessions.count()).toBeGreaterThan(1)
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
  await dialog(page).getByRole('button', { name: 'Sign out the others' }).click()
  await page.getByText(/other sessions? (has|have) ended/).waitFor()
  await expect.poll(() => sessions.count()).toBe(1)
  await other.page.goto('/account')
  await other.page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
  expect(problems).toEqual([])
})

test('a token is made for one app and for deploying, shown once, and revoked by question', async () => {
  const { page, problems } = await pages.visitor('ada')
  const name = `ci ${Date.now()}`
  await page.goto('/account/tokens')
  await page.getByRole('button', { name: 'Create a token' }).click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('radio', { name: /^Deploys/ }).check()
  await page.getByLabel('Counts for').selectOption('the app shop')
  await page.getByLabel('Valid for').selectOption('30 days')
  await page.getByRole('button', { name: 'Create token' }).click()
  await page.getByText('Copy the token now: it is not shown again.').waitFor()
  await page.getByText(/^berth_[\w-]{20}/).waitFor()
  await page.getByRole('button', { name: 'I have copied it' }).click()

  const token = page.getByRole('list', { name: 'API tokens' }).getByRole('listitem').filter({ hasText: name })
  await token.getByText('Deploys · shop alone').waitFor()
  await token.getByText('expires in 30 days').waitFor()
  await token.getByRole('button', { name: 'Revoke' }).click()
  await dialog(page).getByRole('button', { name: 'Revoke', exact: true }).click()
  await dialog(page).waitFor({ state: 'detached' })
  await token.waitFor({ state: 'detached' })

  await page.goto('/account/activity')
  await page.getByText(`Revoked the token ${name}`).waitFor()
  expect(problems).toEqual([])
})

test('an account is deleted by its address alone, and not while a team has no other owner', async () => {
  const { page, problems } = await pages.visitor('ada')
  await page.goto('/account')
  await page.getByRole('button', { name: 'Delete the account…' }).click()
  const last = dialog(page).getByRole('button', { name: 'Delete it for good' })
  await dialog(page).getByLabel('Your e-mail address').fill('bob@example.com')
  expect(await last.isDisabled()).toBe(true)
  await dialog(page).getByLabel('Your e-mail address').fill('ada@example.com')
  await last.click()
  await dialog(page)
    .getByText(/^This account is the last owner of Harbour and Lighthouse/)
    .waitFor()
  await dialog(page).getByRole('button', { name: 'Keep it' }).click()
  expect(problems).toEqual([])
})

test('the pages of an account fit a phone, and axe finds nothing', async () => {
  const parts = ['', '/security', '/sessions', '/keys', '/tokens', '/activity']
  expect(
    await pages.flaws(
      'ada',
      parts.map((part) => `/account${part}`),
    ),
  ).toEqual([])
})
