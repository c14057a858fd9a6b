import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages, ready } from './open-pages.ts'

/** The list of apps, the page of one, and how a new one begins. */
let pages: Pages

beforeAll(async () => {
  pages = await openPages()
})
afterAll(() => pages?.close())

test('apps are narrowed by words and by state, and the address says so', async () => {
  const { page, problems } = await pages.visitor('ada')
  await page.goto('/teams/Harbour')
  const rows = page.getByRole('table', { name: 'Apps' }).locator('tbody').getByRole('row')
  await page.getByRole('link', { name: 'tides', exact: true }).waitFor()
  await ready(page)
  await page.getByRole('searchbox', { name: 'Find an app' }).fill('next three days')
  await expect.poll(() => rows.count()).toBe(1)
  expect(new URL(page.url()).searchParams.get('q')).toBe('next three days')

  await page.goto(`${new URL(page.url()).pathname}?state=stopped`)
  await page.getByRole('link', { name: 'archive', exact: true }).waitFor()
  expect(await rows.count()).toBe(1)
  await ready(page)
  await page.getByRole('searchbox', { name: 'Find an app' }).fill('nothing like it')
  await page.getByText('No app is like that.').waitFor()
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.getByRole('link', { name: 'tides', exact: true }).waitFor()
  expect(new URL(page.url()).search).toBe('')
  expect(problems).toEqual([])
})

test('what is typed while the page still loads its scripts counts', async () => {
  const { page, problems } = await pages.visitor('bob')
  const scripts = Promise.withResolvers<void>()
  await page.route('**/*.js', async (route) => {
    await scripts.promise
    await route.continue()
  })
  await page.goto('/teams/Harbour', { waitUntil: 'commit' })
  await page.getByRole('searchbox', { name: 'Find an app' }).fill('next three days')
  scripts.resolve()
  const rows = page.getByRole('table', { name: 'Apps' }).locator('tbody').getByRole('row')
  await expect.poll(() => rows.count()).toBe(1)
  expect(problems).toEqual([])
})

test('a heading sorts the apps, and the keyboard walks and opens them', async () => {
  const { page, problems } = await pages.visitor('bob')
  await page.goto('/teams/Harbour')
  const first = page.getByRole('table', { name: 'Apps' }).locator('[data-opens]').first()
  await ready(page)
  await page.getByRole('button', { name: 'State' }).click()
  await expect.poll(() => first.textContent()).toBe('mailer')
  await page.getByRole('columnheader', { name: 'State' }).and(page.locator('[aria-sort=ascending]')).waitFor()
  await page.getByRole('button', { name: 'Last hour' }).click()
  await expect.poll(() => first.textContent()).toBe('shop')
  expect(new URL(page.url()).searchParams.get('sort')).toBe('-traffic')
  await first.focus()
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'shop' }).waitFor()
  expect(problems).toEqual([])
})

test('what comes for an app is told in words beside its line', async () => {
  const { page, problems } = await pages.visitor('vera')
  await page.goto('/teams/Harbour')
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'shop', exact: true }) })
  await row.getByRole('img', { name: /^[\d,]+ requests in the last hour/ }).waitFor()
  expect(await page.getByRole('link', { name: 'New app' }).count()).toBe(0)
  expect(problems).toEqual([])
})

test('the page of an app leads back to the release before, to its instances and to what crashed', async () => {
  const { page, problems } = await pages.visitor('bob')
  await page.goto('/apps/shop')
  const back = page.getByRole('link', { name: 'Roll back to v2' })
  expect(await back.getAttribute('href')).toBe('/apps/shop/compare?from=3&to=2&rollback=1')
  await page.getByText('The version before it is still serving.').waitFor()
  const instance = page.getByRole('listitem').filter({ hasText: 'web.2' }).first()
  expect(await instance.getByRole('link', { name: 'Terminal in web.2' }).getAttribute('href')).toBe(
    '/apps/shop/console?in=web.2',
  )
  const errors = page.getByRole('region', { name: 'Recent errors' })
  await errors.getByText('Killed: out of memory at 512 MB.').first().waitFor()
  await errors.getByText('Raise its memory limit, or look at what filled it.').first().waitFor()
  await page.getByRole('figure', { name: 'Requests' }).waitFor()
  expect(problems).toEqual([])
})

test('an app that is stopped, locked, crashed, failed or never deployed says so, with what to do', async () => {
  const { page, problems } = await pages.visitor('vera')
  const says = async (app: string, words: RegExp) => {
    await page.goto(`/apps/${app}`)
    await page.getByRole('main').getByText(words).first().waitFor()
  }
  await says('archive', /^Stopped, /)
  await page.getByRole('table', { name: 'Deployments' }).getByText('Stopped', { exact: true }).waitFor()
  await says('ferries', /^Locked by Bob Bergen, .*: Timetables change on Monday$/)
  expect(await page.getByRole('button', { name: 'Unlock' }).count()).toBe(0)
  await says('mailer', /^No instance of mailer runs$/)
  await says('blog', /^The build was killed: out of memory at 2 GB\.$/)
  await says('atlas', /^Nothing deployed yet$/)
  expect(problems).toEqual([])
})

test('an app is made in a team from an image, and its deployment is shown at once', async () => {
  const { page, problems } = await pages.visitor('ada')
  await page.goto('/apps/new?team=Harbour')
  await page.getByRole('radio', { name: 'Image' }).click()
  expect(new URL(page.url()).searchParams.get('from')).toBe('image')
  const name = `pier-${Date.now().toString(36)}`
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('textbox', { name: 'Image', exact: true }).fill('not an image')
  await page.getByRole('button', { name: 'Create and deploy' }).click()
  await page.getByText(`${name} is there.`).waitFor()
  await page
    .getByRole('alert')
    .getByText(/is not the name of an image/)
    .waitFor()
  await page.getByRole('textbox', { name: 'Image', exact: true }).fill('ghcr.io/harbour/pier:1.4')
  await page.getByRole('button', { name: 'Deploy', exact: true }).click()
  await page.waitForURL(new RegExp(`/apps/${name}/deployments/[0-9a-f-]{36}$`))
  await page.getByRole('status').filter({ hasText: 'Queued' }).first().waitFor()
  // A call was refused, and the page has said so.
  expect(problems.filter((problem) => !problem.includes('400'))).toEqual([])
})

test('an app that waits for its first deployment gets it in any of three ways', async () => {
  const { page, problems } = await pages.visitor('bob')
  await page.goto('/apps/atlas')
  await page.getByRole('link', { name: 'Or from an image' }).click()
  await page.getByRole('heading', { level: 1, name: 'Deploy atlas' }).waitFor()
  await page.getByText('atlas is there.').waitFor()
  await page.getByRole('textbox', { name: 'Image', exact: true }).waitFor()
  await page.getByRole('radio', { name: 'Git URL' }).click()
  await page.getByRole('textbox', { name: 'Git URL', exact: true }).waitFor()
  await page.getByRole('radio', { name: 'Push', exact: true }).click()
  await page.getByText('Waiting for the first push').waitFor()
  await page
    .getByRole('region', { name: 'Commands to deploy' })
    .getByText(/atlas\.git$/)
    .waitFor()
  expect(problems).toEqual([])
})

test('a team without apps teaches its first one', async () => {
  const { page, problems } = await pages.visitor('ada')
  await page.goto('/teams/Lighthouse')
  await page.getByText('No apps yet. Create the first one:').waitFor()
  await page.getByRole('main').getByRole('link', { name: 'New app' }).last().click()
  await page.getByRole('heading', { level: 1, name: 'New app' }).waitFor()
  await page.getByText('Lighthouse', { exact: true }).first().waitFor()
  expect(problems).toEqual([])
})

test('these pages are whole on a phone and without a flaw that axe knows, in light and in dark', async () => {
  const paths = ['/teams/Harbour', '/teams/Lighthouse', '/apps/shop', '/apps/mailer', '/apps/atlas']
  expect(await pages.flaws('ada', [...paths, '/apps/new', '/apps/new?from=git'])).toEqual([])
}, 90_000)
