import { createInterface } from 'node:readline'
import { localRunner, type RunningCommand } from '@berth/command'
import { openBrowser, type Visitor, type VisitorOptions } from '@berth/testkit'
import { claimPorts } from '../platform/claim-ports.ts'
import { keepForFailures } from '../platform/last-lines.ts'
import { checkout } from '../platform/start-platform.ts'

/**
 * The dashboard as it was built, over invented records and an invented worker (apps/dashboard/dev), with a database and a
 * browser of its own: for what a page shows and does. What the platform makes of it is for the stories of test/dashboard.
 */
export type Pages = {
  address: string
  /** Ada owns the team, Bob is a developer of it, Vera a viewer. */
  visitor: (name: 'ada' | 'bob' | 'vera', options?: VisitorOptions) => Promise<Visitor>
  /** Whoever the options make of them. */
  newcomer: (options?: VisitorOptions) => Promise<Visitor>
  close: () => Promise<void>
}

const password = 'a long enough password'
const startWithinMs = 150_000
const patienceMs = 60_000
const demoServer = `${checkout}/apps/dashboard/dev/demo-server.ts`

/** BERTH_PAGES_ADDRESS: a demo server that runs already (`demo-server.ts dev`), to write a page and its tests by turns. */
export async function openPages(): Promise<Pages> {
  const { address, end } = process.env.BERTH_PAGES_ADDRESS
    ? { address: process.env.BERTH_PAGES_ADDRESS, end: async () => {} }
    : await startDemoServer()
  const browser = await openBrowser()
  return {
    address,
    async visitor(name, options = {}) {
      const visitor = await browser.visitor({ baseURL: address, ...options })
      const { page } = visitor
      // One that runs already compiles its pages as they are asked for, while others work on them.
      if (process.env.BERTH_PAGES_ADDRESS) page.setDefaultTimeout(patienceMs)
      await page.goto('/sign-in')
      await page.getByLabel('E-mail address').fill(`${name}@example.com`)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor()
      return visitor
    },
    newcomer: (options = {}) => browser.visitor({ baseURL: address, ...options }),
    async close() {
      await browser.close()
      await end()
    },
  }
}

/** What is typed before a page's scripts are there is lost: until they are. On a wide page. */
export const ready = (page: Visitor['page']) =>
  page.locator('button:enabled', { hasText: 'Look up' }).waitFor()

type Served = { address: string; end: () => Promise<void> }

async function startDemoServer(): Promise<Served> {
  const { ports, release } = await claimPorts(1)
  const argv: [string, ...string[]] = [process.execPath, demoServer, 'start', '--port', String(ports[0])]
  const server = localRunner.start(
    { argv, env: { PATH: process.env.PATH ?? '' } },
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  await untilReady(server)
  return {
    address: `http://127.0.0.1:${ports[0]}`,
    async end() {
      server.kill('SIGTERM')
      await server.exited
      await release()
    },
  }
}

/** Next says itself that it serves. */
async function untilReady(server: RunningCommand): Promise<void> {
  const lines: string[] = []
  keepForFailures(lines)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const late = setTimeout(() => reject(new Error('the pages were not served in time')), startWithinMs)
  server.exited.then(() => reject(new Error(`the demo server ended:\n${lines.join('\n')}`)))
  for (const stream of [server.stdout, server.stderr]) {
    if (!stream) continue
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      if (line.includes('Ready in')) resolve()
    })
  }
  await promise.finally(() => clearTimeout(late))
}
