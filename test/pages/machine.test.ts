import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** The machine, as those see it who look after it. */
let pages: Pages

beforeAll(async () => {
  pages = await openPages()
})
afterAll(() => pages?.close())

test('the machine says what it is used for, and its values go on by themselves', async () => {
  const { page, problems } = await pages.visitor('ada')
  await page.goto('/teams/Harbour')
  await page.getByRole('link', { name: 'Machine' }).click()
  await page.getByRole('heading', { level: 1, name: 'Machine' }).waitFor()
  const uses = page.getByRole('list', { name: 'Disk by use' })
  await uses.getByText('Build cache').waitFor()
  await page.getByText('of 4 cores').waitFor()
  await page.getByText('HAProxy', { exact: true }).waitFor()
  await page.getByRole('cell', { name: 'Front door' }).waitFor()
  const load = () => page.getByText(/^Load /).textContent()
  const before = await load()
  await expect.poll(load, { timeout: 15_000 }).not.toBe(before)
  expect(problems).toEqual([])
})

test('a job that was given up says why, and is queued once more', async () => {
  const { page, problems } = await pages.visitor('ada')
  await page.goto('/machine')
  const jobs = page.getByRole('table', { name: 'Jobs' }).getByRole('row')
  const failed = jobs.filter({ hasText: 'Failed' })
  const many = await failed.count()
  expect(many).toBeGreaterThan(0)
  await failed.first().getByText('The disk is full: 0 of 120 GB are free.').waitFor()
  await failed
    .first()
    .getByRole('button', { name: /^Try again/ })
    .click()
  await page.getByText(/ is queued again\.$/).waitFor()
  await expect.poll(() => failed.count()).toBe(many - 1)
  expect(problems).toEqual([])
})

test('certificates come with their end, whichever is nearest first, and lead to their app', async () => {
  const { page, problems } = await pages.visitor('ada')
  await page.goto('/machine')
  const table = page.getByRole('table', { name: 'Certificates' })
  const soon = table.getByRole('row').filter({ hasText: 'archive.example.com' })
  await soon.getByText('Ends soon').waitFor()
  await soon.getByText(/^in \d days$/).waitFor()
  await table.getByText('ferry.harbour.example does not lead to this machine').waitFor()
  expect(await soon.getByRole('link', { name: 'archive' }).getAttribute('href')).toBe('/apps/archive/domains')
  expect(problems).toEqual([])
})

test('the machine is not for those who look after apps alone', async () => {
  const { page, problems } = await pages.visitor('bob')
  await page.goto('/teams/Harbour')
  expect(await page.getByRole('link', { name: 'Machine' }).count()).toBe(0)
  await page.goto('/machine')
  await page.getByText('Owners and admins look after the machine').waitFor()
  expect(await page.getByRole('table', { name: 'Jobs' }).count()).toBe(0)
  expect(problems).toEqual([])
})

test('it is whole on a phone and without a flaw that axe knows, in light and in dark', async () => {
  expect(await pages.flaws('ada', ['/machine'])).toEqual([])
}, 60_000)
