import { setTimeout as sleep } from 'node:timers/promises'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { openPages, type Pages } from '../../test/pages/open-pages.ts'
import type { BenchRun } from './bench-run.ts'
import { median } from './median.ts'

const kilobyte = 1024
/** The streams of a page keep its network busy for good: when it is quiet cannot be waited for. */
const settleMs = 1_000
const longestMs = 30_000
const goals = { scriptKilobytes: 250, interactiveMs: 1000 }

/** The pages that people are on, of an app with everything. */
const paths = [
  ...[
    '/teams/Harbour',
    '/apps/new',
    '/teams/Harbour/activity',
    '/teams/Harbour/members',
    '/machine',
    '/account',
  ],
  ...['', '/deployments', '/logs', '/metrics', '/processes', '/configuration', '/domains', '/settings'].map(
    (page) => `/apps/tides${page}`,
  ),
]

/** The dashboard in Chromium, each page as somebody's first: what is loaded, when it answers, what moves, what axe finds. */
export async function measureWeb(run: BenchRun): Promise<void> {
  const pages = await openPages()
  run.defer(pages.close)
  for (const path of paths) {
    const loads: Load[] = []
    for (let round = 0; round < run.rounds && !run.signal.aborted; round += 1)
      loads.push(await load(pages, path))
    tell(run, path, loads)
  }
}

function tell(run: BenchRun, path: string, loads: Load[]): void {
  const of = (figure: keyof Load) => median(loads.map((each) => each[figure]))
  const lower = { better: 'lower', goal: 1 } as const
  run.tell({
    ...lower,
    figure: `${path}, JavaScript at first load, compressed`,
    berth: of('scriptBytes') / kilobyte,
    other: goals.scriptKilobytes,
    against: `the goal of ${goals.scriptKilobytes} KB`,
    unit: 'KB',
  })
  run.tell({
    ...lower,
    figure: `${path}, until it answers`,
    berth: of('interactiveMs'),
    other: goals.interactiveMs,
    against: `the goal of ${goals.interactiveMs} ms`,
    unit: 'ms',
  })
  const none = { better: 'lower', goal: null, other: 0, against: 'none' } as const
  run.tell({ ...none, figure: `${path}, layout shift`, berth: of('layoutShift'), unit: 'CLS' })
  run.tell({ ...none, figure: `${path}, rules of axe broken`, berth: of('flaws'), unit: 'rules' })
}

type Load = { scriptBytes: number; interactiveMs: number; layoutShift: number; flaws: number }

/** Somebody who is signed in and has nothing of it in the browser's cache. */
async function load(pages: Pages, path: string): Promise<Load> {
  const { page } = await pages.visitor('ada', { viewport: { width: 1280, height: 900 } })
  const loaded: Promise<number>[] = []
  page.on('requestfinished', (request) => {
    if (request.resourceType() === 'script') loaded.push(bodyBytes(request))
  })
  await page.addInitScript(watch)
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await untilInteractive(page)
  const scripts = await Promise.all(loaded)
  // What moves when the rest has come counts too.
  await sleep(settleMs)
  const { interactiveMs, layoutShift } = await page.evaluate(() => window.berthBench)
  const scriptBytes = scripts.reduce((sum, bytes) => sum + bytes, 0)
  const flaws = await flawsOf(page)
  await page.context().close()
  return { scriptBytes, interactiveMs, layoutShift, flaws }
}

/** Playwright's own way to wait for a function evaluates it in the page, which its Content-Security-Policy forbids. */
async function untilInteractive(page: Page): Promise<void> {
  const until = performance.now() + longestMs
  while (!(await page.evaluate(() => window.berthBench.interactiveMs > 0))) {
    if (performance.now() > until) throw new Error(`${page.url()} does not answer within ${longestMs} ms`)
    await sleep(20)
  }
}

type Seen = { interactiveMs: number; layoutShift: number }
declare global {
  interface Window {
    berthBench: Seen
  }
}

/** Runs in the page. A control answers once React has given it its properties; the last one of the page is the last to get them. */
function watch(): void {
  const seen: Seen = { interactiveMs: 0, layoutShift: 0 }
  window.berthBench = seen
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number
      hadRecentInput: boolean
    })[])
      if (!entry.hadRecentInput) seen.layoutShift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
  const look = () => {
    const last = [...document.querySelectorAll('main :is(a, button, input, select, textarea, summary)')].at(
      -1,
    )
    const isAnswering = last && Object.keys(last).some((key) => key.startsWith('__reactProps'))
    if (isAnswering && document.readyState !== 'loading') seen.interactiveMs = performance.now()
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

async function bodyBytes(request: { sizes: () => Promise<{ responseBodySize: number }> }): Promise<number> {
  return (await request.sizes()).responseBodySize
}

async function flawsOf(page: Page): Promise<number> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze()
  return violations.length
}
