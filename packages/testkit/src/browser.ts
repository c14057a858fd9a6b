import { mkdtemp, rm } from 'node:fs/promises'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { openQuietNetwork, type QuietNetwork } from './quiet-network.ts'

/**
 * A real Chromium for stories. Everything that it writes lies in a directory of its own, which goes with it: profile,
 * downloads and its own temporary files. Nothing of one visitor (cookies, storage, cache) reaches another.
 */
export type StoryBrowser = {
  /** Somebody new: their first visit, with one page open. */
  visitor: (options?: VisitorOptions) => Promise<Visitor>
  close: () => Promise<void>
}

export type VisitorOptions = Pick<
  BrowserContextOptions,
  | 'baseURL'
  | 'ignoreHTTPSErrors'
  | 'colorScheme'
  | 'viewport'
  | 'storageState'
  | 'reducedMotion'
  | 'deviceScaleFactor'
>

export type Visitor = {
  page: Page
  /**
   * What a page must never cause: exceptions, errors on the console (refusals by its Content-Security-Policy are among
   * them), answers of 500 and above. An answer of 4xx may be what a story asks for, and is not counted.
   */
  problems: string[]
}

const executablePath = '/usr/bin/chromium-headless-shell'
const argv = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const innocent = /^Failed to load resource: .* status of 4\d\d/
/** For whatever a story waits for in a page, unless it says otherwise. */
const waitMs = 60_000

export async function openBrowser(): Promise<StoryBrowser> {
  const directory = await mkdtemp('/tmp/berth-browser-')
  const network = await openQuietNetwork(directory)
  const remove = async () => {
    await network.close()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    const browser = await launch(directory, network)
    return {
      visitor: (options = {}) => newVisitor(browser, options),
      async close() {
        await browser.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Playwright itself makes profile and artifacts where its process has its temporary files, and removes them. */
async function launch(directory: string, network: QuietNetwork): Promise<Browser> {
  return await chromium.launch({
    executablePath: await network.launcher(executablePath),
    // As an option of Playwright, the proxy would be asked for what this process itself sends, too.
    args: [...argv, `--proxy-server=${network.proxy}`, '--proxy-bypass-list=<-loopback>'],
    env: { PATH: process.env.PATH, HOME: directory, TMPDIR: directory },
    artifactsDir: directory,
  })
}

async function newVisitor(browser: Browser, options: VisitorOptions): Promise<Visitor> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(waitMs)
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`exception at ${page.url()}: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !innocent.test(message.text()))
      problems.push(`console at ${page.url()}: ${message.text()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 500) problems.push(`${response.status()} from ${response.url()}`)
  })
  return { page, problems }
}
