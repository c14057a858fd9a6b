import type { Visitor } from '@berth/testkit'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages, ready } from './open-pages.ts'

/** What is around every page: where one is, the way elsewhere, by pointer and by keys. */
let pages: Pages
let ada: Visitor

beforeAll(async () => {
  pages = await openPages()
  ada = await pages.visitor('ada')
})
afterAll(() => pages?.close())

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true })
/** The page's scripts are there: keys are heard. */
const crumbs = (page: Page) => page.getByRole('navigation', { name: 'Breadcrumbs' })

test('the bar says team, app and page, and the switcher leads to another team, and back there next time', async () => {
  const { page, problems } = ada
  await page.goto('/apps/tides/logs')
  await crumbs(page).getByRole('link', { name: 'Harbour' }).waitFor()
  expect(await crumbs(page).getByRole('link').allInnerTexts()).toEqual(['Berth', 'Harbour', 'tides', 'Logs'])
  await page.getByRole('button', { name: 'Switch team' }).click()
  const remembered = page.waitForResponse((response) => response.url().endsWith('/api/last-team'))
  await page.getByRole('menuitem', { name: 'Lighthouse owner' }).click()
  await page.waitForURL('**/teams/Lighthouse')
  expect((await remembered).ok()).toBe(true)
  await page.goto('/')
  await page.waitForURL('**/teams/Lighthouse')
  const cookie = (await page.context().cookies()).find(({ name }) => name === 'berth-team')
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
  expect(problems).toEqual([])
})

test('by its name anything is found with the keyboard alone', async () => {
  const { page, problems } = ada
  await page.goto('/teams/Harbour')
  await ready(page)
  const lookUp = async (typed: string, found: string) => {
    await page.keyboard.press('Control+k')
    await page.locator('[role=combobox]:focus').waitFor()
    await page.keyboard.type(typed)
    await page.getByRole('option', { name: found }).and(page.locator('[aria-selected=true]')).waitFor()
    await page.keyboard.press('Enter')
  }
  await lookUp('tides', 'tides')
  await page.waitForURL('**/apps/tides')
  await heading(page, 'tides').waitFor()
  await lookUp('settings', 'Settings')
  await page.waitForURL('**/apps/tides/settings')
  await lookUp('lighth', 'Lighthouse')
  await page.waitForURL('**/teams/Lighthouse')
  await page.keyboard.press('Control+k')
  await page.getByRole('option', { name: 'tides · Settings' }).waitFor()
  await page.keyboard.press('Escape')
  expect(problems).toEqual([])
})

test('letters lead to pages, but never while somebody types, and not at all where they are turned off', async () => {
  const { page, problems } = ada
  await page.goto('/apps/tides')
  await heading(page, 'tides').waitFor()
  await ready(page)
  await page.keyboard.press('?')
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await list.waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page.keyboard.press('Escape')
  await list.waitFor({ state: 'detached' })
  expect(new URL(page.url()).pathname).toBe('/apps/tides')
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page.waitForURL('**/apps/tides/settings')
  await page.keyboard.press('?')
  await list.getByRole('switch').click()
  await page.keyboard.press('Escape')
  await list.waitFor({ state: 'detached' })
  await page.keyboard.press('?')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').waitFor()
  expect(await list.count()).toBe(0)
  await page.evaluate(() => localStorage.removeItem('berth-letters'))
  expect(problems).toEqual([])
})

test('back leads to the page before, and to the place on it', async () => {
  const { page, problems } = ada
  await page.setViewportSize({ width: 1280, height: 400 })
  await page.goto('/teams/Harbour')
  await page.getByRole('link', { name: 'tides', exact: true }).click()
  await page.getByRole('heading', { name: 'Recent deployments' }).waitFor()
  await page.evaluate(() => scrollTo(0, 200))
  expect(await page.evaluate(() => scrollY)).toBe(200)
  // By keys: a press on the tab would scroll to it.
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page.waitForURL('**/settings')
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(0)
  await page.goBack()
  await page.waitForURL('**/apps/tides')
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(100)
  await page.goBack()
  await heading(page, 'Apps').waitFor()
  await page.setViewportSize({ width: 1280, height: 720 })
  expect(problems).toEqual([])
})

test('what is not there says so below the tabs of the app, and leads on', async () => {
  const { page } = ada
  await page.goto('/apps/tides/nothing')
  await heading(page, 'Nothing here').waitFor()
  await page.getByRole('link', { name: 'Overview of tides' }).click()
  await page.waitForURL('**/apps/tides')
  // The browser itself reports the 404.
  ada.problems.length = 0
})

test('a viewer is offered nothing that is not for viewers', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/teams/Harbour')
  expect(await page.getByRole('link', { name: 'New app' }).count()).toBe(0)
  const tabs = page.getByRole('navigation', { name: 'Harbour' })
  expect(await tabs.getByRole('link', { name: 'Machine' }).count()).toBe(0)
  await page.goto('/apps/tides')
  await ready(page)
  await page.keyboard.press('Control+k')
  await page.getByRole('option', { name: 'Deployments' }).waitFor()
  for (const action of ['Roll back', 'Restart', 'Open a terminal', 'Remove the app', 'New app', 'New team'])
    expect(await page.getByRole('option', { name: action }).count(), action).toBe(0)
  expect(problems).toEqual([])
})
