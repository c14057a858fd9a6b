import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** What everybody meets first. */
let pages: Pages

beforeAll(async () => {
  pages = await openPages()
})
afterAll(() => pages?.close())

test('what a page of another site asks to change is refused, whoever is signed in', async () => {
  for (const path of ['/api/trpc/teams.create', '/api/last-team']) {
    const headers = { origin: 'https://evil.example', 'content-type': 'application/json' }
    const answer = await fetch(`${pages.address}${path}`, { method: 'POST', headers, body: '{}' })
    expect(answer.status, path).toBe(403)
    expect(await answer.text(), path).toContain('API.OTHER_ORIGIN')
  }
})

test('a viewer signs in and sees the apps of the team', async () => {
  const { page, problems } = await pages.signIn('vera')
  await page.getByRole('link', { name: 'tides', exact: true }).waitFor()
  expect(problems).toEqual([])
})
