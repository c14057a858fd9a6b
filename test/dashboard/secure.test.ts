import { writeFile } from 'node:fs/promises'
import { openBrowser, type StoryBrowser, type Visitor } from '@berth/testkit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openAuthority, type TestAuthority } from '../certificates/authority.ts'
import { curl } from '../certificates/https.ts'
import { person, type Signed } from '../platform/person.ts'
import { smallApp } from '../platform/small-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { localAddress } from './addresses.ts'

/** The dashboard of a platform with a name of its own: from the first certificate on people are on HTTPS, and stay there. */
let authority: TestAuthority
let platform: Platform
let browser: StoryBrowser
let ada: Signed
let visitor: Visitor

const host = 'berth.home.test'
const password = 'a long enough password'

beforeAll(async () => {
  authority = await openAuthority({ validitySeconds: 24 * 60 * 60 })
  platform = await startPlatform({
    baseDomain: 'home.test',
    acme: {
      directory: authority.directory,
      email: 'ops@home.test',
      authorities: authority.caPath,
      dnsWebhook: null,
    },
    nameServers: [authority.nameServer],
  })
  await authority.start(platform.settings.httpPort)
  browser = await openBrowser()
  ada = await person(platform, 'ada', { team: 'Harbour', role: 'owner' })
  const ca = `${platform.directory}/root.pem`
  await writeFile(ca, await authority.root())
  // The platform's own name gets its certificate about a minute after the start.
  await vi.waitUntil(async () => (await curl(platform, secure('/sign-in'), { ca })).status === 200, {
    timeout: 180_000,
    interval: 500,
  })
  visitor = await browser.visitor({ baseURL: plain(''), ignoreHTTPSErrors: true })
})

afterAll(async () => {
  await browser?.close()
  await platform?.remove()
  await authority?.close()
})

const plain = (path: string) => `http://${host}:${platform.settings.httpPort}${path}`
const secure = (path: string) => `https://${host}:${platform.settings.httpsPort}${path}`
const heading = (name: string) => visitor.page.getByRole('heading', { level: 1, name })

test('who comes without TLS is led to it, where the password is set and typed', async () => {
  const { page } = visitor
  const { stdout } = await platform.berth(['account', 'reset-password', ada.email])
  await page.goto(stdout.trim().replace(localAddress(platform), plain('')))
  expect(page.url()).toMatch(new RegExp(`^${secure('/')}`))
  await page.getByLabel('New password').fill(password)
  await page.getByRole('button', { name: 'Set the password' }).click()
  await heading('Sign in').waitFor()
  await page.getByLabel('E-mail address').fill(ada.email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await heading('Apps').waitFor()
  expect(page.url()).toMatch(new RegExp(`^${secure('/')}`))
  expect(visitor.problems).toEqual([])
})

test('the session goes over TLS alone, and no script reads it', async () => {
  const session = (await visitor.page.context().cookies()).filter(({ name }) => name.includes('session'))
  expect(session.length).toBeGreaterThan(0)
  for (const { secure: isSecure, httpOnly, sameSite, domain } of session)
    expect({ isSecure, httpOnly, sameSite, domain }).toEqual({
      isSecure: true,
      httpOnly: true,
      sameSite: 'Lax',
      domain: host,
    })
})

test('a page of an app follows what is pushed, and changes it, over TLS', async () => {
  const { page } = visitor
  const work = await smallApp(platform, 'shop')
  const pushed = await work.push(ada, 'shop')
  expect(pushed.status, pushed.stderr).toBe(0)
  await page.getByRole('link', { name: 'shop', exact: true }).click()
  await heading('shop').waitFor()
  await page.getByRole('navigation', { name: 'shop' }).getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('Reason').fill('until Monday')
  await page.getByRole('button', { name: 'Lock shop' }).click()
  await page.getByRole('button', { name: 'Unlock shop' }).waitFor()
  await page.getByRole('link', { name: 'Overview' }).click()
  await platform.berth(['apps', 'unlock', 'shop'], { env: ada.env })
  await page.getByText(/^Locked by/).waitFor({ state: 'detached' })
  expect(visitor.problems).toEqual([])
})
