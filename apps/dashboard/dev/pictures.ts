/**
 * Takes the pictures of the main pages anew, into apps/dashboard/pictures/: light and dark, wide and on a phone. Without an
 * address it starts a demo server of its own, over what `next build` made, and ends it afterwards (as root):
 *
 *   node apps/dashboard/dev/pictures.ts [--from http://127.0.0.1:3999] [--only overview]
 */
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { localRunner } from '@berth/command'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { smallPng } from './small-png.ts'

const { values } = parseArgs({
  options: { from: { type: 'string' }, only: { type: 'string' }, port: { type: 'string', default: '3998' } },
})
const folder = fileURLToPath(new URL('../pictures/', import.meta.url))
/** All of them together: they are part of the repository. */
const mostBytes = 2.5 * 1024 * 1024

type Picture = {
  name: string
  path: string
  /** What has to be there before it is taken. */
  until: (page: Page) => Promise<unknown>
  /** On a phone too. */
  phone?: true
}

const title = (name: string) => (page: Page) => page.getByRole('heading', { name }).first().waitFor()

const pictures: readonly Picture[] = [
  { name: 'apps', path: '/teams/Harbour', until: title('Apps'), phone: true },
  { name: 'overview', path: '/apps/tides', until: title('Recent deployments'), phone: true },
  { name: 'deployments', path: '/apps/quay/deployments', until: title('quay') },
  { name: 'deployment', path: '/apps/quay/deployments/v50', until: title('quay'), phone: true },
  { name: 'compare', path: '/apps/quay/compare', until: title('quay') },
  { name: 'logs', path: '/apps/shop/logs', until: title('shop'), phone: true },
  { name: 'metrics', path: '/apps/tides/metrics', until: title('tides') },
  { name: 'processes', path: '/apps/tides/processes', until: title('tides') },
  { name: 'configuration', path: '/apps/beacon/configuration', until: title('beacon') },
  { name: 'domains', path: '/apps/beacon/domains', until: title('beacon') },
  { name: 'activity', path: '/teams/Harbour/activity', until: title('Activity') },
  { name: 'members', path: '/teams/Harbour/members', until: title('Members') },
  { name: 'machine', path: '/machine', until: title('Machine') },
  { name: 'palette', path: '/apps/tides', until: openPalette },
]

await takeAll()

async function takeAll(): Promise<void> {
  await mkdir(folder, { recursive: true })
  const server = values.from === undefined ? await startDemoServer() : null
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium-headless-shell',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  try {
    for (const scheme of ['light', 'dark'] as const) await takeIn(browser, scheme)
  } finally {
    await browser.close()
    await server?.end()
  }
  await writeIndex()
  await reportSize()
}

async function takeIn(browser: Browser, scheme: 'light' | 'dark'): Promise<void> {
  const context = await browser.newContext({
    baseURL: values.from ?? `http://127.0.0.1:${values.port}`,
    colorScheme: scheme,
    reducedMotion: 'reduce',
  })
  await signIn(context)
  for (const picture of pictures) {
    if (values.only !== undefined && values.only !== picture.name) continue
    await take(context, picture, { file: `${picture.name}-${scheme}`, width: 1280, height: 860 })
    if (picture.phone)
      await take(context, picture, { file: `${picture.name}-phone-${scheme}`, width: 390, height: 844 })
  }
  await context.close()
}

async function signIn(context: BrowserContext): Promise<void> {
  const page = await context.newPage()
  await page.goto('/sign-in')
  await page.getByLabel('E-mail address').fill('ada@example.com')
  await page.getByLabel('Password').fill('a long enough password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor()
  await page.close()
}

type Shape = { file: string; width: number; height: number }

async function take(context: BrowserContext, { path, until }: Picture, shape: Shape): Promise<void> {
  const page = await context.newPage()
  await page.setViewportSize(shape)
  // The mark of Next's development server is no part of the page.
  await page.addInitScript(() => {
    addEventListener('DOMContentLoaded', () => {
      new MutationObserver(() => document.querySelector('nextjs-portal')?.remove()).observe(document.body, {
        childList: true,
      })
    })
  })
  await page.goto(path)
  await until(page)
  await page.evaluate(() => document.fonts.ready)
  // Plots and live values come with the first answer of the worker.
  await page.waitForTimeout(1500)
  await writeFile(`${folder}${shape.file}.png`, smallPng(await page.screenshot()))
  console.log(shape.file)
  await page.close()
}

async function openPalette(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Recent deployments' }).waitFor()
  await page.getByRole('button', { name: 'Look up' }).click()
  await page.getByRole('option', { name: 'Overview' }).waitFor()
}

/** The page that shows them all. */
async function writeIndex(): Promise<void> {
  const shown = (file: string) => `![${file}](${file}.png)`
  const parts = pictures.map(({ name, phone }) => {
    const wide = `${shown(`${name}-light`)}\n${shown(`${name}-dark`)}`
    return `## ${name}\n\n${wide}${phone ? `\n${shown(`${name}-phone-light`)} ${shown(`${name}-phone-dark`)}` : ''}`
  })
  const head =
    '# Pictures\n\nOf the dashboard over invented records. Taken anew by `node apps/dashboard/dev/pictures.ts`.'
  await writeFile(`${folder}README.md`, `${[head, ...parts].join('\n\n')}\n`)
}

async function reportSize(): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.png'))
  const sizes = await Promise.all(files.map(async (name) => (await stat(folder + name)).size))
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  console.log(`${files.length} pictures, ${Math.round(bytes / 1024)} KB`)
  if (bytes > mostBytes)
    throw new Error(`They are more than ${mostBytes / 1024} KB together: take fewer, or smaller ones.`)
}

async function startDemoServer(): Promise<{ end: () => Promise<void> }> {
  const script = fileURLToPath(new URL('./demo-server.ts', import.meta.url))
  const server = localRunner.start(
    {
      argv: [process.execPath, script, 'start', '--port', values.port],
      env: { PATH: process.env.PATH ?? '' },
    },
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ready = Promise.withResolvers<void>()
  server.exited.then(() => ready.reject(new Error('the demo server ended; was the dashboard built?')))
  if (server.stdout)
    createInterface({ input: server.stdout }).on('line', (line) => {
      if (line.includes('Ready in')) ready.resolve()
    })
  await ready.promise
  return {
    async end() {
      server.kill('SIGTERM')
      await server.exited
    },
  }
}
