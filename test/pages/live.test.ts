import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** Pages that are looked at follow what others do, and say so where they cannot. */
let pages: Pages

beforeAll(async () => {
  pages = await openPages()
})
afterAll(() => pages?.close())

const settings = '/apps/blog/settings'
const overview = '/apps/blog'

test('two people see the same: what one does is on the other’s page, without a word of theirs', async () => {
  const [ada, vera] = [await pages.visitor('ada'), await pages.visitor('vera')]
  await vera.page.goto(overview)
  await ada.page.goto(settings)
  await ada.page.getByLabel('Reason').fill('the database moves')
  await ada.page.getByRole('button', { name: 'Lock blog' }).click()
  await vera.page
    .getByText(/Locked by Ada/)
    .first()
    .waitFor()
  await ada.page.getByRole('button', { name: 'Unlock blog' }).click()
  await vera.page
    .getByText(/Locked by Ada/)
    .first()
    .waitFor({ state: 'detached' })
  expect([...ada.problems, ...vera.problems]).toEqual([])
})

test('a lost connection is said, what was there stays, and what happened meanwhile comes when it is back', async () => {
  const [ada, vera] = [await pages.visitor('ada'), await pages.visitor('vera')]
  await vera.page.goto(overview)
  await vera.page.getByRole('heading', { level: 1, name: 'blog' }).waitFor()
  await vera.page.context().setOffline(true)
  await vera.page.getByText('Not connected').first().waitFor()
  await vera.page.getByRole('heading', { level: 1, name: 'blog' }).waitFor()

  await ada.page.goto(settings)
  await ada.page.getByLabel('Reason').fill('nobody hears of it')
  await ada.page.getByRole('button', { name: 'Lock blog' }).click()
  await ada.page.getByRole('button', { name: 'Unlock blog' }).waitFor()
  await vera.page.context().setOffline(false)
  await vera.page
    .getByText(/Locked by Ada/)
    .first()
    .waitFor()
  await expect.poll(() => vera.page.getByText('Not connected').count(), { timeout: 30_000 }).toBe(0)
  await ada.page.getByRole('button', { name: 'Unlock blog' }).click()
  await ada.page.getByRole('button', { name: 'Lock blog' }).waitFor()
  expect(ada.problems).toEqual([])
  // The browser itself tells of what it could not load.
  expect(vera.problems.filter((problem) => !problem.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([])
})
