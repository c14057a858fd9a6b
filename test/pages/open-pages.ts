import { createInterface } from 'node:readline'
import { localRunner, type RunningCommand } from '@berth/command'
import { openBrowser, type Visitor, type VisitorOptions } from '@berth/testkit'
import { flawsOf, onPhone } from '../dashboard/flaws.ts'
import { claimPorts } from '../platform/claim-ports.ts'
import { keepForFailures } from '../platform/last-lines.ts'
import { checkout } from '../platform/start-platform.ts'

/**
 * The dashboard as it was built, over invented records and an invented worker (apps/dashboard/dev), with a database and a
 * browser of its own: for what a page shows and does. What the platform makes of it is for the stories of test/dashboard.
 */
export type Pages = {
  address: string
  /** Ada owns the team, Bob is a developer of it, Vera a viewer. Signed in: each of them once for a file. */
  visitor: (name: Name, options?: VisitorOptions) => Promise<Visitor>
  /** With a session of their own, which the test may end. */
  signIn: (name: Name, options?: VisitorOptions) => Promise<Visitor>
  /** Whoever the options make of them. */
  newcomer: (options?: VisitorOptions) => Promise<Visitor>
  /** What is wrong with these pages on a phone, in light and in dark, for one of the three. */
  flaws: (name: Name, paths: readonly string[]) => Promise<string[]>
  close: () => Promise<void>
}

type Name = 'ada' | 'bob' | 'vera'

const password = 'a long enough password'
const startWithinMs = 150_000
const demoServer = `${checkout}/apps/dashboard/dev/demo-server.ts`

/** BERTH_PAGES_ADDRESS: a demo server that runs already (`demo-server.ts dev`), to write a page and its tests by turns. */
export async function openPages(): Promise<Pages> {
  const { address, end } = process.env.BERTH_PAGES_ADDRESS
    ? { address: process.env.BERTH_PAGES_ADDRESS, end: async () => {} }
    : await startDemoServer()
  const browser = await openBrowser()
  const signedIn = new Map<Name, Promise<VisitorOptions['storageState']>>()

  const newcomer = (options: VisitorOptions = {}) => browser.visitor({ baseURL: address, ...options })

  async function signIn(name: Name, options?: VisitorOptions) {
    const visitor = await newcomer(options)
    const { page } = visitor
    await page.goto('/sign-in')
    await page.getByLabel('E-mail address').fill(`${name}@example.com`)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor()
    return visitor
  }

  async function sessionOf(name: Name) {
    const { page } = await signIn(name)
    const state = await page.context().storageState()
    await page.context().close()
    return state
  }

  async function visitor(name: Name, options?: VisitorOptions) {
    const session = signedIn.get(name) ?? sessionOf(name)
    signedIn.set(name, session)
    return newcomer({ storageState: await session, ...options })
  }

  return {
    address,
    newcomer,
    signIn,
    visitor,
    flaws: async (name, paths) => flawsOf(await visitor(name, onPhone), paths),
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
