import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** What everybody meets first. */
let pages: Pages

beforeAll(async () => {
  pages = await openPages()
})
afterAll(() => pages?.close())

test('a viewer signs in and sees the apps of the team', async () => {
  const { page, problems } = await pages.signIn('vera')
  await page.getByRole('link', { name: 'tides', exact: true }).waitFor()
  expect(problems).toEqual([])
})
