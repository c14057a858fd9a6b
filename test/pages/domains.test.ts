import { temporaryCertificates } from '@berth/route/drivers/haproxy/test-certificates.ts'
import type { Visitor } from '@berth/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPages, type Pages } from './open-pages.ts'

/** How visitors come to an app. The app `beacon` has domains in every state (demo-domains.ts). */
const path = '/apps/beacon/domains'
let pages: Pages
let ada: Visitor
let bob: Visitor
let vera: Visitor

beforeAll(async () => {
  pages = await openPages()
  ada = await pages.visitor('ada')
  bob = await pages.visitor('bob')
  vera = await pages.visitor('vera')
})
afterAll(() => pages?.close())

test('a domain says in words where it leads and what of its certificate, and what record it needs', async () => {
  const { page, problems } = vera
  await page.goto(path)
  const list = page.getByRole('list', { name: 'Domains' })
  const said = (await list.textContent()) ?? ''
  for (const words of [
    'www.beacon.exampleLeads hereCertificate valid',
    'beacon.example→ www.beacon.exampleLeads hereCertificate renewing',
    'docs.beacon.exampleLeads hereOwn certificate ends in 9 days',
    'lights.beacon.exampleLeads hereCertificate being obtained',
    'status.beacon.exampleDoes not lead here yetNo certificate yet',
  ])
    expect(said).toContain(words)
  await page.getByRole('button', { name: 'Details of shop.beacon.example' }).click()
  await page.getByText('CAA record for beacon.example prevents issuance').waitFor()
  expect(page.url()).toContain('domain=shop.beacon.example')
  expect(await page.getByRole('button', { name: 'Add a domain' }).count()).toBe(0)
  expect(problems).toEqual([])
})

test('a domain that leads elsewhere is looked at while somebody watches', async () => {
  const { page, problems } = bob
  await page.goto(`${path}?domain=status.beacon.example`)
  await page.getByText('It points to 203.0.113.7 instead.').waitFor()
  await page.getByText('Create this where its DNS is kept').waitFor()
  const record = page.locator('dl', { hasText: 'CNAME' })
  expect(await record.textContent()).toMatch(/CNAME.*status.*berth\.harbour\.example/)
  expect(problems).toEqual([])
})

test('a domain is added with its www, redirects elsewhere, and goes when its name is typed', async () => {
  const { page, problems } = ada
  const name = `lamp${Date.now()}.example`
  await page.goto(path)
  await page.getByRole('button', { name: 'Add a domain' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Domain', { exact: true }).fill(`https://${name}/`)
  await dialog.getByRole('group', { name: `And www.${name}?` }).waitFor()
  expect(await dialog.getByRole('region', { name: 'DNS records' }).textContent()).toMatch(
    /A.*@.*192\.0\.2\.10.*AAAA.*2001:db8:10::1.*CNAME.*www/,
  )
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByText('It has no address yet.').waitFor()
  await page.getByRole('link', { name: `www.${name}` }).waitFor()

  await page.getByRole('button', { name: `What can be done to www.${name}` }).click()
  await page.getByRole('menuitem', { name: 'Change where it sends visitors' }).click()
  await dialog.getByText('the app, at this name').click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })

  for (const host of [`www.${name}`, name]) {
    await page.getByRole('button', { name: `What can be done to ${host}` }).click()
    await page.getByRole('menuitem', { name: `Remove ${host}` }).click()
    const remove = dialog.getByRole('button', { name: 'Remove the domain' })
    expect(await remove.isDisabled()).toBe(true)
    await dialog.getByLabel('Type the domain').fill(host)
    await remove.click()
    await page.getByRole('link', { name: host, exact: true }).waitFor({ state: 'detached' })
  }
  expect(problems).toEqual([])
})

test('a certificate of one’s own is checked, shown with its end, and its key is not shown again', async () => {
  const { page, problems } = bob
  const made = await temporaryCertificates()
  const host = `n${Date.now()}.beacon.example`
  const pem = (await made.make('docs.beacon.example', host)).reveal()
  const foreign = (await made.make('elsewhere.example')).reveal()
  await made.remove()
  const keyAt = (text: string) => text.indexOf('-----BEGIN PRIVATE KEY-----')
  await page.goto(`${path}/https`)
  await page.getByRole('button', { name: 'Add a certificate' }).click()
  const dialog = page.getByRole('dialog')
  const fill = async (text: string) => {
    await dialog.getByRole('textbox', { name: /^Certificate/ }).fill(text.slice(0, keyAt(text)))
    await dialog.getByRole('textbox', { name: /^Private key/ }).fill(text.slice(keyAt(text)))
    await dialog.getByRole('button', { name: 'Check and add' }).click()
  }
  await fill(foreign)
  await dialog.getByText("none of the app's domains is among them").waitFor()
  await fill(pem)
  await dialog.waitFor({ state: 'detached' })
  await page.getByText(host).waitFor()
  expect(await page.content()).not.toContain('PRIVATE KEY-----')
  await page.getByRole('button', { name: 'Remove the certificate for docs.beacon.example' }).last().click()
  await dialog.getByRole('button', { name: 'Remove the certificate' }).click()
  await page.getByText(host).waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

test('maintenance is turned on after a question and off with one press, and a page of one’s own is edited', async () => {
  const { page, problems } = ada
  await page.goto(`${path}/visitors`)
  await page.getByRole('button', { name: 'Turn on maintenance' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Turn it on' }).click()
  await page.getByText('In maintenance').waitFor()
  await page.getByRole('button', { name: 'Show the app again' }).click()
  await page.getByText('Visitors get the app').waitFor()
  await page.getByRole('link', { name: 'Pages', exact: true }).click()
  await page.getByRole('button', { name: 'Edit page for maintenance' }).click()
  const source = page.getByRole('dialog').getByLabel('Source')
  await expect.poll(() => source.inputValue()).toContain('The light is out for an hour')
  await page.keyboard.press('Escape')
  expect(problems).toEqual([])
})

test('the pages are whole on a phone and without a flaw that axe knows, in light and in dark', async () => {
  expect(
    await pages.flaws('ada', [
      `${path}?domain=status.beacon.example`,
      `${path}/https`,
      `${path}/visitors`,
      `${path}/requests`,
      `${path}/pages`,
    ]),
  ).toEqual([])
})
