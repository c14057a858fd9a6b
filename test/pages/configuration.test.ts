import { readFile } from 'node:fs/promises'
import type { Visitor } from '@berth/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** What an app is told: hidden, revealed, drafted, reviewed, saved. The app `beacon` is there for this (demo-configuration.ts). */
const path = '/apps/beacon/configuration'
let pages: Pages
let ada: Visitor
let bob: Visitor
let vera: Visitor

beforeAll(async () => {
  pages = await openPages()
  ada = await pages.visitor('ada')
  bob = await pages.visitor('bob')
  vera = await pages.visitor('vera')
})
afterAll(() => pages?.close())

test('a value is not in the page until a developer reveals it, and that is in the audit log', async () => {
  const { page, problems } = bob
  await page.goto(path)
  const rendered = await page.content()
  expect(rendered).toContain('SMTP_PASSWORD')
  expect(rendered).not.toContain('reed-lantern-keel')
  await page.getByRole('button', { name: 'Reveal SMTP_PASSWORD' }).click()
  await page.getByText('reed-lantern-keel').waitFor()
  expect(page.url()).not.toContain('reed')
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain(
    'reed',
  )
  await page.getByRole('button', { name: 'Hide SMTP_PASSWORD' }).click()
  await page.getByText('reed-lantern-keel').waitFor({ state: 'detached' })
  const entries = await ada.page.request.get(
    `/api/trpc/audit.list?input=${encodeURIComponent(JSON.stringify({ team: 'Harbour', action: 'configuration.get', limit: 5 }))}`,
  )
  expect(await entries.text()).toMatch(/"read":\["SMTP_PASSWORD"\]/)
  expect([...problems, ...ada.problems]).toEqual([])
})

test('a viewer sees names and a word why there is no more', async () => {
  const { page, problems } = vera
  await page.goto(path)
  await page.getByText('SMTP_PASSWORD', { exact: true }).first().waitFor()
  await page.getByText('values are for developers and above').waitFor()
  for (const name of [/Reveal/, /Export/, /Edit/, /Remove/, /Add a/, /Paste/])
    expect(await page.getByRole('button', { name }).count()).toBe(0)
  const asked = `input=${encodeURIComponent(JSON.stringify({ app: 'beacon', variable: 'SMTP_PASSWORD' }))}`
  expect((await page.request.get(`/api/trpc/configuration.get?${asked}`)).status()).toBe(403)
  expect(problems).toEqual([])
})

test('a pasted .env is previewed, drafted, reviewed by name and saved as one release', async () => {
  const { page, problems } = ada
  await page.goto(path)
  await page.getByRole('button', { name: 'Paste a .env' }).click()
  const dialog = page.getByRole('dialog')
  const stamp = Date.now()
  await dialog
    .getByLabel('The file’s lines')
    .fill(`SMTP_HOST=mail.harbour.example\nPAGE_SIZE=${stamp}\n1ST=x\n<<<<<<< HEAD\nBERTH_APP=x`)
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await dialog.getByText('3 lines cannot be taken over').waitFor()
  await dialog.getByText('Line 4: it is not `NAME=value`.').waitFor()
  expect(await dialog.getByRole('region', { name: 'Preview' }).textContent()).toMatch(
    /SMTP_HOSTline 1unchangedPAGE_SIZEline 2(new|changed)/,
  )
  await dialog.getByRole('button', { name: 'Put 1 variable into the draft' }).click()
  await page.getByRole('button', { name: 'Remove MAIL_FROM' }).click()
  await page.getByText('2 changes, not saved yet').waitFor()
  await page.getByRole('button', { name: 'Review and save' }).click()
  await page
    .getByRole('dialog')
    .getByText(/Creates v\d+ and restarts web and worker/)
    .waitFor()
  expect(await page.getByRole('dialog').getByRole('region', { name: 'Variables' }).textContent()).toMatch(
    /MAIL_FROMwill be removedPAGE_SIZE/,
  )
  await page.getByRole('button', { name: /Save and deploy v\d+/ }).click()
  await page.getByText(/Saved as v\d+/).waitFor()
  await page.getByRole('link', { name: 'Follow the deployment' }).waitFor()
  await page.getByRole('list', { name: 'History' }).getByText('PAGE_SIZE').first().waitFor()
  // As it was, for whoever tests next.
  await page.getByRole('button', { name: 'Add a variable' }).click()
  await page.getByLabel('Name').fill('MAIL_FROM')
  await page.getByLabel('Value').fill('Beacon <no-reply@harbour.example>')
  await page.getByRole('button', { name: 'Add to the draft' }).click()
  await page.getByRole('button', { name: 'Review and save' }).click()
  await page.getByRole('button', { name: /Save and deploy v\d+/ }).click()
  await page.getByText(/Saved as v\d+/).waitFor()
  expect(problems).toEqual([])
})

test('of two who change it at once the second is told what happened, and keeps the draft', async () => {
  await Promise.all([ada.page.goto(path), bob.page.goto(path)])
  for (const [{ page }, value] of [
    [ada, 'debug'],
    [bob, `error-${Date.now()}`],
  ] as const) {
    await page.getByRole('button', { name: 'Edit LOG_LEVEL' }).click()
    await page.getByLabel('Value of LOG_LEVEL').fill(value)
    await page.getByRole('button', { name: 'Set', exact: true }).click()
    await page.getByText('1 change, not saved yet').waitFor()
  }
  await bob.page.getByRole('button', { name: 'Review and save' }).click()
  await bob.page.getByRole('button', { name: /Save and deploy/ }).click()
  await bob.page.getByText(/Saved as v\d+/).waitFor()
  await ada.page.getByText('Bob Bergen changed the configuration').waitFor()
  await ada.page.getByText('Saving it replaces what they said of LOG_LEVEL.').waitFor()
  await ada.page.getByRole('button', { name: 'Review and save' }).click()
  const dialog = ada.page.getByRole('dialog')
  expect(await dialog.getByRole('button', { name: /Save and deploy/ }).isDisabled()).toBe(true)
  await dialog.getByRole('button', { name: 'Go on with my draft' }).click()
  await dialog.getByRole('button', { name: /Save and deploy/ }).click()
  await ada.page.getByText(/Saved as v\d+/).waitFor()
  expect([...ada.problems, ...bob.problems]).toEqual([])
})

test('who leaves with a draft is asked, and an export is a file', async () => {
  const { page, problems } = bob
  await page.goto(path)
  await page.getByRole('button', { name: 'Remove SMTP_HOST' }).click()
  await page.getByRole('link', { name: 'Logs', exact: true }).click()
  await page
    .getByRole('dialog', { name: 'Leave without saving' })
    .getByRole('button', { name: 'Stay here' })
    .click()
  await page.getByText('1 change, not saved yet').waitFor()
  await page.getByRole('button', { name: 'Export' }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: '.env', exact: true }).click(),
  ])
  expect(file.suggestedFilename()).toBe('beacon.env')
  expect(await readFile(await file.path(), 'utf8')).toContain('SMTP_PASSWORD=reed-lantern-keel')
  await page.getByRole('link', { name: 'Logs', exact: true }).click()
  await page.getByRole('button', { name: 'Discard and leave' }).click()
  await page.waitForURL(/\/logs/)
  expect(problems).toEqual([])
})

test('the pages are whole on a phone and without a flaw that axe knows, in light and in dark', async () => {
  expect(await pages.flaws('ada', ['/apps/beacon/configuration', '/apps/atlas/configuration'])).toEqual([])
})
