import type { Visitor } from '@berth/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** Process types, what they may use, what became of them, and jobs on a schedule. */
let pages: Pages
let ada: Visitor

beforeAll(async () => {
  pages = await openPages()
  ada = await pages.visitor('ada')
})
afterAll(() => pages?.close())

const part = (name: string, { page } = ada) => page.getByRole('region', { name, exact: true })

test('each process type says what it runs, how much of it, and what is found of it', async () => {
  const { page } = ada
  await page.goto('/apps/shop/processes')
  const worker = part('worker')
  await worker.getByText('node worker.js --queue orders,mail --concurrency 4').waitFor()
  await worker.getByText('1 of 1 running').waitFor()
  await worker.getByText('512 MB', { exact: true }).waitFor()
  await worker.getByText('liveness: bin/alive --within 60s every 5 s').waitFor()
  await part('web').getByRole('row').filter({ hasText: 'web.2' }).getByText('Running').waitFor()
  await part('clock').getByText('Scaled to none: no instance runs.').waitFor()
  expect(ada.problems).toEqual([])
})

test('sliders and numbers are one, and what saving does is said before it is saved', async () => {
  const { page } = ada
  await page.goto('/apps/shop/processes')
  const clock = part('clock')
  await clock.getByRole('button', { name: 'Scale and limits' }).click()
  const save = clock.getByRole('button', { name: 'Save' })
  await clock.getByText('Nothing is changed yet.').waitFor()
  expect(await save.isDisabled()).toBe(true)
  expect(new URL(page.url()).search).toBe('?scale=clock')
  await clock.getByRole('slider', { name: 'Instances' }).press('ArrowRight')
  const number = clock.getByRole('spinbutton', { name: 'Number of instances' })
  expect(await number.inputValue()).toBe('1')
  await clock.getByText('Starts clock.1.').waitFor()
  await clock.getByRole('spinbutton', { name: 'Memory of each in MB' }).fill('256')
  await clock.getByText(/replaces every instance of the app without downtime/).waitFor()
  await clock.getByRole('button', { name: 'Cancel' }).click()
  await save.waitFor({ state: 'detached' })

  await clock.getByRole('button', { name: 'Scale and limits' }).click()
  await number.fill('1')
  await save.click()
  await page.getByText('clock goes from 0 to 1.').waitFor()
  await clock.getByText('0 of 1 running').waitFor()
  expect(ada.problems).toEqual([])
})

test('a crash has its post-mortem, whose address can be shared', async () => {
  const { page } = ada
  await page.goto('/apps/shop/processes')
  await part('Crashes')
    .getByRole('button', { name: /worker\.1 was killed: out of memory/ })
    .first()
    .click()
  const dialog = page.getByRole('dialog', { name: 'worker.1 was killed: out of memory' })
  await dialog.getByText('512 MB of 512 MB').waitFor()
  await dialog.getByText('JavaScript heap out of memory').waitFor()
  await page.reload()
  await dialog.getByText('SIGKILL').waitFor()
  await page.goBack()
  await dialog.waitFor({ state: 'detached' })
  expect(ada.problems).toEqual([])
})

test('to stop an app stands apart and asks; a viewer is offered none of it', async () => {
  const { page } = ada
  await page.goto('/apps/tides/processes')
  await page.getByRole('button', { name: 'Stop tides' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Let it run' }).click()
  const vera = await pages.visitor('vera')
  await vera.page.goto('/apps/tides/processes')
  await part('worker', vera).getByText('bin/fetch-levels --every 30s').waitFor()
  const offered = vera.page.getByRole('button', { name: /Stop|Restart|Scale/ })
  expect(await offered.count()).toBe(0)
  expect([...ada.problems, ...vera.problems]).toEqual([])
})

test('a job is said in words, with its runs and what they printed', async () => {
  const { page } = ada
  await page.goto('/apps/shop/processes/cron')
  const row = page.getByRole('row').filter({ hasText: 'nightly-report' })
  await row.getByText('every day at 02:30').waitFor()
  await page.getByRole('row').filter({ hasText: 'tidy' }).getByText('Paused').waitFor()
  await row.getByRole('link', { name: 'nightly-report' }).click()
  const runs = part('Runs of nightly-report')
  await runs.getByText('Skipped').waitFor()
  await runs.getByText('gave up after 3 tries').waitFor()
  expect(ada.problems).toEqual([])
})

test('a job is added, rests, and goes when its name has been typed', async () => {
  const { page } = ada
  await page.goto('/apps/tides/processes/cron')
  await page.getByRole('button', { name: 'Add a job' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Schedule').fill('61 * * * *')
  await dialog.getByRole('alert').waitFor()
  await dialog.getByLabel('Schedule').fill('0 6 * * 1-5')
  await dialog.getByText('on workdays at 06:00 UTC.').waitFor()
  await dialog.getByLabel('Command').fill('bin/greet --everybody')
  const name = `greet-${Date.now() % 1e6}`
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByRole('button', { name: 'Add the job' }).click()
  await page.getByText(`${name} was added.`).waitFor()
  const more = page.getByRole('button', { name: `What can be done with ${name}` })
  await more.click()
  await page.getByRole('menuitem', { name: 'Pause' }).click()
  await page.getByRole('row').filter({ hasText: name }).getByText('Paused').waitFor()
  await more.click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  const remove = dialog.getByRole('button', { name: 'Remove for good' })
  expect(await remove.isDisabled()).toBe(true)
  await dialog.getByRole('textbox').fill(name)
  await remove.click()
  await page.getByRole('row').filter({ hasText: name }).waitFor({ state: 'detached' })
  expect(ada.problems).toEqual([])
})

test('the pages are whole on a phone and without a flaw that axe knows, in light and in dark', async () => {
  const paths = [
    '/apps/shop/processes?scale=worker',
    '/apps/atlas/processes',
    '/apps/shop/processes/cron?job=nightly-report',
    '/apps/blog/processes/cron',
  ]
  expect(await pages.flaws('ada', paths)).toEqual([])
})
