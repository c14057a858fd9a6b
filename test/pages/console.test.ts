import type { Visitor } from '@berth/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** A terminal in the page, over an invented shell. What a real one does is for test/dashboard/console.test.ts. */
let pages: Pages
let ada: Visitor

beforeAll(async () => {
  pages = await openPages()
  ada = await pages.visitor('ada')
})
afterAll(() => pages?.close())

const screen = ({ page } = ada) => page.locator('.xterm-rows')
const status = ({ page } = ada) => page.getByRole('main').getByRole('status')
const joined = () => status().getByText('Connected', { exact: true }).waitFor()

test('an address opens a shell in its instance, and the terminal types, draws and resizes', async () => {
  const { page } = ada
  await page.goto('/apps/tides/console?in=web.2')
  await joined()
  await screen().getByText('web.2:/app$').waitFor()
  await page.keyboard.type('echo $((6*7))\n')
  await screen().getByText('42', { exact: true }).waitFor()
  await page.keyboard.type('cat greeting\n')
  await screen().getByText('grüße, 港').waitFor()
  const before = await sizeSeen()
  await page.setViewportSize({ width: 900, height: 700 })
  await expect.poll(sizeSeen).not.toBe(before)
  await page.setViewportSize({ width: 1280, height: 720 })
  expect(ada.problems).toEqual([])
})

/** What the program in the terminal is told of its size. */
async function sizeSeen(): Promise<string> {
  await ada.page.keyboard.type('stty size\n')
  await ada.page.waitForTimeout(150)
  const rows = await screen().locator('> div').allTextContents()
  return rows.filter((row) => /^\d+ \d+\s*$/.test(row)).at(-1) ?? ''
}

test('its colours are the tokens’, in the look that is chosen', async () => {
  const { page } = ada
  await page.goto('/apps/tides/console?in=web.1')
  await joined()
  const ink = () => screen().evaluate((rows) => getComputedStyle(rows).color)
  const text = () => page.evaluate(() => getComputedStyle(document.body).color)
  await page.emulateMedia({ colorScheme: 'light' })
  await expect.poll(ink).toBe(await text())
  const light = await ink()
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(ink).not.toBe(light)
  expect(await ink()).toBe(await text())
  await page.emulateMedia({ colorScheme: 'light' })
  expect(ada.problems).toEqual([])
})

test('the end says the exit status, and offers to begin again', async () => {
  const { page } = ada
  await page.goto('/apps/tides/console?in=worker.1')
  await joined()
  await page.keyboard.type('exit 3\n')
  await page.getByText('Exit status 3.').waitFor()
  await page.getByRole('button', { name: 'Open again' }).click()
  await joined()
  expect(await page.getByText('Exit status 3.').count()).toBe(0)
  await page.getByRole('button', { name: 'End session' }).click()
  await status().filter({ hasText: 'Not connected' }).waitFor()
  expect(ada.problems).toEqual([])
})

test('a command runs in an instance of its own when it is asked for, not because an address says so', async () => {
  const { page } = ada
  await page.goto('/apps/tides/console?in=run')
  await status().filter({ hasText: 'Not connected' }).waitFor()
  await page.getByLabel('Command', { exact: true }).fill('env')
  await page.getByRole('button', { name: 'Run' }).click()
  await screen().getByText('BERTH_RELEASE=v5').waitFor()
  await page.getByText('Exit status 0.').waitFor()
  await page.getByLabel('Command', { exact: true }).fill('nothing')
  await page.getByRole('button', { name: 'Run' }).click()
  await page.getByText('There is no program "nothing" in the image.').waitFor()
  expect(ada.problems).toEqual([])
})

test('a keyboard gets in, and out again by the key that the page names', async () => {
  const { page } = ada
  await page.goto('/apps/tides/console?in=web.1')
  await joined()
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.slice(0, 40) ?? '')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.className)).toBe('xterm-helper-textarea')
  await page.keyboard.press('Control+Shift+Period')
  expect(await focused()).toContain('leaves the terminal')
  await page.keyboard.press('Tab')
  expect(await focused()).toContain('The same as a command')
  expect(ada.problems).toEqual([])
})

test('for a viewer there is no terminal, and a word why', async () => {
  const vera = await pages.visitor('vera')
  await vera.page.goto('/apps/tides/console?in=web.1')
  await vera.page.getByText('A terminal needs the role of a developer.').waitFor()
  expect(await screen(vera).count()).toBe(0)
  expect(vera.problems).toEqual([])
})

test('the page is whole on a phone and without a flaw that axe knows, in light and in dark', async () => {
  expect(await pages.flaws('ada', ['/apps/tides/console?in=web.1'])).toEqual([])
})
