/**
 * Takes the picture of the README anew, from a demo server that runs (`demo-server.ts start`):
 *
 *   node apps/dashboard/dev/picture.ts http://127.0.0.1:3999
 */
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const address = process.argv[2] ?? 'http://127.0.0.1:3999'
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  const page = await browser.newPage({
    baseURL: address,
    colorScheme: 'light',
    viewport: { width: 1280, height: 1030 },
  })
  await page.goto('/sign-in?next=/apps/tides')
  await page.getByLabel('E-mail address').fill('ada@example.com')
  await page.getByLabel('Password').fill('a long enough password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'Recent deployments' }).waitFor()
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: fileURLToPath(new URL('../picture.png', import.meta.url)) })
} finally {
  await browser.close()
}
