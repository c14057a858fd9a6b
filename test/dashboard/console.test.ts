import { openBrowser, type StoryBrowser, type Visitor } from '@berth/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { person, type Signed } from '../platform/person.ts'
import { shellApp } from '../platform/shell-app.ts'
import { type Platform, startPlatform } from '../platform/start-platform.ts'
import { untilAnswer } from '../platform/visitors.ts'
import { publicAddress, signInLink } from './addresses.ts'

/** A container's own shell in the browser, through the front door: who gets in, what they see, and what is left of it. */
let platform: Platform
let browser: StoryBrowser
let signed: Signed
let ada: Visitor

const team = 'Harbour'

beforeAll(async () => {
  platform = await startPlatform()
  browser = await openBrowser()
  signed = await person(platform, 'ada', { team })
  const pushed = await (await shellApp(platform, 'shop')).push(signed, 'shop')
  expect(pushed.status, pushed.stderr).toBe(0)
  await platform.berth(
    ['account', 'create', 'vera@example.test', '--name', 'vera'].concat(['--role', 'viewer', '--team', team]),
  )
  await untilAnswer(platform, 'berth', ({ status }) => status === 307, 15_000)
  ada = await signedIn('ada@example.test')
})

afterAll(async () => {
  await browser?.close()
  await platform?.remove()
})

async function signedIn(email: string): Promise<Visitor> {
  const visitor = await browser.visitor({ baseURL: publicAddress(platform) })
  await visitor.page.goto(await signInLink(platform, email))
  await visitor.page.getByRole('button', { name: 'Sign in' }).click()
  await visitor.page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor()
  return visitor
}

const screen = ({ page } = ada) => page.locator('.xterm-rows')
const connected = ({ page } = ada) =>
  page.getByRole('main').getByRole('status').getByText('Connected', { exact: true })

test('a shell of an instance answers what is typed, and hears of the terminal’s size', async () => {
  const { page } = ada
  await page.goto('/apps/shop/processes')
  await page.getByRole('link', { name: 'Console of web.1' }).click()
  await connected().waitFor()
  await page.keyboard.type('echo $((6*7)) in $BERTH_PROCESS\n')
  await screen().getByText('42 in web.1').waitFor()
  const columns = async () => {
    await page.keyboard.type('echo $(stty size) seen\n')
    const seen = screen().getByText(/^\d+ \d+ seen\s*$/)
    await seen.first().waitFor()
    return Number((await seen.last().textContent())?.split(' ')[1])
  }
  const wide = await columns()
  await page.setViewportSize({ width: 800, height: 700 })
  await expect.poll(columns, { timeout: 15_000 }).toBeLessThan(wide)
  expect(ada.problems).toEqual([])
})

test('what runs ends with its page, and the activity says who was where, and how it ended', async () => {
  const { page } = ada
  await page.keyboard.type('sleep 4711\n')
  const sleeps = async () =>
    (await berth(['exec', 'web.1', '--app', 'shop', '--', 'ps'])).includes('sleep 4711')
  await expect.poll(sleeps, { timeout: 15_000 }).toBe(true)
  await page.goto('/apps/shop')
  await expect.poll(sleeps, { timeout: 15_000 }).toBe(false)

  await page.goto('/apps/shop/console?in=run')
  await page.getByLabel('Command', { exact: true }).fill('sh -c "exit 5"')
  await page.getByRole('button', { name: 'Run' }).click()
  await page.getByText('Exit status 5.').waitFor()
  const entries = async () =>
    (
      JSON.parse(await berth(['audit', '--json'])) as { action: string; door: string; after: unknown }[]
    ).filter(({ door }) => door === 'attach')
  await expect
    .poll(entries, { timeout: 15_000 })
    .toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'exec', after: { instance: 'web.1', end: 'left' } }),
        expect.objectContaining({ action: 'run', after: { program: 'sh', exit: 5 } }),
      ]),
    )
  expect(ada.problems).toEqual([])
})

test('a ticket counts once, and not from a page of an app', async () => {
  const { page } = ada
  const ticket = await newTicket(ada)
  const { baseDomain, httpPort } = platform.settings
  const other = await browser.visitor({ baseURL: `http://shop.${baseDomain}:${httpPort}` })
  await other.page.goto('/')
  expect(await knock(other.page, door(), { ticket })).toBe('refused')
  expect(await knock(page, door(), { ticket })).toBe('open')
  expect(await knock(page, door(), { ticket })).toBe('ATTACH.SIGNED_OUT')
  // What a page of an app could send along: the cookie, and nothing that it was given.
  expect(await knock(page, door(), { ticket: null })).toBe('refused')
})

test('a viewer is offered no terminal, and given no ticket', async () => {
  const vera = await signedIn('vera@example.test')
  await vera.page.goto('/apps/shop/console?in=web.1')
  await vera.page.getByText('A terminal needs the role of a developer.').waitFor()
  expect(await newTicket(vera)).toBe('API.NOT_ALLOWED')
})

test('a terminal ends when its person may not any more', async () => {
  await platform.berth(
    ['account', 'create', 'bob@example.test', '--name', 'bob'].concat([
      '--role',
      'developer',
      '--team',
      team,
    ]),
  )
  const bob = await signedIn('bob@example.test')
  await bob.page.goto('/apps/shop/console?in=web.1')
  await connected(bob).waitFor()
  // Beside the page, which puts its terminal away by itself, a connection that nobody ends.
  const ending = knock(bob.page, door(), { ticket: await newTicket(bob), begins: true })
  await berth(['members', 'role', 'bob@example.test', 'viewer'])
  await bob.page.getByText('A terminal needs the role of a developer.').waitFor()
  expect(await ending).toBe('ATTACH.REVOKED')
  expect(bob.problems).toEqual([])
}, 90_000)

const berth = async (words: readonly string[]) => (await platform.berth(words, { env: signed.env })).stdout
const door = () => `${publicAddress(platform).replace(/^http/, 'ws')}/attach/shop`

/** As the page asks for it; the code of the refusal where there is none. */
async function newTicket({ page }: Visitor): Promise<string> {
  const answer = await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json', 'x-berth-request': '1' }
    const asked = { method: 'POST', headers, body: JSON.stringify({ app: 'shop' }) }
    return (await (await fetch('/api/trpc/oneOffs.ticket', asked)).json()) as Answer
  })
  return answer.result?.data.ticket ?? answer.error?.data?.failure?.code ?? 'nothing'
}

type Answer = {
  result?: { data: { ticket: string } }
  error?: { data?: { failure?: { code: string } } }
}

type Knock = { ticket: string | null; begins?: boolean }

/** What becomes of a WebSocket with a ticket, from the page that is shown. `begins`: a shell, until it is ended. */
function knock(page: Visitor['page'], address: string, { ticket, begins = false }: Knock): Promise<string> {
  const protocols = ['berth.attach.1', ...(ticket === null ? [] : [`berth.ticket.${ticket}`])]
  const begin = {
    what: 'exec',
    command: [],
    instance: 'web.1',
    entrypoint: false,
    input: true,
    terminal: null,
  }
  return page.evaluate(
    (given) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(given.address, given.protocols)
        socket.binaryType = 'arraybuffer'
        socket.onerror = () => resolve('refused')
        socket.onopen = () => {
          if (given.begin === null) return setTimeout(() => resolve('open'), 1_500)
          const words = new TextEncoder().encode(JSON.stringify(given.begin))
          socket.send(new Uint8Array([1, ...words]))
        }
        socket.onmessage = ({ data }) => {
          const bytes = new Uint8Array(data as ArrayBuffer)
          if (bytes[0] === 22) resolve(JSON.parse(new TextDecoder().decode(bytes.subarray(1))).code)
        }
        socket.onclose = () => resolve('closed')
      }),
    { address, protocols, begin: begins ? begin : null },
  )
}
