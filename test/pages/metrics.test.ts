import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** What an app used and what came for it, over thirty invented days (apps/dashboard/dev/demo-metrics.ts). */
let pages: Pages

beforeAll(async () => {
  pages = await openPages()
})
afterAll(() => pages?.close())

test('the time and the part stand in the address, and the way back works', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/apps/shop/metrics')
  await page.getByRole('link', { name: '24 hours' }).click()
  await page.waitForURL('**/metrics?range=24h')
  await page.getByRole('combobox', { name: 'Part of the app' }).click()
  await page.getByRole('option', { name: 'worker.1' }).click()
  await page.waitForURL('**/metrics?range=24h&of=worker.1')
  await page.getByRole('figure', { name: 'CPU' }).waitFor()
  await page.getByRole('figure', { name: 'Requests' }).waitFor({ state: 'detached' })
  await page.goBack()
  await page.getByRole('figure', { name: 'Requests' }).waitFor()
  expect(page.url()).toMatch(/metrics\?range=24h$/)
  expect(problems).toEqual([])
})

test('the arrow keys read all plots at one moment', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/apps/shop/metrics?range=6h')
  const latency = page.getByRole('slider', { name: 'Latency, read at' })
  await latency.focus()
  for (const key of ['ArrowLeft', 'ArrowLeft', 'PageDown']) await page.keyboard.press(key)
  expect(await latency.getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d, p50 .+, p95 .+, p99 /)
  const [time = ''] = (await latency.getAttribute('aria-valuetext'))?.split(',') ?? []
  const read = page.locator('[data-reading]')
  await expect.poll(() => read.count()).toBe(await page.getByRole('slider').count())
  expect(new Set(await read.allTextContents())).toEqual(new Set([time]))
  await page.keyboard.press('Escape')
  await expect.poll(() => read.count()).toBe(0)
  expect(problems).toEqual([])
})

test('a part that is dragged over is shown closer, and zooming out shows more again', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/apps/shop/metrics?range=24h')
  const plot = page.getByRole('slider', { name: 'Requests, read at' })
  await page.locator('canvas').first().waitFor()
  const box = await plot.boundingBox()
  if (box === null) throw new Error('no plot')
  await page.mouse.move(box.x + box.width * 0.4, box.y + 50)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 })
  await page.mouse.up()
  await page.waitForURL(/from=.+&to=/)
  const asked = () => new URL(page.url()).searchParams
  const length = () => Date.parse(asked().get('to') ?? '') - Date.parse(asked().get('from') ?? '')
  expect(length() / 3_600_000).toBeGreaterThan(3)
  expect(length() / 3_600_000).toBeLessThan(7)
  const before = length()
  await page.getByRole('button', { name: 'Zoom out' }).click()
  await expect.poll(length).toBeGreaterThan(before * 2)
  expect(problems).toEqual([])
})

test('a table says the same, and a deploy leads to its page', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/apps/tides/metrics?range=7d')
  await page.getByRole('button', { name: 'Show Memory as table' }).click()
  const table = page.getByRole('table', { name: 'Memory' })
  await table.getByRole('columnheader', { name: 'used' }).waitFor()
  expect(await table.getByRole('row').count()).toBeGreaterThan(100)
  expect(await table.textContent()).toMatch(/\d+ MB/)
  const mark = page.getByRole('link', { name: /^v\d+ went live/ }).first()
  await mark.focus()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/deployments/**')
  expect(problems).toEqual([])
})

test('has no flaw that axe, a phone or the dark would show', async () => {
  const paths = ['/apps/shop/metrics', '/apps/atlas/metrics?range=30d']
  expect(await pages.flaws('vera', paths)).toEqual([])
})
