import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** Members, what was done, and what is set about a team. */
let pages: Pages

beforeAll(async () => {
  pages = await openPages()
})
afterAll(() => pages?.close())

const dialog = (page: Page) => page.getByRole('dialog')

test('an owner invites somebody, is given the link to pass on, and takes the invitation back', async () => {
  const { page, problems } = await pages.visitor('ada')
  const address = `guest-${Date.now()}@example.com`
  await page.goto('/teams/Harbour/members')
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  await dialog(page).getByLabel('E-mail address').fill(address)
  await dialog(page)
    .getByRole('radio', { name: /^Viewer/ })
    .check()
  await dialog(page).getByRole('button', { name: 'Invite', exact: true }).click()
  await dialog(page).getByText(`Pass this link on to ${address}.`).waitFor()
  await dialog(page)
    .getByText(/\/invitation\?token=\S{20}/)
    .waitFor()
  await dialog(page).getByRole('button', { name: 'Done' }).click()

  const invitation = page
    .getByRole('list', { name: 'Invitations' })
    .getByRole('listitem')
    .filter({ hasText: address })
  await invitation.getByText('as a viewer').waitFor()
  await invitation.getByRole('button', { name: 'Take back' }).click()
  await dialog(page).getByRole('button', { name: 'Take it back' }).click()
  await invitation.waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

test('a role is chosen by what it may, and the last owner is told why they cannot leave', async () => {
  const { page, problems } = await pages.visitor('ada')
  await page.goto('/teams/Harbour/members')
  const vera = page.getByRole('row', { name: /Vera Viken/ })
  for (const [role, button] of [
    ['Developer', 'Make a developer'],
    ['Viewer', 'Make a viewer'],
  ] as const) {
    await page.getByRole('button', { name: 'More for Vera Viken' }).click()
    await page.getByRole('menuitem', { name: 'Change role…' }).click()
    await dialog(page)
      .getByRole('radio', { name: new RegExp(`^${role}`) })
      .check()
    await dialog(page).getByRole('button', { name: button }).click()
    await vera.getByRole('cell', { name: role }).waitFor()
  }
  await page.getByRole('button', { name: 'More for Ada Lovelace' }).click()
  await page.getByRole('menuitem', { name: 'Leave the team…' }).click()
  await dialog(page).getByText('You are the last owner of Harbour').waitFor()
  await dialog(page).getByRole('button', { name: 'Stay' }).click()
  expect(problems).toEqual([])
})

test('a viewer looks at the members, and is offered nothing that they may not do', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/teams/Harbour/members')
  await page.getByRole('row', { name: /Ada Lovelace/ }).waitFor()
  expect(await page.getByRole('button', { name: 'Invite somebody' }).count()).toBe(0)
  expect(await page.getByRole('button', { name: 'More for Bob Bergen' }).count()).toBe(0)

  await page.goto('/teams/Harbour/activity')
  await page.getByText('Its admins and owners see what everybody did.').waitFor()
  expect(await page.getByRole('button', { name: 'Export' }).count()).toBe(0)

  await page.goto('/teams/Harbour/settings')
  expect(await page.getByRole('link', { name: 'Notifications' }).count()).toBe(0)
  await page.goto('/teams/Harbour/settings/notifications')
  await page.getByText('This is for developers, admins and owners of the team.').waitFor()
  expect(problems).toEqual([])
})

test('activity reads as sentences, is filtered in the address, and goes back', async () => {
  const { page, problems } = await pages.visitor('ada')
  await page.goto('/teams/Harbour/activity')
  const entry = page.getByText('Bob Bergen set GREETING and 2 others on shop · v14').first()
  await entry.click()
  await page.getByRole('table', { name: 'Before and after' }).getByText('CURRENCY, TAX_RATE').waitFor()

  await page.getByLabel('App', { exact: true }).selectOption('tides')
  await page.waitForURL(/[?&]app=tides/)
  await page.getByText('Ada Lovelace rolled tides back to v4 · v6').waitFor()
  expect(await entry.count()).toBe(0)
  await page.getByLabel('Time').selectOption('the last 30 days')
  await page.waitForURL(/[?&]since=30d/)
  await page.goBack()
  await page.waitForURL((url) => url.search === '?app=tides')

  await page.getByRole('link', { name: 'Clear filters' }).click()
  await page.getByRole('link', { name: 'Older' }).click()
  await page.waitForURL(/[?&]after=/)
  await page.getByRole('link', { name: 'Newest' }).click()
  await entry.waitFor()
  expect(problems).toEqual([])
})

test('the activity leaves as a file, with the filter that is chosen', async () => {
  const { page, problems } = await pages.visitor('ada')
  await page.goto('/teams/Harbour/activity?action=members')
  await page.getByRole('button', { name: 'Export' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'As CSV, for a spreadsheet' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('activity.csv')
  const chunks = await (await download.createReadStream()).toArray()
  const [head, ...rows] = Buffer.concat(chunks).toString().trim().split('\r\n')
  expect(head).toMatch(/^at,endedAt,who,by,action/)
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.filter((row) => !row.includes('"members.'))).toEqual([])
  expect(problems).toEqual([])
})

test('a webhook is added with a secret that is shown once, told of other things, and removed by question', async () => {
  const { page, problems } = await pages.visitor('ada')
  const host = `hooks-${Date.now()}.example.com`
  await page.goto('/teams/Harbour/settings/notifications')
  await page.getByRole('button', { name: 'Add a notification' }).click()
  await dialog(page)
    .getByRole('radio', { name: /^Webhook/ })
    .check()
  await dialog(page).getByLabel('Address of the webhook').fill(`https://${host}/in/secret-path`)
  await dialog(page).getByRole('button', { name: 'Add', exact: true }).click()
  await dialog(page)
    .getByText(/^whsec_/)
    .waitFor()
  await dialog(page).getByRole('button', { name: 'I have copied it' }).click()

  const item = page
    .getByRole('list', { name: 'Notifications' })
    .getByRole('listitem')
    .filter({ hasText: host })
  await item.getByRole('button', { name: 'Change' }).click()
  for (const kind of ['A build failed', 'A deployment failed']) await dialog(page).getByLabel(kind).uncheck()
  await dialog(page).getByRole('button', { name: 'Save' }).click()
  await item.getByText(/^Told of crash loops,/).waitFor()
  expect(await page.getByText('secret-path').count()).toBe(0)

  await item.getByRole('button', { name: 'Remove' }).click()
  await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click()
  await item.waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

test('what a team asks of its members says first whom it keeps out', async () => {
  const { page, problems } = await pages.visitor('ada')
  await page.goto('/teams/Harbour/settings')
  await page.getByRole('radio', { name: /^A second factor/ }).check()
  await page.getByText(/^Kept out until they set one up: .*Bob Bergen/).waitFor()
  await page.getByRole('button', { name: 'Ask for this' }).click()
  await page.getByText('You would lock yourself out').waitFor()
  expect(problems).toEqual([])
})

test('the pages of a team fit a phone, and axe finds nothing', async () => {
  const parts = ['members', 'activity', 'settings', 'settings/notifications', 'settings/registries']
  const paths = parts.map((part) => `/teams/Harbour/${part}`)
  expect(await pages.flaws('ada', paths)).toEqual([])
})
