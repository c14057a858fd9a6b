import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** What is set about an app. */
let pages: Pages

beforeAll(async () => {
  pages = await openPages()
})
afterAll(() => pages?.close())

const dialog = (page: Page) => page.getByRole('dialog')

test('an app is locked with a reason that others see, and unlocked', async () => {
  const { page, problems } = await pages.visitor('bob')
  await page.goto('/apps/blog/settings')
  await page.getByLabel('Reason').fill('until Monday: the database moves')
  await page.getByRole('button', { name: 'Lock blog' }).click()
  await page.getByText('Locked: until Monday: the database moves').first().waitFor()

  const vera = await pages.visitor('vera')
  await vera.page.goto('/apps/blog/settings')
  await vera.page.getByText('Locked: until Monday: the database moves').first().waitFor()
  expect(await vera.page.getByRole('button', { name: 'Unlock blog' }).count()).toBe(0)

  await page.getByRole('button', { name: 'Unlock blog' }).click()
  await page.getByRole('button', { name: 'Lock blog' }).waitFor()
  expect([...problems, ...vera.problems]).toEqual([])
})

test('a deploy key is taken, told apart by what it may, and removed by question', async () => {
  const { page, problems } = await pages.visitor('ada')
  const name = `runner ${Date.now()}`
  await page.goto('/apps/tides/settings')
  await page.getByRole('button', { name: 'Add a deploy key' }).click()
  await dialog(page).getByLabel('Name').fill(name)
  await dialog(page).getByLabel('Public key').fill('not a key')
  await dialog(page).getByRole('button', { name: 'Add the key' }).click()
  await dialog(page).getByText('This is not a public SSH key').waitFor()
  await dialog(page).getByLabel('Public key').fill(newKeyLine())
  await dialog(page).getByRole('radio', { name: 'Fetches alone' }).check()
  await dialog(page).getByRole('button', { name: 'Add the key' }).click()

  const key = page.getByRole('list', { name: 'Deploy keys' }).getByRole('listitem').filter({ hasText: name })
  await key.getByText('fetches alone').waitFor()
  await key.getByRole('button', { name: 'Remove' }).click()
  await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click()
  await dialog(page).waitFor({ state: 'detached' })
  await key.waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

test('another branch deploys once it is saved, and what is none is refused with words', async () => {
  const { page, problems } = await pages.visitor('ada')
  await page.goto('/apps/orders/settings')
  const branch = page.getByLabel('Branch', { exact: true })
  await branch.fill('a branch')
  await page.getByRole('button', { name: 'Save the branch' }).click()
  await page.getByText(/write a branch as git names it/).waitFor()
  for (const name of ['release', 'main']) {
    await branch.fill(name)
    await page.getByRole('button', { name: 'Save the branch' }).click()
    await page.getByText(`Pushes to ${name} deploy from now on.`).waitFor()
  }
  expect(problems).toEqual([])
})

test('what is dangerous stands apart, asks for the name, and is not offered to a developer', async () => {
  const { page, problems } = await pages.visitor('ada')
  await page.goto('/apps/atlas/settings')
  await page.getByRole('button', { name: 'Move atlas…', exact: true }).click()
  await dialog(page).getByRole('radio', { name: 'Lighthouse' }).check()
  await dialog(page).getByRole('button', { name: 'Go on…' }).click()
  const move = dialog(page).getByRole('button', { name: 'Move it' })
  expect(await move.isDisabled()).toBe(true)
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Remove atlas…' }).click()
  await dialog(page).getByLabel('Name of the app').fill('atla')
  expect(await dialog(page).getByRole('button', { name: 'Remove for good' }).isDisabled()).toBe(true)
  await page.keyboard.press('Escape')

  const bob = await pages.visitor('bob')
  await bob.page.goto('/apps/atlas/settings')
  await bob.page.getByText('Push to this app').waitFor()
  for (const name of ['Rename atlas…', 'Remove atlas…', 'Add a deploy key'])
    expect(await bob.page.getByRole('button', { name }).count()).toBe(0)
  expect([...problems, ...bob.problems]).toEqual([])
})

test('an app takes another name, and its pages follow', async () => {
  const { page, problems } = await pages.visitor('ada')
  const name = `atlas-${Date.now().toString(36)}`
  for (const [from, to] of [
    ['atlas', name],
    [name, 'atlas'],
  ] as const) {
    await page.goto(`/apps/${from}/settings`)
    await page.getByRole('button', { name: `Rename ${from}…` }).click()
    await dialog(page).getByLabel('New name').fill(to)
    await dialog(page).getByText(`/${to}.git`).waitFor()
    await dialog(page).getByRole('button', { name: 'Rename', exact: true }).click()
    await page.waitForURL(`**/apps/${to}/settings`)
    await page.getByRole('heading', { level: 1, name: to, exact: true }).waitFor()
  }
  expect(problems).toEqual([])
})

test('the settings of an app fit a phone, and axe finds nothing', async () => {
  expect(await pages.flaws('ada', ['/apps/shop/settings'])).toEqual([])
})

/** As RFC 4253 (6.6) writes a public key; the same is nobody's twice. */
function newKeyLine(): string {
  const part = (bytes: Uint8Array) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  const key = crypto.getRandomValues(new Uint8Array(32))
  return `ssh-ed25519 ${Buffer.concat([part(Buffer.from('ssh-ed25519')), part(key)]).toString('base64')}`
}
