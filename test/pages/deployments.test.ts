import type { Visitor } from '@berth/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** Deployments of `quay` (apps/dashboard/dev/demo-deployments.ts): followed, looked through, compared, gone back to. */
let pages: Pages
let ada: Visitor

beforeAll(async () => {
  pages = await openPages()
  ada = await pages.visitor('ada')
})
afterAll(() => pages?.close())

const log = () => ada.page.getByRole('log')
const row = (number: number) => log().locator(`[data-line="${number}"]`)
const rowCount = () => log().locator('[data-line]').count()
const search = () => ada.page.getByRole('searchbox', { name: 'Search in the log' })

test('a failure stands on top with what to do, its step is marked, and the log is open at its line', async () => {
  const { page, problems } = ada
  await page.goto('/apps/quay/deployments/v49')
  const notice = page.getByRole('main').getByRole('alert')
  await notice.getByText('web.1 did not get healthy: its check GET /health failed 3 times').waitFor()
  await notice.getByText('v48 goes on serving.').waitFor()
  const steps = page.getByRole('list', { name: 'Steps: Deploy' })
  await steps.getByRole('button', { name: 'Failed: Starting web.1' }).waitFor()
  await page.getByRole('list', { name: 'Steps: Build' }).getByText('CACHED').first().waitFor()
  await page.getByText('6 of 9 steps reused, 41 s saved').first().waitFor()
  await log().getByText('Check GET /health, 3 of 3: the answer was 503').waitFor()
  expect(problems).toEqual([])
})

test('one step alone, folded away, and all again; the step stands in the address', async () => {
  const { page, problems } = ada
  await page.goto('/apps/quay/deployments/v49')
  await page.getByRole('button', { name: 'Done: Running the release command: npm run migrate' }).click()
  await log().getByText('nothing to migrate').waitFor()
  expect(await log().getByText('tile 000001').count()).toBe(0)
  await page.reload()
  await log().getByText('nothing to migrate').waitFor()
  expect(new URL(page.url()).searchParams.get('step')).toBe('10')
  await page.getByRole('button', { name: 'Done: Running the release command: npm run migrate' }).click()
  await log().getByText('Check GET /health, 3 of 3: the answer was 503').waitFor()
  await log().press('Home')
  await log().getByText('tile 000001').waitFor()
  await log()
    .getByRole('button', { name: /RUN npm run build/ })
    .click()
  await log().getByText('60 lines').waitFor()
  expect(await log().getByText('tile 000001').count()).toBe(0)
  await page.getByRole('button', { name: 'Fold all steps' }).click()
  await page.getByRole('button', { name: 'Unfold all steps' }).click()
  await log().getByText('tile 000001').waitFor()
  expect(problems).toEqual([])
})

test('a line is linked to: the address shows it again, and its link can be copied', async () => {
  const { page, problems } = ada
  await page.goto('/apps/quay/deployments/v49?line=20')
  await page.getByText('Line 20', { exact: true }).waitFor()
  await row(20).getByText('tile 000013').waitFor()
  await row(24).getByRole('link', { name: 'Line 24' }).click()
  expect(new URL(page.url()).hash).toBe('#L24')
  await page.reload()
  await page.getByText('Line 24', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Copy the link to line 24' }).waitFor()
  expect(problems).toEqual([])
})

test('of 100,000 lines few are drawn; the end, and what is searched for, are there at once', async () => {
  const { page, problems } = ada
  await page.goto('/apps/quay/deployments/v45')
  await page.getByText(/^100,0\d\d lines$/).waitFor({ timeout: 60_000 })
  expect(await rowCount()).toBeLessThan(150)
  await page.keyboard.press('/')
  await page.keyboard.type('the depth is not known')
  await page.getByRole('status').filter({ hasText: '10 lines' }).waitFor({ timeout: 30_000 })
  await page.keyboard.press('Enter')
  await log().getByText('tile 009973').waitFor()
  await page.keyboard.press('Shift+Enter')
  await page.getByRole('status').filter({ hasText: '10 of 10' }).waitFor()
  await log().getByText('tile 099730').waitFor()
  await page.getByRole('button', { name: 'Wrap long lines' }).click()
  await page.getByRole('button', { name: 'To the end' }).click()
  await log().getByText('Switching the route').waitFor()
  expect(await rowCount()).toBeLessThan(150)
  expect(problems).toEqual([])
})

test('a running deployment is followed until somebody scrolls up, and then says how many lines are new', async () => {
  const { page, problems } = ada
  await page.goto('/apps/quay/deployments/v50')
  await page.getByRole('status').filter({ hasText: 'release command' }).waitFor()
  await log()
    .getByText(/moved 3\d{4} of 240,000 bookings/)
    .first()
    .waitFor()
  await log().hover()
  await page.mouse.wheel(0, -2_000)
  await page.getByRole('button', { name: /^Follow \d+ new lines?$/ }).click()
  await page.getByRole('button', { name: /^Follow/ }).waitFor({ state: 'detached' })
  expect(await search().isVisible()).toBe(true)
  expect(problems).toEqual([])
})

test('cancelling says first whose work ends and what goes on serving', async () => {
  const { page, problems } = ada
  await page.goto('/apps/quay/deployments/v50')
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Cancel this deployment' })
  await dialog.getByText(/Ada Lovelace began it, and the push is refused\. v48 goes on serving/).waitFor()
  await dialog.getByRole('button', { name: 'Let it go on' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

test('the history is looked through by state and words, which stand in the address', async () => {
  const { page, problems } = ada
  await page.goto('/apps/quay/deployments')
  const rows = page.getByRole('table', { name: 'Deployments' }).getByRole('row')
  await page.getByText('30 deployments').waitFor()
  await page.getByRole('button', { name: 'Show more' }).click()
  await page.getByText(/^5\d deployments$/).waitFor()
  await page.getByRole('searchbox', { name: 'Message, commit, author, v12' }).fill('map types')
  await page.getByText('1 deployment', { exact: true }).waitFor()
  await rows.getByText('Compile the map with the new types').waitFor()
  await page.goto('/apps/quay/deployments?state=failed&q=berth+map')
  await page.getByText('1 deployment', { exact: true }).waitFor()
  await rows.getByText('Check the berth map before answering').waitFor()
  expect(problems).toEqual([])
})

test('two releases are ticked and compared: code, configuration by names, limits', async () => {
  const { page, problems } = ada
  await page.goto('/apps/quay/deployments')
  await page.getByRole('checkbox', { name: 'Compare v47' }).check()
  await page.getByRole('checkbox', { name: 'Compare v45' }).check()
  await page.getByRole('link', { name: 'Compare v45 with v47' }).click()
  await page.getByRole('heading', { name: 'What changed from v45 to v47' }).waitFor()
  const variables = page.getByRole('region', { name: 'Variables' })
  expect(await variables.getByRole('listitem').allTextContents()).toEqual([
    '+Added:MAP_KEY',
    '+Added:QUAY_COUNT',
    '−Removed:LEGACY_MAP',
    '~Changed:MAP_TILESanother value',
  ])
  await page.getByText('1,204 added, 10,851 changed, 365 removed').waitFor()
  await page.getByText('488 more').waitFor()
  expect(problems).toEqual([])
})

test('going back shows what it changes, with either configuration, and leads to the deployment', async () => {
  const { page, problems } = ada
  await page.goto('/apps/quay/compare?to=45&rollback=1')
  await page.getByRole('region', { name: 'Variables' }).getByText('LEGACY_MAP').waitFor()
  await page.getByText('Images of v41 and earlier ones are no longer kept').waitFor()
  await page.getByRole('radio', { name: /^Keep today’s/ }).check()
  await page.getByRole('region', { name: 'Variables' }).waitFor({ state: 'detached' })
  expect(new URL(page.url()).searchParams.get('keep')).toBe('1')
  await page.getByRole('button', { name: 'Roll back to v45' }).click()
  await page.waitForURL(/\/deployments\/[0-9a-f-]{36}$/)
  await page.getByText('Roll back to v45, with today’s configuration').waitFor()
  expect(problems).toEqual([])
})

test('what cannot be gone back to says why, and a viewer sees that others may', async () => {
  const { page, problems } = ada
  await page.goto('/apps/quay/compare?to=3&rollback=1')
  await page.getByRole('main').getByRole('alert').getByText(/v3/).first().waitFor()
  const vera = await pages.visitor('vera')
  await vera.page.goto('/apps/quay/compare?to=45&rollback=1')
  await vera.page.getByText('You may look at this. Developers of the team may roll back.').waitFor()
  expect(await vera.page.getByRole('button', { name: /^Roll back/ }).count()).toBe(0)
  expect([...problems, ...vera.problems]).toEqual([])
})

test('the pages are whole on a phone and without a flaw that axe knows, in light and in dark', async () => {
  const paths = ['/deployments', '/deployments/v49', '/compare?from=45&to=48', '/compare?to=45&rollback=1']
  const flaws = await pages.flaws(
    'ada',
    paths.map((path) => `/apps/quay${path}`),
  )
  expect(flaws).toEqual([])
})
