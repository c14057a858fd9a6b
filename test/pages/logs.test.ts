import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** An app's log, live and back to its beginning, and where it is sent (apps/dashboard/dev/demo-logs.ts). */
let pages: Pages

beforeAll(async () => {
  pages = await openPages()
})
afterAll(() => pages?.close())

test('lines arrive by themselves, and pausing counts those that come meanwhile', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/apps/shop/logs')
  const log = page.getByRole('log', { name: 'Log of shop' })
  await log.getByText('handled order').first().waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  const resume = page.getByRole('button', { name: /Resume \([2-9] new\)/ })
  await resume.waitFor()
  await resume.click()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  expect(problems).toEqual([])
})

test('scrolling up leads back to where the log begins', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/apps/shop/logs?of=web.1')
  const log = page.getByRole('log', { name: 'Log of shop' })
  await log.getByText('handled order').first().waitFor()
  await expect
    .poll(
      async () => {
        await log.evaluate((element) => element.scrollTo(0, 0))
        return await log.getByText('The log begins here.').count()
      },
      { timeout: 15_000, interval: 100 },
    )
    .toBe(1)
  expect(problems).toEqual([])
})

test('instances, streams, requests and a pattern are chosen, and stand in the address', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/apps/shop/logs')
  const log = page.getByRole('log', { name: 'Log of shop' })
  await log.getByText('method=GET').first().waitFor()
  await page.getByRole('switch', { name: 'Requests' }).click()
  await log.getByText('method=GET').first().waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Everything' }).click()
  await page.getByRole('checkbox', { name: 'web.1' }).check()
  await page.getByRole('checkbox', { name: 'worker.1' }).check()
  await page.keyboard.press('Escape')
  await page.waitForURL(/of=web\.1%2Cworker\.1/)
  await log.getByText('handled order').first().waitFor()
  await expect.poll(() => log.getByTitle('web.2', { exact: true }).count()).toBe(0)
  await page.goto('/apps/shop/logs?grep=status%3D5%5Cd%5Cd')
  await log.getByText('status=502').first().waitFor()
  expect(await log.getByText('handled order').count()).toBe(0)
  await page.getByRole('searchbox', { name: 'Regular expression' }).fill('(')
  await page.getByText(/The pattern cannot be used: missing closing/).waitFor()
  // The browser itself tells of an answer of 400.
  expect(problems.filter((problem) => !problem.includes('400'))).toEqual([])
})

test('a line is linked to by its number, a moment by its time, and both lead on to the newest', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/apps/shop/logs?line=4000')
  const log = page.getByRole('log', { name: 'Log of shop' })
  await log.getByRole('link', { name: 'Line 4000', exact: true }).waitFor()
  await page.getByText('Line 4,000').waitFor()
  await page.getByRole('button', { name: 'To the newest' }).click()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  const at = new Date(Date.now() - 6 * 3_600_000).toISOString().slice(0, 19)
  await page.getByLabel('From (UTC)').fill(at)
  await page.waitForURL(/at=/)
  await log
    .locator(`time[datetime^="${at.slice(0, 15)}"]`)
    .first()
    .waitFor()
  expect(problems).toEqual([])
})

test('a crash in the log opens its post-mortem', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/apps/shop/logs?of=berth&q=killed')
  const log = page.getByRole('log', { name: 'Log of shop' })
  await log.getByRole('button', { name: 'Post-mortem' }).last().click()
  const dialog = page.getByRole('dialog', { name: 'worker.1 was killed: out of memory' })
  await dialog.getByText('What it printed last').waitFor()
  expect(page.url()).toMatch(/crash=/)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

test('what is filtered is downloaded as plain text', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/apps/shop/logs?q=timed+out')
  await page.getByRole('log').getByText('timed out').first().waitFor()
  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download the log' }).click()
  const download = await coming
  expect(download.suggestedFilename()).toBe('shop.log')
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(50)
  expect(lines.every((line) => /^\d{4}-\d\d-\d\dT.+ app\[.+\] .*timed out/.test(line))).toBe(true)
  expect(problems).toEqual([])
})

test('a drain is added, tested, and removed by its name; what it says of itself is seen', async () => {
  const { page, problems } = await pages.visitor('bob')
  await page.goto('/apps/shop/logs/drains')
  const drains = page.getByRole('list', { name: 'Drains' })
  await drains.getByText('Not delivered').waitFor()
  await page.getByRole('radio', { name: /^HTTPS/ }).check()
  const host = `in-${Date.now()}.example.com`
  await page.getByLabel('Address', { exact: true }).fill(`https://${host}/x?key=secret`)
  await page.getByRole('button', { name: 'Add the drain' }).click()
  await page.getByText(`The log goes to https://${host}/… from now on.`).waitFor()
  const added = drains.getByRole('listitem').filter({ hasText: host })
  await added.getByRole('button', { name: 'Send a test line' }).click()
  await added.getByText('The test line got there.').waitFor()
  await added.getByRole('button', { name: 'Remove…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove this drain' })
  await dialog.getByRole('textbox').fill(`https://${host}/…`)
  await dialog.getByRole('button', { name: 'Remove the drain' }).click()
  await added.waitFor({ state: 'detached' })
  expect(await page.content()).not.toContain('key=secret')
  expect(problems).toEqual([])
})

test('a viewer is told who sees drains', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/apps/shop/logs/drains')
  await page.getByText('This is for developers, admins and owners of the team.').waitFor()
  expect(problems).toEqual([])
})

test('has no flaw that axe, a phone or the dark would show', async () => {
  const paths = ['/apps/shop/logs', '/apps/atlas/logs', '/apps/shop/logs/drains', '/apps/atlas/logs/drains']
  expect(await pages.flaws('bob', paths)).toEqual([])
})
